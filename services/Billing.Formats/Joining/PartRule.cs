using System.Globalization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Formats.Fields;

namespace Billing.Formats.Joining;

/// <summary>What tells the place of a part in its call.</summary>
internal sealed class PartRule
{
    /// <summary>A number beyond it is none of a part.</summary>
    public const long MostParts = 10_000;

    private const string Path = "$.join.parts";

    private readonly string? _number;
    private readonly Condition _first;
    private readonly Condition _last;
    private readonly FieldSource? _begin;
    private readonly FieldSource? _end;

    private PartRule(string? number, Condition first, Condition last, FieldSource? begin, FieldSource? end, long toleranceMs)
    {
        _number = number;
        _first = first;
        _last = last;
        _begin = begin;
        _end = end;
        ToleranceMs = toleranceMs;
    }

    /// <summary>By how many milliseconds a part may begin before or after the end of the one before.</summary>
    public long ToleranceMs { get; }

    /// <exception cref="ProfileException">The parts can not be told.</exception>
    public static PartRule Compile(PartsDocument document, string? zone, HashSet<string> columns)
    {
        var byStamps = document is { First: not null, Begin: not null, End: not null };
        if (byStamps != document.Number is null || document is { Number: not null, First: not null } or { Number: not null, Begin: not null } or { Number: not null, End: not null })
        {
            throw new ProfileException(Path, "parts are told by 'number', or else by 'first', 'begin' and 'end'");
        }

        if (document.ToleranceMs is < 0 || (document.ToleranceMs is not null && !byStamps))
        {
            throw new ProfileException($"{Path}.toleranceMs", "zero or more, where parts are told by 'begin' and 'end'");
        }

        var own = new HashSet<string>(document.Number is { } number ? [number] : []);
        var rule = new PartRule(
            document.Number, Condition.Compile(document.First, $"{Path}.first", own), Condition.Compile(document.Last, $"{Path}.last", own),
            Stamp(document.Begin, "begin"), Stamp(document.End, "end"), document.ToleranceMs ?? 0);
        if (own.FirstOrDefault(column => JoinedRow.NameInFile(column) != column) is { } ofAnother)
        {
            throw new ProfileException(Path, $"'{ofAnother}' is of the first or last part; a part is told by its own columns");
        }

        columns.UnionWith(own);
        return rule;

        FieldSource? Stamp(FieldDocument? field, string name) => field is null ? null
            : Profile.HasTime(field) ? FieldSource.Compile(field, name, zone, $"{Path}.{name}", own)
            : throw new ProfileException($"{Path}.{name}", "a time needs 'time' with its forms");
    }

    /// <summary>The role of a row, which tells its place; a fault when it tells none.</summary>
    public (string Role, RowFault? Fault) RoleOf(SourceRow row)
    {
        if (_number is not null)
        {
            var text = row.Find(_number)?.Trim() ?? "";
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostParts
                ? (PartPlace.Text(number, _last.Holds(row)), null)
                : ("", new RowFault(text.Length == 0 ? RejectReason.MissingField : RejectReason.BadEnum, _number, $"'{RowFault.Shown(text, 20)}' is no number of a part, 1 to {MostParts:N0}"));
        }

        var (begin, end) = (_begin!.Read(row), _end!.Read(row));
        if (begin is not { Time: { } from } || end is not { Time: { } to })
        {
            return ("", begin.Fault ?? end.Fault ?? new RowFault(RejectReason.MissingField, begin.Time is null ? "begin" : "end", "the part has no stamp"));
        }

        return to < from
            ? ("", new RowFault(RejectReason.TimeOrder, "end", $"{end.Text} is before begin, {begin.Text}"))
            : (PartPlace.Text(from, to, _first.Holds(row), _last.Holds(row)), null);
    }
}
