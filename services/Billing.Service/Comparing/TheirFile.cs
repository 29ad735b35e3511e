using System.Text;
using Billing.Contracts;
using Billing.Contracts.Json;
using Billing.Formats.Containers;
using Billing.Rating;
using Billing.Rating.Numbers;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;

namespace Billing.Service.Comparing;

/// <summary>A row of their file that cannot be read, and the first reason why.</summary>
public sealed record UnreadableRow(long Line, string Reason);

/// <summary>Reads the calls of another party's list, one at a time.</summary>
internal sealed class TheirFile
{
    private const long EdgeMs = 3_600_000;

    private readonly ColumnMap _map;
    private readonly RatingKnowledge _knowledge;
    private readonly CsvRecords _records;
    private readonly List<string> _fields = [];
    private readonly int _columns;
    private readonly (int Calling, int Called, int Start, int Duration, int Amount, int Id) _at;
    private readonly byte[] _normalised = new byte[NumberText.Capacity + 3];

    private TheirFile(ColumnMap map, RatingKnowledge knowledge, CsvRecords records, List<string> header)
    {
        (_map, _knowledge, _records, _columns) = (map, knowledge, records, header.Count);
        var document = map.Document;
        _at = (header.IndexOf(document.Calling), header.IndexOf(document.Called), header.IndexOf(document.Start), header.IndexOf(document.Duration),
            document.Amount is { } amount ? header.IndexOf(amount) : -1, document.Id is { } id ? header.IndexOf(id) : -1);
    }

    /// <summary>The line of the row read last.</summary>
    public long Line => _records.Line;

    /// <summary>Reads the header; refuses a file that is no text, lacks a column of the map or has it twice.</summary>
    public static (TheirFile? File, DocumentFault? Fault) Open(Stream stream, ColumnMap map, RatingKnowledge knowledge)
    {
        var lines = new LineReader(stream);
        lines.SkipByteOrderMark();
        var records = new CsvRecords(lines, map.Separator);
        var header = new List<string>();
        if (!records.TryRead(header, out var reason))
        {
            return (null, new DocumentFault("line 1", "the file is empty: no header row"));
        }

        if (reason is not null)
        {
            return (null, new DocumentFault($"line {records.Line}", reason == "not-utf8"
                ? "the file is not UTF-8 text; one that is in Shift_JIS, say, must be converted first"
                : "a quote in the header is out of place"));
        }

        foreach (var (member, column) in Needed(map))
        {
            var count = header.Count(name => name == column);
            if (count != 1)
            {
                return (null, new DocumentFault($"line {records.Line}", count == 0
                    ? $"there is no column '{column}' ($.{member} of the map); there are: {string.Join(", ", header)}"
                    : $"column '{column}' is named {count} times"));
            }
        }

        return (new TheirFile(map, knowledge, records, header), null);
    }

    /// <summary>Reads the next row: a call, or why it is none. False at the end of the file.</summary>
    public bool TryRead(UsageMonth month, out TheirCall? call, out string? unreadable)
    {
        call = null;
        if (!_records.TryRead(_fields, out unreadable))
        {
            return false;
        }

        unreadable ??= _fields.Count == _columns ? null : "bad-field-count";
        if (unreadable is null)
        {
            (call, unreadable) = Read(month);
        }

        return true;
    }

    private static IEnumerable<(string Member, string Column)> Needed(ColumnMap map)
    {
        var document = map.Document;
        yield return ("calling", document.Calling);
        yield return ("called", document.Called);
        yield return ("start", document.Start);
        yield return ("duration", document.Duration);
        if (document.Amount is { } amount)
        {
            yield return ("amount", amount);
        }

        if (document.Id is { } id)
        {
            yield return ("id", id);
        }
    }

    private (TheirCall? Call, string? Unreadable) Read(UsageMonth month)
    {
        if (!_map.TryStart(Field(_at.Start), out var start))
        {
            return (null, $"bad-start: column '{_map.Document.Start}'");
        }

        if (!_map.TryDuration(Field(_at.Duration), out var duration))
        {
            return (null, $"bad-duration: column '{_map.Document.Duration}'");
        }

        var amount = Yen.Zero;
        if (_at.Amount >= 0 && !ColumnMap.TryAmount(Field(_at.Amount), out amount))
        {
            return (null, $"bad-amount: column '{_map.Document.Amount}'");
        }

        var day = Tokyo.DayOf(start);
        if (Number(Field(_at.Calling), day) is not { } number)
        {
            return (null, $"bad-number: column '{_map.Document.Calling}'");
        }

        if (CalledParty.Of(Encoding.UTF8.GetBytes(Field(_at.Called)), _knowledge.Reference, day) is not { } called)
        {
            return (null, $"bad-number: column '{_map.Document.Called}'");
        }

        var id = _at.Id >= 0 && _fields[_at.Id] is { Length: > 0 } given ? given.Replace('\0', '?') : null;
        return (new TheirCall(Line, id, number, called, start, duration, _at.Amount >= 0 ? amount : null, Tokyo.MonthOf(day) != month), null);
    }

    private string Field(int column) => _fields[column].Trim();

    /// <summary>The number that our charge would be booked on: a mobile number stands for the 050 number it is paired with (R58).</summary>
    private string? Number(string calling, int day)
    {
        var length = NumberText.Normalise(Encoding.UTF8.GetBytes(calling), _normalised);
        return length < 0 ? null
            : _knowledge.Contracts.HolderMobile(_normalised.AsSpan(0, length), day)?.Number ?? Encoding.ASCII.GetString(_normalised, 0, length);
    }

    /// <summary>True when a call that begins outside the month may still be one of the month: it was answered later than it began, or clocks differ.</summary>
    public static bool IsNear(TheirCall call, UsageMonth month)
    {
        var from = Tokyo.DayNumber(month.FirstDay) * Tokyo.DayMs - Tokyo.OffsetMs;
        var to = Tokyo.DayNumber(month.Plus(1).FirstDay) * Tokyo.DayMs - Tokyo.OffsetMs;
        return call.StartMs >= from - EdgeMs && call.StartMs < to + EdgeMs;
    }
}
