using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Subscriptions;
using Billing.Rating.Tariffs;

namespace Billing.Rating.Invoicing;

/// <summary>What all invoices of a month have in common: the tariff version of its last day, the tax rate, who holds W-mode.</summary>
public sealed class BillingMonth
{
    private readonly HashSet<string> _wModeCustomers;

    private BillingMonth(UsageMonth month, TariffVersion tariff, TaxRate rate, HashSet<string> wModeCustomers)
    {
        Month = month;
        Tariff = tariff;
        StandardRate = rate;
        _wModeCustomers = wModeCustomers;
        FirstDay = Tokyo.DayNumber(month.FirstDay);
        EndDay = FirstDay + month.Days;
    }

    public UsageMonth Month { get; }

    public TariffVersion Tariff { get; }

    public TaxRate StandardRate { get; }

    /// <summary>The first day of the month and the first day after it.</summary>
    public int FirstDay { get; }

    public int EndDay { get; }

    /// <summary>Prepares a month, or says why nothing can be issued for it.</summary>
    public static (BillingMonth? Month, Refusal? Refusal) Prepare(UsageMonth month, TariffBook tariffs, ContractBook contracts)
    {
        if (tariffs.On(Tokyo.DayNumber(month.LastDay)) is not { } tariff)
        {
            return (null, new Refusal("§8", $"no tariff version is in force on {month.LastDay:uuuu-MM-dd}, the last day of {month}"));
        }

        if (tariff.StandardTaxRate(month) is not { } rate)
        {
            return (null, new Refusal("§8", $"tariff version {tariff.Version} has no tax rate in force on {month.LastDay:uuuu-MM-dd}"));
        }

        var first = Tokyo.DayNumber(month.FirstDay);
        var wMode = contracts.Contracts
            .Where(contract => contract.Service == ServiceKind.WMode && !string.IsNullOrEmpty(contract.Document.Customer.CorporateNumber)
                && contract.OpenedDay < first + month.Days && contract.TerminatedDay > first && contract.OpenedDay < contract.TerminatedDay)
            .Select(contract => contract.Document.Customer.CorporateNumber!)
            .ToHashSet(StringComparer.Ordinal);
        return (new BillingMonth(month, tariff, rate, wMode), null);
    }

    /// <summary>The part of <c>[fromDay, toDay)</c> that lies in the month, in days.</summary>
    public int DaysIn(int fromDay, int toDay) => Math.Max(0, Math.Min(toDay, EndDay) - Math.Max(fromDay, FirstDay));

    /// <summary>True when a W-mode contract of the same corporate number is open on any day of the month (R11).</summary>
    public bool HoldsWMode(CustomerDocument customer) =>
        customer.CorporateNumber is { } number && _wModeCustomers.Contains(number);

    /// <summary>The usage limit of a contract in this month: the one in force on the last day.</summary>
    public static Yen? LimitOf(Contract contract, UsageMonth month) =>
        contract.Document.UsageLimits?.FirstOrDefault(limit => limit.From <= month.LastDay && (limit.To is not { } to || month.LastDay < to))?.Amount;
}
