using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Reasoning;

namespace Billing.Service.Explaining;

/// <summary>Sentences about the tariff and the walk over its increments.</summary>
internal static class PriceSentences
{
    /// <summary>Null when the figures are of another kind of step.</summary>
    public static Sentence? Of(ReasoningStep step) => step.Figures switch
    {
        TariffFigures { Id: null } none => new(
            $"応答日{Terms.Date(none.On)}に有効な料金表がない。",
            $"No tariff version is in force on {Terms.Date(none.On)}, the day of the answer."),
        TariffFigures tariff => new(
            $"応答日{Terms.Date(tariff.On)}の料金表は{tariff.Id}の版{tariff.Version}である（{Terms.ValidJa(tariff.Validity)}）。",
            $"On {Terms.Date(tariff.On)}, the day of the answer, version {tariff.Version} of tariff {tariff.Id} is in force ({Terms.ValidEn(tariff.Validity)})."),
        PriceRowFigures row => Row(row),
        ConnectionFeeFigures fee => new(
            $"接続料は1通話につき{Terms.Money(fee.Fee)}円である（応答時の時間帯: {Terms.PeriodJa(fee.Period)}）。",
            $"The connection fee is {Terms.Money(fee.Fee)} yen a call (the period at the answer: {Terms.PeriodEn(fee.Period)})."),
        IncrementsFigures run => Run(run),
        SumFigures sum => new(
            $"合計は{sum.Sum}円（課金単位{Terms.Number(sum.Units)}回）である。",
            $"Together that is {sum.Sum} yen for {CallSentences.Units(sum.Units)}."),
        RoundingFigures rounding => Rounding(rounding),
        BoundFigures bound when step.Step == "min-charge" => new(
            bound.After > bound.Before
                ? $"最低料金{Terms.Money(bound.Bound)}円に満たないため、{Terms.Money(bound.After)}円とする。"
                : $"最低料金{Terms.Money(bound.Bound)}円を下回らない。",
            bound.After > bound.Before
                ? $"{Terms.Money(bound.Before)} yen is less than the least charge of a call: it costs {Terms.Money(bound.After)}."
                : $"It is not less than the least charge of a call, {Terms.Money(bound.Bound)} yen."),
        BoundFigures bound => new(
            bound.After < bound.Before
                ? $"1通話の上限{Terms.Money(bound.Bound)}円を超えるため、{Terms.Money(bound.After)}円とする。"
                : $"1通話の上限{Terms.Money(bound.Bound)}円を超えない。",
            bound.After < bound.Before
                ? $"{Terms.Money(bound.Before)} yen is more than the greatest charge of a call: it costs {Terms.Money(bound.After)}."
                : $"It is not more than the greatest charge of a call, {Terms.Money(bound.Bound)} yen."),
        _ => null,
    };

    private static Sentence Row(PriceRowFigures row)
    {
        var keys = string.Concat(
            row.Class, Terms.If(row.Carrier, ", carrier "), Terms.If(row.Prefix, ", prefix "), Terms.If(row.Kind, ", kind "), Terms.If(row.Mode, ", mode "));
        return new(
            $"料金表のprices[{row.Row}]（{keys}）が最も具体的に一致し、料金プラン「{row.Plan}」を適用する。",
            $"prices[{row.Row}] ({keys}) is the most specific row that matches and picks the plan '{row.Plan}'.");
    }

    private static Sentence Run(IncrementsFigures run)
    {
        var step = run.Step;
        return new(
            $"通話開始{run.Elapsed}秒から、{step.Unit}秒{Terms.Money(step.Price)}円・{step.Increment}秒単位（{step.From}秒からの段階、{Terms.PeriodJa(run.Period)}）で{Terms.Number(run.Increments)}回、計{run.Amount}円。",
            $"From {run.Elapsed} s on: {Terms.Number(run.Increments)} × {step.Increment} s at {Terms.Money(step.Price)} yen per {step.Unit} s (the step from {step.From} s, {Terms.PeriodEn(run.Period)}) make {run.Amount} yen.");
    }

    private static Sentence Rounding(RoundingFigures rounding)
    {
        var (ja, en) = rounding.Method switch
        {
            RoundingMethod.Up => ("切り上げ", "rounded up"),
            RoundingMethod.Down => ("切り捨て", "rounded down"),
            _ => ("四捨五入", "rounded half up"),
        };
        return new(
            $"{rounding.Before}円を小数第{rounding.Decimals}位までに{ja}、{Terms.Money(rounding.After)}円とする。",
            $"{rounding.Before} yen is {en} to {rounding.Decimals} decimals: {Terms.Money(rounding.After)}.");
    }
}
