using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Reasoning;
using Billing.Rating.Subscriptions;

namespace Billing.Rating.Invoicing;

/// <summary>The lines of an invoice that do not depend on calls: base fees, options, Billing Station, statutory fees.</summary>
internal static class MonthlyFees
{
    public const string MonthlySection = "monthly";
    public const string StatutorySection = "statutory";

    private const string BillingStationCode = "billing-station";

    /// <summary>The lines in any order, or why the contract cannot be invoiced.</summary>
    public static (List<DatedLine> Lines, Refusal? Refusal) Lines(Contract contract, BillingMonth month)
    {
        var lines = new List<DatedLine>();
        var refusal = BaseFees(contract, month, lines) ?? Options(contract, month, lines) ?? BillingStation(contract, month, lines);
        Statutory(contract, month, lines);
        return (lines, refusal);
    }

    private static Refusal? BaseFees(Contract contract, BillingMonth month, List<DatedLine> lines)
    {
        var daysByNumber = new Dictionary<string, (int Days, List<Validity> Entries)>(StringComparer.Ordinal);
        foreach (var number in contract.Document.Numbers)
        {
            var days = DaysInService(contract, month, number.From, number.To);
            if (days > 0)
            {
                var (before, entries) = daysByNumber.GetValueOrDefault(number.Number, (0, []));
                entries.Add(new Validity(number.From, number.To));
                daysByNumber[number.Number] = (before + days, entries);
            }
        }

        var monthly = month.Tariff.Document.Monthly;
        var fee = (contract.Service == ServiceKind.Biz ? monthly.Biz : monthly.WMode)?.Base;
        if (fee is null && daysByNumber.Count > 0)
        {
            return Unpriced(month, "the base fee");
        }

        foreach (var (number, (days, entries)) in daysByNumber)
        {
            lines.Add(Fee(month, "base-fee", number, fee!.Value, 1, days, entries));
        }

        return null;
    }

    private static Refusal? Options(Contract contract, BillingMonth month, List<DatedLine> lines)
    {
        foreach (var option in contract.Document.Options ?? [])
        {
            var days = DaysInService(contract, month, option.From, option.To);
            if (days == 0)
            {
                continue;
            }

            if (month.Tariff.Document.Monthly.Options is not { } prices || !prices.TryGetValue(option.Code, out var price))
            {
                return Unpriced(month, $"option '{option.Code}'");
            }

            lines.Add(Fee(month, option.Code, null, price, option.Quantity, days, [new Validity(option.From, option.To)]) with
            {
                StretchFrom = Tokyo.DayNumber(option.From),
            });
        }

        return null;
    }

    private static Refusal? BillingStation(Contract contract, BillingMonth month, List<DatedLine> lines)
    {
        if (contract.Document.BillingStation is not { } station)
        {
            return null;
        }

        var wMode = contract.Service == ServiceKind.WMode;
        var days = wMode
            ? month.DaysIn(Tokyo.DayNumber(station.From), WModeStationEnd(contract, station))
            : DaysInService(contract, month, station.From, station.To);
        if (days == 0)
        {
            return null;
        }

        if (wMode || month.HoldsWMode(contract.Document.Customer))
        {
            lines.Add(Line(month, MonthlySection, BillingStationCode, null, 1, Yen.Zero, new FreeStationFigures(wMode, days, month.Month.Days)));
            return null;
        }

        if (month.Tariff.Document.Monthly.BillingStation is not { } fee)
        {
            return Unpriced(month, "Billing Station");
        }

        lines.Add(Fee(month, BillingStationCode, null, fee, 1, days, [new Validity(station.From, station.To)]));
        return null;
    }

    /// <summary>With W-mode it ends after the last day of the second month after termination (R12), unless an end is set.</summary>
    private static int WModeStationEnd(Contract contract, BillingStationDocument station) =>
        station.To is { } to ? Tokyo.DayNumber(to)
        : contract.Document.TerminatedOn is { Year: < 9999 } terminated ? Tokyo.DayNumber(UsageMonth.Of(terminated).Plus(3).FirstDay)
        : int.MaxValue;

    private static void Statutory(Contract contract, BillingMonth month, List<DatedLine> lines)
    {
        var lastDay = month.EndDay - 1;
        var numbers = !contract.IsOpenOn(lastDay) ? 0 : contract.Document.Numbers
            .Where(number => Tokyo.DayNumber(number.From) <= lastDay && lastDay < Tokyo.ToDay(number.To))
            .Select(number => number.Number)
            .Distinct(StringComparer.Ordinal)
            .Count();
        foreach (var fee in month.Tariff.Document.Statutory ?? [])
        {
            var amount = (fee.Amount * numbers).TruncateToWhole();
            if (fee.From <= month.Month && (fee.To is not { } to || month.Month < to) && !amount.IsZero)
            {
                lines.Add(Line(month, StatutorySection, fee.Code, null, numbers, amount, new StatutoryFigures(fee.Code, fee.Amount, numbers, month.Month.LastDay, amount)));
            }
        }
    }

    private static int DaysInService(Contract contract, BillingMonth month, NodaTime.LocalDate from, NodaTime.LocalDate? to) =>
        month.DaysIn(Math.Max(Tokyo.DayNumber(from), contract.OpenedDay), Math.Min(Tokyo.ToDay(to), contract.TerminatedDay));

    /// <summary>The fee for the days in service, per unit, rounded down to whole yen.</summary>
    private static Yen Prorated(BillingMonth month, Yen fee, int days) =>
        month.Tariff.Document.Proration == Proration.None ? fee.TruncateToWhole() : fee.ShareRoundedDown(days, month.Month.Days);

    private static Refusal Unpriced(BillingMonth month, string what) =>
        new("§8", $"tariff version {month.Tariff.Version} has no price for {what}");

    private static DatedLine Fee(BillingMonth month, string code, string? detail, Yen fee, long quantity, int days, IReadOnlyList<Validity> inService)
    {
        var perUnit = Prorated(month, fee, days);
        var amount = perUnit * quantity;
        return Line(month, MonthlySection, code, detail, quantity, amount, new FeeFigures(
            code, detail, fee, inService, days, month.Month.Days, month.Tariff.Document.Proration, perUnit, quantity, amount));
    }

    private static DatedLine Line(BillingMonth month, string section, string code, string? detail, long quantity, Yen amount, Figures figures) =>
        new(new InvoiceLineDocument
        {
            Section = section,
            Code = code,
            Detail = detail,
            Month = month.Month,
            Quantity = quantity,
            Amount = amount,
            TaxCategory = Words.Of(TaxCategory.S),
        }, Figures: figures);
}

/// <summary>A line and, for the order of lines, the first day of the stretch it is for; of a fee also what it was computed from.</summary>
internal sealed record DatedLine(InvoiceLineDocument Line, int StretchFrom = 0, Figures? Figures = null);
