using System.Globalization;
using Billing.Contracts.Documents;
using Billing.Rating.Reasoning;

namespace Billing.Service.Explaining;

/// <summary>Sentences about what an invoice line is made of.</summary>
internal static class LineSentences
{
    /// <summary>Null when the figures are of another kind of step.</summary>
    public static Sentence? Of(Figures figures) => figures switch
    {
        MonthTariffFigures tariff => new(
            $"月末日{Terms.Date(tariff.On)}に有効な料金表{tariff.Id}の版{tariff.Version}による（{Terms.ValidJa(tariff.Validity)}）。",
            $"Version {tariff.Version} of tariff {tariff.Id}, in force on {Terms.Date(tariff.On)}, the last day of the month, counts ({Terms.ValidEn(tariff.Validity)})."),
        FeeFigures fee => Fee(fee),
        FreeStationFigures free => new(
            free.IsOnWMode ? "W-mode契約のBilling Stationは無料である。" : "同じお客さまがこの月にW-mode契約を有するため、Billing Stationは無料である。",
            free.IsOnWMode ? "Billing Station is free on a W-mode contract." : "Billing Station is free: the same customer holds a W-mode contract in this month."),
        StatutoryFigures fee => new(
            $"{fee.Code}: 1番号あたり{Terms.Money(fee.PerNumber)}円 × {Terms.Date(fee.On)}現在の{fee.Numbers}番号、円未満切り捨てで{Terms.Money(fee.Amount)}円。",
            $"{fee.Code}: {Terms.Money(fee.PerNumber)} yen a number × {fee.Numbers} numbers in service on {Terms.Date(fee.On)}, rounded down to {Terms.Money(fee.Amount)} yen."),
        LineCallsFigures calls => new(
            $"{calls.Month}の{Terms.ClassJa(calls.Class)}{Terms.If(calls.Carrier, "（", "）")}の{Terms.Number(calls.Calls)}通話（課金対象{calls.Chargeable}秒）の料金を合計すると{Terms.Money(calls.Sum)}円である。",
            $"The charges of {Terms.Number(calls.Calls)} {calls.Class} calls{Terms.If(calls.Carrier, " to ")} of {calls.Month} ({calls.Chargeable} s) sum up to exactly {Terms.Money(calls.Sum)} yen."),
        RoundedDownFigures rounded => new(
            $"円未満を切り捨て、{Terms.Money(rounded.After)}円とする。",
            $"The sum is rounded down to whole yen: {Terms.Money(rounded.After)}."),
        CorrectedSinceFigures since => new(
            $"請求書の発行後に訂正が{since.Corrections}件あり、現在の合計は{Terms.Number(since.CallsNow)}通話、{Terms.Money(since.SumNow)}円である。請求書は変わらない。",
            $"{Counted.Of(since.Corrections, "correction")} came after the invoice: its calls are {Terms.Number(since.CallsNow)} now and sum up to {Terms.Money(since.SumNow)} yen; the invoice stays as it is."),
        AdjustmentFigures adjustment => Adjustment(adjustment),
        TaxFigures tax => Tax(tax),
        RejectedFigures row => CallHappenings.Rejected(row.Delivery, row.Line, row.Reason),
        ReleaseNowFigures now => ReleaseNow(now),
        _ => Limit(figures),
    };

    private static Sentence? Limit(Figures figures) => figures switch
    {
        LimitFigures limit => new(
            $"{limit.Month}の利用限度額は、月末日に有効な{Terms.Money(limit.Limit)}円である。",
            $"The usage limit of {limit.Month} is the one in force on its last day, {Terms.Money(limit.Limit)} yen."),
        ExcessFigures excess => new(
            $"利用分の明細合計F＝{Terms.Money(excess.UsageLines)}円（うち免税{Terms.Money(excess.UsageLinesG)}円）、限度額L＝{Terms.Money(excess.Limit)}円、超過額F－L＝{Terms.Money(excess.Excess)}円。",
            $"The usage lines sum up to F = {Terms.Money(excess.UsageLines)} yen ({Terms.Money(excess.UsageLinesG)} of it zero-rated), the limit is L = {Terms.Money(excess.Limit)}, the excess F - L = {Terms.Money(excess.Excess)}."),
        OverflowFigures overflow => new(
            $"応答時刻順に数えて限度額を超えるのは{Terms.Number(overflow.CallsBeyond)}通話で、標準税率分{Terms.Money(overflow.OverflowS)}円、免税分{Terms.Money(overflow.OverflowG)}円である。",
            $"In the order of answers {Terms.Number(overflow.CallsBeyond)} calls lie beyond the limit: {Terms.Money(overflow.OverflowS)} yen of standard-rated and {Terms.Money(overflow.OverflowG)} of zero-rated charges."),
        LimitShareFigures shares => new(
            $"超過額は免税分から{Terms.Money(shares.FromG)}円、標準税率分から{Terms.Money(shares.FromS)}円差し引く。",
            $"The excess is taken off: {Terms.Money(shares.FromG)} yen from zero-rated and {Terms.Money(shares.FromS)} from standard-rated usage."),
        EarlierLimitFigures earlier => new(
            $"以前の請求書で{Terms.Money(-earlier.Earlier)}円を差し引いているため、この行は{Terms.Money(earlier.Amount)}円となる。",
            $"Earlier invoices took off {Terms.Money(-earlier.Earlier)} yen for that month, so this line is {Terms.Money(earlier.Amount)} yen."),
        _ => null,
    };

    private static Sentence Fee(FeeFigures fee)
    {
        var (validJa, validEn) = (string.Join("、", fee.InService.Select(Terms.ValidJa)), string.Join(", ", fee.InService.Select(Terms.ValidEn)));
        var (what, unitsJa, unitsEn) = ($"{fee.Code}{Terms.If(fee.Detail, " ")}", fee.Quantity == 1 ? "" : $" × {fee.Quantity}", fee.Quantity == 1 ? "" : $" × {fee.Quantity} units");
        return fee.Proration == Proration.None
            ? new(
                $"{what}（{validJa}）: 月額{Terms.Money(fee.Fee)}円を日割りせず、円未満切り捨てで{Terms.Money(fee.PerUnit)}円{unitsJa}＝{Terms.Money(fee.Amount)}円。",
                $"{what} ({validEn}): the whole fee of {Terms.Money(fee.Fee)} yen, rounded down to {Terms.Money(fee.PerUnit)}{unitsEn} = {Terms.Money(fee.Amount)} yen.")
            : new(
                $"{what}（{validJa}）: 月額{Terms.Money(fee.Fee)}円 × 利用{fee.Days}日 ÷ {fee.DaysInMonth}日、円未満切り捨てで{Terms.Money(fee.PerUnit)}円{unitsJa}＝{Terms.Money(fee.Amount)}円。",
                $"{what} ({validEn}): {Terms.Money(fee.Fee)} yen × {fee.Days} days in service ÷ {fee.DaysInMonth}, rounded down to {Terms.Money(fee.PerUnit)}{unitsEn} = {Terms.Money(fee.Amount)} yen.");
    }

    private static Sentence Adjustment(AdjustmentFigures adjustment) => adjustment.Origin is not { } origin
        ? new(
            $"調整額{Terms.Money(adjustment.Amount)}円（{adjustment.Code}{Terms.If(adjustment.Detail, ": ")}）。",
            $"An adjustment of {Terms.Money(adjustment.Amount)} yen ({adjustment.Code}{Terms.If(adjustment.Detail, ": ")}).")
        : new(
            $"請求書{origin.Invoice}（{adjustment.Month}利用分）に対する調整{origin.Adjustment}の{Terms.Money(adjustment.Amount)}円（{adjustment.Code}）。{Terms.Time(origin.GrantedAt)}に{origin.By}が認めた{Terms.If(origin.Dispute, "（異議", "）")}。理由: {origin.Reason}",
            $"Adjustment {origin.Adjustment} of invoice {origin.Invoice} ({adjustment.Code} of {adjustment.Month}): {Terms.Money(adjustment.Amount)} yen, granted by {origin.By} at {Terms.Time(origin.GrantedAt)}{Terms.If(origin.Dispute, " in dispute ")}; reason: {origin.Reason}.");

    private static Sentence Tax(TaxFigures tax)
    {
        var percent = (tax.Rate.Fraction * 100).ToString("0.####", CultureInfo.InvariantCulture);
        return new(
            $"税区分{Terms.CategoryJa(tax.Category)}の{tax.Lines.Count}行の合計{Terms.Money(tax.Taxable)}円 × {percent}%、円未満切り捨てで{Terms.Money(tax.Tax)}円（請求書ごとに1回計算）。",
            $"The {tax.Lines.Count} lines of category {Terms.CategoryEn(tax.Category)} sum up to {Terms.Money(tax.Taxable)} yen × {percent} %, toward zero {Terms.Money(tax.Tax)} yen, computed once per invoice.");
    }

    private static Sentence ReleaseNow(ReleaseNowFigures now) => now.Reason is { } reason
        ? new($"現在の登録内容で再処理しても{reason}により保留のままとなる。", $"Released with what is known now it would stay suspended: {reason}.")
        : new(
            $"現在の登録内容で再処理すると、契約{now.Contract}の{Terms.Money(now.Charge)}円の通話になる。",
            $"Released with what is known now it would be a call of contract {now.Contract} for {Terms.Money(now.Charge)} yen.");
}
