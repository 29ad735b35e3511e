using Billing.Contracts.Documents;
using Billing.Rating.Records;

namespace Billing.Formats.Fields;

/// <summary>A duration that must agree with two stamps.</summary>
internal sealed class DurationCheck
{
    private readonly DurationCheckDocument _document;
    private readonly Condition _when;
    private readonly int _from;
    private readonly int _to;

    private DurationCheck(DurationCheckDocument document, Condition when, int from, int to)
    {
        _document = document;
        _when = when;
        _from = from;
        _to = to;
    }

    public bool Suspends => _document.Otherwise == "suspend";

    public string Column => _document.Duration.Column;

    /// <exception cref="ProfileException">The check contradicts itself.</exception>
    public static DurationCheck Compile(DurationCheckDocument document, string path, ISet<string> columns)
    {
        var between = document.Between.Select(name => CdrColumns.Names.ToList().IndexOf(name)).ToArray();
        if (between.Length != 2 || between.Contains(-1))
        {
            throw new ProfileException($"{path}.between", "two columns of cdr v1 are needed");
        }

        if (document.Otherwise is not ("suspend" or "reject"))
        {
            throw new ProfileException($"{path}.otherwise", "suspend or reject");
        }

        if (document.ToleranceMs < 0)
        {
            throw new ProfileException($"{path}.toleranceMs", "zero or more");
        }

        Profile.CheckUnit(document.Duration, $"{path}.duration");
        columns.Add(document.Duration.Column);
        return new DurationCheck(document, Condition.Compile(document.When, $"{path}.when", columns), between[0], between[1]);
    }

    /// <summary>A fault when the duration is none; a difference, in words, when it does not agree with the stamps.</summary>
    public (RowFault? Fault, string? Difference) Compare(SourceRow row, IReadOnlyList<FieldValue> fields)
    {
        if (!_when.Holds(row))
        {
            return (null, null);
        }

        var (duration, fault) = Durations.Read(row, _document.Duration);
        if (fault is not null || !Durations.IsTold(row, _document.Duration) || fields[_from].Time is not { } from || fields[_to].Time is not { } to)
        {
            return (fault, null);
        }

        var difference = (long)Math.Abs((to - from - duration).TotalMilliseconds);
        return difference <= _document.ToleranceMs ? (null, null) : (null, $"{_document.Between[1]} − {_document.Between[0]} is {(long)(to - from).TotalMilliseconds} ms, {(_document.Duration.Sum ? $"the sum of {Column}" : Column)} is {(long)duration.TotalMilliseconds} ms");
    }
}
