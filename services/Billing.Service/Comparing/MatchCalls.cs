namespace Billing.Service.Comparing;

/// <summary>
/// Pairs the calls of two lists one to one. Of all pairs that begin within the tolerance of each other the closest are made
/// first; what the calls are decides between equally close ones, so the order of the lists changes nothing.
/// </summary>
internal static class MatchCalls
{
    /// <param name="ours">Instants and durations of one side, in milliseconds; with what tells equal ones apart.</param>
    /// <param name="theirs">Those of the other side.</param>
    /// <param name="startToleranceMs">How far apart the starts of a pair may be, this difference included.</param>
    /// <returns>Pairs of positions in the two lists.</returns>
    public static List<(int Ours, int Theirs)> Closest(IReadOnlyList<Moment> ours, IReadOnlyList<Moment> theirs, long startToleranceMs)
    {
        var pairs = new List<(int Ours, int Theirs)>();
        var ourOrder = Ordered(ours);
        var theirOrder = Ordered(theirs);
        var candidates = Candidates(ours, theirs, ourOrder, theirOrder, startToleranceMs);
        candidates.Sort();
        var (ourTaken, theirTaken) = (new bool[ours.Count], new bool[theirs.Count]);
        foreach (var candidate in candidates)
        {
            if (!ourTaken[candidate.Ours] && !theirTaken[candidate.Theirs])
            {
                ourTaken[candidate.Ours] = theirTaken[candidate.Theirs] = true;
                pairs.Add((ourOrder[candidate.Ours], theirOrder[candidate.Theirs]));
            }
        }

        return pairs;
    }

    private static int[] Ordered(IReadOnlyList<Moment> calls)
    {
        var order = Enumerable.Range(0, calls.Count).ToArray();
        Array.Sort(order, (a, b) => calls[a].CompareTo(calls[b]));
        return order;
    }

    /// <summary>All pairs near enough; positions are those in the two orders.</summary>
    private static List<Candidate> Candidates(IReadOnlyList<Moment> ours, IReadOnlyList<Moment> theirs, int[] ourOrder, int[] theirOrder, long tolerance)
    {
        var candidates = new List<Candidate>();
        var first = 0;
        for (var o = 0; o < ourOrder.Length; o++)
        {
            var our = ours[ourOrder[o]];
            while (first < theirOrder.Length && theirs[theirOrder[first]].StartMs < our.StartMs - tolerance)
            {
                first++;
            }

            for (var t = first; t < theirOrder.Length && theirs[theirOrder[t]].StartMs <= our.StartMs + tolerance; t++)
            {
                var their = theirs[theirOrder[t]];
                candidates.Add(new Candidate(Math.Abs(our.StartMs - their.StartMs), Math.Abs(our.DurationMs - their.DurationMs), o, t));
            }
        }

        return candidates;
    }

    private readonly record struct Candidate(long StartDifference, long DurationDifference, int Ours, int Theirs) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other) =>
            StartDifference != other.StartDifference ? StartDifference.CompareTo(other.StartDifference)
            : DurationDifference != other.DurationDifference ? DurationDifference.CompareTo(other.DurationDifference)
            : Ours != other.Ours ? Ours.CompareTo(other.Ours)
            : Theirs.CompareTo(other.Theirs);
    }
}

/// <summary>When a call began and how long it was, and a text that tells calls with the same figures apart.</summary>
internal readonly record struct Moment(long StartMs, long DurationMs, string Else) : IComparable<Moment>
{
    public int CompareTo(Moment other) =>
        StartMs != other.StartMs ? StartMs.CompareTo(other.StartMs)
        : DurationMs != other.DurationMs ? DurationMs.CompareTo(other.DurationMs)
        : string.CompareOrdinal(Else, other.Else);
}
