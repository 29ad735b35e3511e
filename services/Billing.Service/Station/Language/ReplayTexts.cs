namespace Billing.Service.Station.Language;

/// <content>What would come out with other knowledge, and what finance gives back.</content>
public static partial class Texts
{
    public static readonly Phrase WhatIf = new("再計算の比較", "Replay");
    public static readonly Phrase WhatIfText = new("その月を現在の契約と料金表、または選んだ料金表で計算し直し、請求済みの金額と項目ごとに比べます。何も変更されません。", "Computes the month again with the contracts and tariff of now, or with the tariff that you choose, and compares it with what was billed, line by line. Nothing is changed.");
    public static readonly Phrase OneContract = new("契約番号 (空欄の場合はすべて)", "Contract (empty: all)");
    public static readonly Phrase OtherTariff = new("試算する料金表のファイル (任意、JSON)", "File of the tariff to try (optional, JSON)");
    public static readonly Phrase NothingDiffers = new("請求済みの内容と一致しました。", "It comes out as it was billed.");
    public static readonly Phrase ContractsDiffer = new("{1}契約のうち{0}契約で差があります。", "{0} of {1} contracts differ.");
    public static readonly Phrase AsBilled = new("請求済み", "As billed");
    public static readonly Phrase CallsDiffering = new("差のある通話", "Calls that differ");
    public static readonly Phrase CompareByLine = new("現在の知識で項目ごとに比べる", "Compare line by line with what is known now");
    public static readonly Phrase GiveBack = new("減額する", "Give back");
    public static readonly Phrase GiveBackText = new("発行済みの請求書は変わりません。適格返還請求書を発行するか、次回の請求書で調整します。", "The invoice stays as it was issued: a credit note is issued, or the next invoice carries an adjustment.");
    public static readonly Phrase CreditAs = new("減額の方法", "Given back as");
    public static readonly Phrase CreditAmount = new("金額 (円、税抜)", "Amount (yen, without tax)");
    public static readonly Phrase ApprovedBy = new("承認者", "Approved by");
}
