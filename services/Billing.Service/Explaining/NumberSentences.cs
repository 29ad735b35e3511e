using Billing.Contracts.Documents;
using Billing.Rating.Reasoning;

namespace Billing.Service.Explaining;

/// <summary>Sentences about the called number and its class.</summary>
internal static class NumberSentences
{
    /// <summary>Null when the figures are of another kind of step.</summary>
    public static Sentence? Of(Figures figures) => figures switch
    {
        NormalisedFigures number => new(
            $"着信番号は表記を整えると{number.Number}である。",
            $"The called number reads {number.Number} once its notation is made uniform."),
        CallerIdPrefixFigures prefix => new(
            $"番号通知の指定{prefix.Prefix}を取り除く{(prefix.AfterCarrierPrefix ? "（事業者識別番号の後）" : "")}。料金には影響しない。",
            $"The caller-id prefix {prefix.Prefix}{(prefix.AfterCarrierPrefix ? " behind the carrier prefix" : "")} is taken off; it does not change the price."),
        CarrierPrefixFigures prefix => new(
            $"事業者識別番号{prefix.Prefix}は機能しないため取り除き、当社料金を適用する{(prefix.International ? "。続く番号は国際番号として010を補う" : "")}。",
            $"The carrier prefix {prefix.Prefix} has no effect: it is taken off and our own price applies{(prefix.International ? "; what follows is an international number, before which 010 is put" : "")}."),
        JapanFigures number => new(
            $"国番号81は日本であるため、国内番号{number.Number}として扱う。",
            $"Country code 81 is Japan, so it is read as the domestic number {number.Number}."),
        BlockFigures block => Block(block),
        PortedFigures ported => new(
            $"番号ポータビリティの照会結果により着信事業者は{ported.Carrier}である{(ported.IsKnown ? "" : "が、参照表にない事業者である")}。",
            $"The look-up for ported numbers names {ported.Carrier} as the carrier{(ported.IsKnown ? "" : ", which the reference does not know")}."),
        RelationFigures relation => new(
            $"事業者{relation.Carrier}との関係は「{Terms.RelationJa(relation.Relation)}」である（{(relation.Validity is null ? "参照表に記載なし" : Terms.ValidJa(relation.Validity))}）。",
            $"Carrier {relation.Carrier} is {Terms.RelationEn(relation.Relation)} ({(relation.Validity is null ? "the reference has no entry" : Terms.ValidEn(relation.Validity))})."),
        ClassFigures callClass => Class(callClass),
        _ => null,
    };

    private static Sentence Block(BlockFigures block) => block.Carrier is { } carrier
        ? new(
            $"{block.Digits}は番号帯{block.First}～{block.Last}に含まれ、事業者{carrier}に割り当てられている（{Terms.ValidJa(block.Validity)}）。",
            $"{block.Digits} lies in the block {block.First} to {block.Last} of carrier {carrier} ({Terms.ValidEn(block.Validity)}).")
        : new(
            $"{block.Digits}を含む番号帯は、その日の参照表にない。",
            $"No block of the reference holds {block.Digits} on that day.");

    private static Sentence Class(ClassFigures found)
    {
        var (whyJa, whyEn) = found.Ground switch
        {
            "geographic" => ("0AB-J番号（10桁）", "a geographic number of 10 digits"),
            "mobile" => ("070・080・090で始まる11桁の番号", "a 070, 080 or 090 number of 11 digits"),
            "mobile-060" => ("060で始まる11桁の番号で、その日には携帯電話用に開放済み", "a 060 number of 11 digits, opened for mobile service by that day"),
            "international" => ("010で始まる国際番号", "an international number behind 010"),
            "satellite" => ("衛星電話の国番号", "a country code of satellite services"),
            "service-number" => ("自社の番号帯で050からの着信を許容", "a block of ours that takes calls from 050 numbers"),
            "carrier-050" => ($"050番号で着信事業者は{found.Carrier}", $"an 050 number of carrier {found.Carrier}"),
            _ => ("内線通話", "a call between extensions"),
        };
        return new(
            $"着信先の区分は「{Terms.ClassJa(found.Class)}」（{found.Class}）である: {whyJa}{Terms.If(found.Destination, "（", "）")}。",
            $"The class is {found.Class}: {whyEn}{Terms.If(found.Destination, " (", ")")}.");
    }
}
