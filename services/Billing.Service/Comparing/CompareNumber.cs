using Billing.Contracts;
using Billing.Service.Usage;
using NodaTime;

namespace Billing.Service.Comparing;

/// <summary>Compares the calls of one number of ours, on both sides. Pure: the same calls give the same rows, in any order.</summary>
internal sealed class CompareNumber(Tolerances tolerances)
{
    public const string Unanswered = "never answered here";

    /// <param name="number">The number that the calls are booked on.</param>
    public NumberComparison Compare(string number, IReadOnlyList<OurCall> ours, IReadOnlyList<TheirCall> theirs, IReadOnlyList<HeldCall> held)
    {
        var result = new NumberComparison();
        var ourGroups = ours.ToLookup(call => call.Called, StringComparer.Ordinal);
        var theirGroups = theirs.ToLookup(call => call.Called, StringComparer.Ordinal);
        var heldGroups = held.ToLookup(call => call.Called, StringComparer.Ordinal);
        foreach (var called in ourGroups.Select(group => group.Key).Union(theirGroups.Select(group => group.Key)))
        {
            CompareCalled(number, called, [.. ourGroups[called]], [.. theirGroups[called]], [.. heldGroups[called]], result);
        }

        result.Sort();
        return result;
    }

    private void CompareCalled(string number, string called, List<OurCall> ours, List<TheirCall> theirs, List<HeldCall> held, NumberComparison result)
    {
        var rated = ours.Where(call => call.IsRated).ToList();
        foreach (var (our, their) in Pair(rated, theirs))
        {
            result.Rows.Add(Row(Judge(our, their), null, number, called, our, their));
        }

        var unanswered = ours.Where(call => !call.IsRated).ToList();
        foreach (var (our, their) in Pair(unanswered, theirs))
        {
            // an attempt that both sides know is no call that anybody is billed for
            var agreed = their.DurationMs == 0;
            result.Rows.Add(agreed ? Row(Judge(our, their), null, number, called, our, their) : Missing(number, called, their, Unanswered));
        }

        foreach (var (instead, their) in Pair(held, theirs))
        {
            result.Rows.Add(Missing(number, called, their, instead.Reason));
        }

        result.Rows.AddRange(theirs.Where(call => !call.IsOutside).Select(their => Missing(number, called, their, null)));
        result.Outside.AddRange(theirs.Where(call => call.IsOutside));
        result.Rows.AddRange(rated.Select(our => Row(RowClass.MissingThere, null, number, called, our, null)));
        result.Unanswered += unanswered.Count;
    }

    /// <summary>The differences of a pair; the duration comes before the price, which follows from it.</summary>
    private RowClass Judge(OurCall our, TheirCall their)
    {
        var duration = Math.Abs(our.DurationMs - their.DurationMs);
        if (duration > tolerances.Duration.Milliseconds)
        {
            return RowClass.BeyondTolerance;
        }

        var price = their.Amount is { } amount ? amount - our.Charge : Yen.Zero;
        if ((price.IsNegative ? -price : price) > tolerances.Amount)
        {
            return RowClass.PricedDifferently;
        }

        return duration == 0 && our.StartMs == their.StartMs && price.IsZero ? RowClass.Equal : RowClass.WithinTolerance;
    }

    /// <summary>Takes the pairs out of both lists. What is not paired stays.</summary>
    private List<(OurCall Our, TheirCall Their)> Pair(List<OurCall> ours, List<TheirCall> theirs) =>
        Pair(ours, call => new Moment(call.StartMs, call.DurationMs, $"{call.Source}/{call.RecordId}"), theirs);

    private List<(HeldCall Our, TheirCall Their)> Pair(List<HeldCall> held, List<TheirCall> theirs) =>
        Pair(held, call => new Moment(call.StartMs, 0, call.Reason), theirs);

    private List<(T Our, TheirCall Their)> Pair<T>(List<T> ours, Func<T, Moment> moment, List<TheirCall> theirs)
    {
        if (ours.Count == 0 || theirs.Count == 0)
        {
            return [];
        }

        var pairs = MatchCalls.Closest(
            [.. ours.Select(moment)],
            [.. theirs.Select(call => new Moment(call.StartMs, call.DurationMs, $"{call.Amount}\n{call.Id}\n{call.Line:D10}"))],
            tolerances.Start.Milliseconds);
        var found = pairs.Select(pair => (ours[pair.Ours], theirs[pair.Theirs])).ToList();
        Remove(ours, pairs.Select(pair => pair.Ours));
        Remove(theirs, pairs.Select(pair => pair.Theirs));
        return found;
    }

    private static void Remove<T>(List<T> list, IEnumerable<int> positions)
    {
        var gone = positions.ToHashSet();
        var kept = list.Where((_, i) => !gone.Contains(i)).ToList();
        list.Clear();
        list.AddRange(kept);
    }

    private static ComparedRow Missing(string number, string called, TheirCall their, string? reason) =>
        Row(RowClass.MissingHere, reason, number, called, null, their);

    private static ComparedRow Row(RowClass kind, string? reason, string number, string called, OurCall? our, TheirCall? their) => new(
        ComparisonWords.Of(kind),
        reason,
        number,
        Masked.Number(called),
        our is null ? null : new ComparedCall($"{our.Source}/{our.RecordId}", null, At(our.StartMs), new Seconds(our.DurationMs), our.Charge),
        their is null ? null : new ComparedCall(their.Id, their.Line, At(their.StartMs), new Seconds(their.DurationMs), their.Amount))
    {
        Kind = kind,
    };

    private static Instant At(long ms) => Instant.FromUnixTimeMilliseconds(ms);
}

/// <summary>What came of one number.</summary>
internal sealed class NumberComparison
{
    public List<ComparedRow> Rows { get; } = [];

    /// <summary>Calls of theirs that begin outside the month and belong to none of ours.</summary>
    public List<TheirCall> Outside { get; } = [];

    /// <summary>Calls of ours that nobody answered and that they do not list: nobody is billed for them.</summary>
    public long Unanswered { get; set; }

    /// <summary>By start, then by what else is in the rows but their lines, so that the order of their file does not show.</summary>
    public void Sort() => Rows.Sort((a, b) =>
    {
        var order = Start(a).CompareTo(Start(b));
        order = order != 0 ? order : a.Kind.CompareTo(b.Kind);
        order = order != 0 ? order : string.CompareOrdinal(a.Called, b.Called);
        order = order != 0 ? order : string.CompareOrdinal(a.Ours?.Record, b.Ours?.Record);
        order = order != 0 ? order : string.CompareOrdinal(a.Theirs?.Record, b.Theirs?.Record);
        return order != 0 ? order : Nullable.Compare(a.Theirs?.Line, b.Theirs?.Line);
    });

    private static Instant Start(ComparedRow row) => (row.Ours ?? row.Theirs)!.Start;
}
