using Billing.Contracts;
using Billing.Rating;

namespace Billing.Service.Subscriptions;

/// <summary>
/// Which contract holds which number when. A number or mobile number is in one contract on any day on which both are
/// open (R52, R58); contracts that are wanted together are judged by the state that they lead to together.
/// </summary>
internal sealed class NumberHoldings
{
    private readonly Dictionary<string, List<NumberStretch>> _byNumber = new(StringComparer.Ordinal);

    /// <param name="others">What contracts other than the wanted ones hold, at least of the numbers in question.</param>
    public NumberHoldings(IEnumerable<NumberStretch> others)
    {
        foreach (var stretch in others)
        {
            Add(stretch);
        }
    }

    /// <summary>
    /// The refusals, by contract, of those wanted contracts that can not have their numbers. The others can have theirs all
    /// together, whatever the order in which they are named; a refused contract keeps what it holds.
    /// </summary>
    /// <param name="wanted">For each contract what it holds now and what it shall hold. A contract refused for another reason wants what it holds.</param>
    public Dictionary<string, Refusal> Refuse(IReadOnlyList<Change> wanted)
    {
        var changes = wanted.ToDictionary(change => change.Contract, StringComparer.Ordinal);
        var refused = new Dictionary<string, Refusal>(StringComparer.Ordinal);
        var accepted = new HashSet<string>(StringComparer.Ordinal);
        var falling = new Queue<(Change Change, NumberStretch Wanted, NumberStretch Holder)>();
        foreach (var change in wanted)
        {
            if (Conflict(change.After) is { } conflict)
            {
                falling.Enqueue((change, conflict.Wanted, conflict.Holder));
                FallBack();
                continue;
            }

            change.After.ForEach(Add);
            accepted.Add(change.Contract);
        }

        return refused;

        // what a refused contract keeps may be what another was to get
        void FallBack()
        {
            while (falling.TryDequeue(out var fallen))
            {
                var (change, stretch, holder) = fallen;
                if (!refused.TryAdd(change.Contract, Refusal(stretch, holder)))
                {
                    continue;
                }

                if (accepted.Remove(change.Contract))
                {
                    change.After.ForEach(Remove);
                }

                foreach (var kept in change.Before)
                {
                    foreach (var taker in OthersOn(kept).Where(taker => accepted.Contains(taker.Contract)))
                    {
                        falling.Enqueue((changes[taker.Contract], taker, kept));
                    }
                }

                change.Before.ForEach(Add);
            }
        }
    }

    private static Refusal Refusal(NumberStretch wanted, NumberStretch holder) => new(
        "R58",
        $"{(wanted.IsMobile ? "mobile number" : "number")} {wanted.Number} is in force in contract {holder.Contract} on {Tokyo.Date(Math.Max(wanted.FromDay, holder.FromDay)):uuuu-MM-dd}; it is in one contract at a time");

    private (NumberStretch Wanted, NumberStretch Holder)? Conflict(List<NumberStretch> stretches)
    {
        foreach (var stretch in stretches)
        {
            if (OthersOn(stretch).FirstOrDefault() is { } holder)
            {
                return (stretch, holder);
            }
        }

        return null;
    }

    private IEnumerable<NumberStretch> OthersOn(NumberStretch stretch) =>
        _byNumber.TryGetValue(stretch.Number, out var list)
            ? list.Where(other => other.Contract != stretch.Contract && other.Shares(stretch))
            : [];

    private void Add(NumberStretch stretch)
    {
        if (!_byNumber.TryGetValue(stretch.Number, out var list))
        {
            _byNumber.Add(stretch.Number, list = []);
        }

        list.Add(stretch);
    }

    private void Remove(NumberStretch stretch) => _byNumber[stretch.Number].Remove(stretch);

    /// <summary>What a contract holds and what it shall hold.</summary>
    public sealed record Change(string Contract, List<NumberStretch> Before, List<NumberStretch> After);
}
