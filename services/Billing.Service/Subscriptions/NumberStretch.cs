using Billing.Contracts.Documents;
using Billing.Rating;

namespace Billing.Service.Subscriptions;

/// <summary>A number (050 or paired mobile) in force in an open contract on the Tokyo days <c>[FromDay, ToDay)</c>.</summary>
internal sealed record NumberStretch(string Contract, string Number, bool IsMobile, int FromDay, int ToDay)
{
    public bool Shares(NumberStretch other) => FromDay < other.ToDay && other.FromDay < ToDay;

    /// <summary>The stretches of a contract that last at least a day.</summary>
    public static IEnumerable<NumberStretch> Of(ContractDocument contract)
    {
        var (openedDay, terminatedDay) = (Tokyo.DayNumber(contract.OpenedOn), Tokyo.ToDay(contract.TerminatedOn));
        foreach (var entry in contract.Numbers)
        {
            var from = Math.Max(Tokyo.DayNumber(entry.From), openedDay);
            var to = Math.Min(Tokyo.ToDay(entry.To), terminatedDay);
            if (from >= to)
            {
                continue;
            }

            yield return new NumberStretch(contract.Id, entry.Number, IsMobile: false, from, to);
            if (entry.MobileNumber is { } mobile)
            {
                yield return new NumberStretch(contract.Id, mobile, IsMobile: true, from, to);
            }
        }
    }
}
