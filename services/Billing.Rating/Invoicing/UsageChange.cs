using System.Runtime.InteropServices;
using Billing.Contracts;
using Billing.Rating.Calls;

namespace Billing.Rating.Invoicing;

/// <summary>What corrections change of one contract's month: calls and exact charges added or, negative, taken away.</summary>
public sealed class UsageChange
{
    private readonly Dictionary<UsageKey, (long Calls, long ChargeableMs, Yen Sum)> _groups = [];

    /// <summary>The groups that differ, with signed calls, time and sum.</summary>
    public IReadOnlyList<UsageLine> Lines =>
        [.. _groups.Select(pair => new UsageLine(pair.Key, pair.Value.Calls, pair.Value.ChargeableMs, pair.Value.Sum))
            .Where(line => line.Calls != 0 || line.ChargeableMs != 0 || !line.Sum.IsZero)];

    public long Unanswered { get; private set; }

    public long TailMs { get; private set; }

    public Yen TailCharge { get; private set; }

    /// <summary>The exact charges added less those taken away.</summary>
    public Yen Charge { get; private set; }

    public bool IsZero => Unanswered == 0 && TailMs == 0 && TailCharge.IsZero && Lines.Count == 0;

    /// <summary>A call counts from now on.</summary>
    public void Add(in RatedCall call)
    {
        if (call.Outcome == Outcome.Unanswered)
        {
            Unanswered++;
            return;
        }

        Add(new UsageLine(new UsageKey(call.Class, call.Carrier, call.TaxCategory), 1, call.ChargeableMs, call.Charge), call.TailMs, call.TailCharge);
    }

    /// <summary>Adds signed sums of one group.</summary>
    public void Add(UsageLine line, long tailMs, Yen tailCharge)
    {
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, line.Key, out _);
        group = (group.Calls + line.Calls, group.ChargeableMs + line.ChargeableMs, group.Sum + line.Sum);
        TailMs += tailMs;
        TailCharge += tailCharge;
        Charge += line.Sum;
    }

    public void AddUnanswered(long calls) => Unanswered += calls;
}
