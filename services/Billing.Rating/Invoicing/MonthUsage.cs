using System.Runtime.InteropServices;
using Billing.Contracts;
using Billing.Rating.Calls;

namespace Billing.Rating.Invoicing;

/// <summary>The usage of one contract and month, added up call by call in any order.</summary>
public sealed class MonthUsage(Yen? limit)
{
    private readonly Dictionary<UsageKey, Totals> _totals = [];
    private readonly LimitWalk? _walk = limit is { } yen ? new LimitWalk(yen) : null;

    public Yen? Limit { get; } = limit;

    public long Calls { get; private set; }

    public long Unanswered { get; private set; }

    public long TailMs { get; private set; }

    public Yen TailCharge { get; private set; }

    /// <summary>The calls by class, carrier and tax category.</summary>
    public IReadOnlyList<UsageLine> Lines =>
        [.. _totals.Select(pair => new UsageLine(pair.Key, pair.Value.Calls, pair.Value.ChargeableMs, pair.Value.Sum))];

    /// <summary>What the limit takes off: nothing without one, or while the usage lines stay within it.</summary>
    public LimitShares LimitShares => _walk is null ? LimitShares.None : LimitShares.Of(Lines, Limit!.Value, _walk.OverflowG);

    /// <summary>Adds a rated or unanswered call.</summary>
    public void Add(in RatedCall call, long answeredMs, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId)
    {
        if (call.Outcome == Outcome.Unanswered)
        {
            Unanswered++;
            return;
        }

        Calls++;
        TailMs += call.TailMs;
        TailCharge += call.TailCharge;
        ref var totals = ref CollectionsMarshal.GetValueRefOrAddDefault(_totals, new UsageKey(call.Class, call.Carrier, call.TaxCategory), out _);
        totals.Calls++;
        totals.ChargeableMs += call.ChargeableMs;
        totals.Sum += call.Charge;
        _walk?.Add(answeredMs, source, recordId, call.Charge, call.TaxCategory);
    }

    /// <summary>Adds what was added up elsewhere, for instance by the database; the walk of the limit is then fed apart.</summary>
    public void Add(UsageLine line, long tailMs, Yen tailCharge)
    {
        Calls += line.Calls;
        TailMs += tailMs;
        TailCharge += tailCharge;
        ref var totals = ref CollectionsMarshal.GetValueRefOrAddDefault(_totals, line.Key, out _);
        totals.Calls += line.Calls;
        totals.ChargeableMs += line.ChargeableMs;
        totals.Sum += line.Sum;
    }

    public void AddUnanswered(long calls) => Unanswered += calls;

    /// <summary>Adds one charge to the walk of the limit only.</summary>
    public void Walk(long answeredMs, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, Yen charge, TaxCategory category) =>
        _walk?.Add(answeredMs, source, recordId, charge, category);

    private struct Totals
    {
        public long Calls;
        public long ChargeableMs;
        public Yen Sum;
    }
}
