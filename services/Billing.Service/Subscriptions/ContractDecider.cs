using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using NodaTime;

namespace Billing.Service.Subscriptions;

/// <summary>Decides what has to happen for a contract to become what a document says.</summary>
internal static class ContractDecider
{
    /// <summary>The events between what is and what is wanted, in an order that makes sense to read; none when the two are the same.</summary>
    /// <param name="contract">The contract as it is; null when it was never opened.</param>
    /// <param name="wanted">The whole contract as it shall be: what it does not name ends as if it had never been.</param>
    public static IReadOnlyList<object> Decide(SubscribedContract? contract, ContractDocument wanted)
    {
        var events = new List<object>();
        if (contract is null)
        {
            events.Add(new ContractOpened(wanted.Id, wanted.Service, wanted.Customer, wanted.OpenedOn));
        }
        else
        {
            if (contract.Customer != wanted.Customer)
            {
                events.Add(new CustomerChanged(wanted.Customer));
            }

            if (contract.OpenedOn != wanted.OpenedOn)
            {
                events.Add(new OpeningMoved(wanted.OpenedOn));
            }
        }

        Numbers(contract, wanted, events);
        if (!(contract?.Limits ?? []).SequenceEqual(wanted.UsageLimits ?? []))
        {
            events.Add(new UsageLimitsSet(wanted.UsageLimits ?? []));
        }

        if (!(contract?.Options ?? []).SequenceEqual(wanted.Options ?? []))
        {
            events.Add(new OptionsSet(wanted.Options ?? []));
        }

        if (contract?.Station != wanted.BillingStation)
        {
            events.Add(new BillingStationSet(wanted.BillingStation));
        }

        if (contract?.TerminatedOn != wanted.TerminatedOn)
        {
            events.Add(wanted.TerminatedOn is { } on ? new ContractTerminated(on) : new TerminationCancelled());
        }

        return events;
    }

    /// <summary>Withdrawals come first, so that no number is ever in two entries on the way.</summary>
    private static void Numbers(SubscribedContract? contract, ContractDocument wanted, List<object> events)
    {
        if (contract is not null)
        {
            var kept = new HashSet<(string, LocalDate)>(wanted.Numbers.Select(entry => (entry.Number, entry.From)));
            events.AddRange(contract.Numbers
                .Where(entry => !kept.Contains((entry.Number, entry.From)))
                .Select(entry => new NumberWithdrawn(entry.Number, entry.From)));
        }

        events.AddRange(wanted.Numbers
            .Where(entry => contract?.FindNumber(entry.Number, entry.From) != entry)
            .Select(entry => new NumberAssigned(entry)));
    }
}
