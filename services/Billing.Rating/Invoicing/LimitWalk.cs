using System.Text;
using Billing.Contracts;

namespace Billing.Rating.Invoicing;

/// <summary>
/// Walks the charges of a month in the order of (answered, source, record id), whatever the order in which they come, and
/// finds what lies beyond the limit (R14). Only the calls that make up the limit are kept, so memory does not grow with the month.
/// </summary>
public sealed class LimitWalk(Yen limit)
{
    private readonly PriorityQueue<Entry, Entry> _within = new(LastFirst.Instance);
    private Yen _withinSum;
    private Yen _beyondG;

    /// <summary>What lies beyond the limit on zero-rated calls.</summary>
    public Yen OverflowG =>
        _within.TryPeek(out var last, out _) && last.Category == TaxCategory.G && _withinSum > limit
            ? _beyondG + (_withinSum - limit)
            : _beyondG;

    public void Add(long answeredMs, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, Yen charge, TaxCategory category)
    {
        if (charge.IsZero)
        {
            return;
        }

        if (_withinSum >= limit && (_within.Count == 0 || IsAfter(_within.Peek(), answeredMs, source, recordId)))
        {
            Beyond(charge, category);
            return;
        }

        var entry = new Entry(answeredMs, Encoding.UTF8.GetString(source), Encoding.UTF8.GetString(recordId), charge, category);
        _within.Enqueue(entry, entry);
        _withinSum += charge;
        while (_within.TryPeek(out var last, out _) && _withinSum - last.Charge >= limit)
        {
            _within.Dequeue();
            _withinSum -= last.Charge;
            Beyond(last.Charge, last.Category);
        }
    }

    private void Beyond(Yen charge, TaxCategory category)
    {
        if (category == TaxCategory.G)
        {
            _beyondG += charge;
        }
    }

    private static bool IsAfter(Entry last, long answeredMs, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId)
    {
        if (answeredMs != last.AnsweredMs)
        {
            return answeredMs > last.AnsweredMs;
        }

        var bySource = Compare(source, last.Source);
        return bySource != 0 ? bySource > 0 : Compare(recordId, last.RecordId) > 0;
    }

    private static int Compare(ReadOnlySpan<byte> ascii, string text) =>
        string.CompareOrdinal(Encoding.UTF8.GetString(ascii), text);

    private sealed record Entry(long AnsweredMs, string Source, string RecordId, Yen Charge, TaxCategory Category);

    private sealed class LastFirst : IComparer<Entry>
    {
        public static LastFirst Instance { get; } = new();

        public int Compare(Entry? x, Entry? y)
        {
            var byAnswer = y!.AnsweredMs.CompareTo(x!.AnsweredMs);
            if (byAnswer != 0)
            {
                return byAnswer;
            }

            var bySource = string.CompareOrdinal(y.Source, x.Source);
            return bySource != 0 ? bySource : string.CompareOrdinal(y.RecordId, x.RecordId);
        }
    }
}

/// <summary>What a limit takes off a month's usage, by tax category; both are 0 or more.</summary>
public readonly record struct LimitShares(Yen S, Yen G)
{
    public static LimitShares None => default;

    /// <summary>
    /// The excess of the usage lines over the limit, first from zero-rated calls as far as the overflow fell on them,
    /// the rest from standard-rated ones.
    /// </summary>
    public static LimitShares Of(IReadOnlyList<UsageLine> lines, Yen limit, Yen overflowG)
    {
        Yen all = Yen.Zero, g = Yen.Zero;
        foreach (var line in lines)
        {
            all += line.Amount;
            g += line.Key.TaxCategory == TaxCategory.G ? line.Amount : Yen.Zero;
        }

        return Of(all, g, limit, overflowG);
    }

    /// <inheritdoc cref="Of(IReadOnlyList{UsageLine}, Yen, Yen)"/>
    public static LimitShares Of(Yen allLines, Yen linesG, Yen limit, Yen overflowG)
    {
        if (allLines <= limit)
        {
            return None;
        }

        var excess = allLines - limit;
        var fromG = Yen.Min(Yen.Min(linesG, overflowG.TruncateToWhole()), excess);
        return new LimitShares(excess - fromG, fromG);
    }
}
