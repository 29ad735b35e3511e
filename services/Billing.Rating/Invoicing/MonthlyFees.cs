using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Subscriptions;

namespace Billing.Rating.Invoicing;

/// <summary>The lines of an invoice that do not depend on calls: base fees, options, Billing Station, statutory fees.</summary>
internal static class MonthlyFees
{
    public const string MonthlySection = "monthly";
    public const string StatutorySection = "statutory";

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
        var daysByNumber = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var number in contract.Document.Numbers)
        {
            var days = DaysInService(contract, month, number.From, number.To);
            if (days > 0)
            {
                daysByNumber[number.Number] = daysByNumber.GetValueOrDefault(number.Number) + days;
            }
        }

        var monthly = month.Tariff.Document.Monthly;
        var fee = (contract.Service == ServiceKind.Biz ? monthly.Biz : monthly.WMode)?.Base;
        if (fee is null && daysByNumber.Count > 0)
        {
            return Unpriced(month, "the base fee");
        }

        foreach (var (number, days) in daysByNumber)
        {
            lines.Add(Line(month, MonthlySection, "base-fee", number, 1, Prorated(month, fee!.Value, days)));
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

            lines.Add(Line(month, MonthlySection, option.Code, null, option.Quantity, Prorated(month, price, days) * option.Quantity) with
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

        var amount = Yen.Zero;
        if (!wMode && !month.HoldsWMode(contract.Document.Customer))
        {
            if (month.Tariff.Document.Monthly.BillingStation is not { } fee)
            {
                return Unpriced(month, "Billing Station");
            }

            amount = Prorated(month, fee, days);
        }

        lines.Add(Line(month, MonthlySection, "billing-station", null, 1, amount));
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
                lines.Add(Line(month, StatutorySection, fee.Code, null, numbers, amount));
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

    private static DatedLine Line(BillingMonth month, string section, string code, string? detail, long quantity, Yen amount) =>
        new(new InvoiceLineDocument
        {
            Section = section,
            Code = code,
            Detail = detail,
            Month = month.Month,
            Quantity = quantity,
            Amount = amount,
            TaxCategory = Words.Of(TaxCategory.S),
        });
}

/// <summary>A line and, for the order of lines, the first day of the stretch it is for.</summary>
internal sealed record DatedLine(InvoiceLineDocument Line, int StretchFrom = 0);
