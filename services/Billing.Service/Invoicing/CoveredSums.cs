using Billing.Contracts;
using Billing.Contracts.Events;

namespace Billing.Service.Invoicing;

/// <summary>What the lines of a month that an invoice covered come to: the figures beside them in <c>invoiced_usage</c>.</summary>
/// <param name="Charge">The exact sum of the charges.</param>
/// <param name="Amount">The sum as billed, line by line in whole yen.</param>
internal readonly record struct CoveredSums(long Calls, Yen Charge, Yen Amount)
{
    public static CoveredSums Of(CoveredUsage covered)
    {
        var sums = default(CoveredSums);
        foreach (var line in covered.Lines)
        {
            sums = new CoveredSums(sums.Calls + line.Calls, sums.Charge + line.Sum, sums.Amount + line.Amount);
        }

        return sums;
    }
}
