using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Billing.Contracts;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Rating.Records;
using Billing.Service.Ingestion;
using Billing.Service.Usage;

namespace Billing.Service.Offline;

/// <summary>A row of a switch's file, and what the profile makes of it.</summary>
/// <param name="Line">The physical line; in JSON and XML the number of the record.</param>
/// <param name="Outcome"><c>call</c>, <c>unanswered</c>, <c>suspended</c>, <c>rejected</c>, <c>duplicate</c>, <c>joined</c>, <c>waiting</c> or <c>no call</c>.</param>
/// <param name="Reason">The reason, or the kind of a row that is no call.</param>
/// <param name="Detail">What is wrong, and with which field.</param>
/// <param name="SourceColumns">The columns of the file that the profile speaks of, as they are written.</param>
/// <param name="Cdr">The columns of cdr v1 that are not empty.</param>
public sealed record TestedRow(
    long Line, string Outcome, string? Reason, string? Detail, IReadOnlyDictionary<string, string> SourceColumns, IReadOnlyDictionary<string, string>? Cdr);

/// <summary>What a profile made of a file: how many rows of each outcome, or why the file is refused whole.</summary>
public sealed record ProfileTestReport(IReadOnlyDictionary<string, long> Counts, DocumentFault? Refused);

/// <summary>Runs a profile over a file and tells of each row what became of it. Stores nothing.</summary>
/// <param name="reveal">False: numbers are masked, in the file's columns as in those of cdr v1.</param>
public sealed partial class TestProfile(Profile profile, bool reveal)
{
    /// <summary>How rows are written as JSON lines.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Dictionary<long, SourceRow> _rows = [];
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly CdrParser _parser = CdrLine.NewParser();

    /// <param name="seen">Told every row, in the order in which their outcome is known.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or its trailer does not match: it would be refused whole.</exception>
    public ProfileTestReport Run(Stream stream, string name, Action<TestedRow> seen)
    {
        var (file, fault) = CdrFile.Open(stream, name, profile, seen: row => _rows[row.Line] = row);
        if (file is null)
        {
            return new ProfileTestReport(_counts, fault);
        }

        using (file)
        {
            while (file.Lines.TryRead(out var line))
            {
                var tested = Test(file.Lines.Row!, line);
                _counts[tested.Outcome] = _counts.GetValueOrDefault(tested.Outcome) + 1;
                seen(tested);
            }
        }

        return new ProfileTestReport(_counts, null);
    }

    private TestedRow Test(ProfiledRow row, ReadOnlySpan<byte> line)
    {
        _rows.Remove(row.Line, out var source);
        var columns = new Dictionary<string, string>();
        foreach (var column in profile.Columns.Order(StringComparer.Ordinal))
        {
            if (source?.Find(column) is { Length: > 0 } text)
            {
                columns[column] = profile.NumberColumns.Contains(column) ? Masked(text) : text;
            }
        }

        if (row.Fate is not (RowFate.Call or RowFate.Suspended))
        {
            return new TestedRow(row.Line, WordOf(row.Fate), row.Fault is { } fault ? Words.Of(fault.Reason) : row.Kind.Length > 0 ? row.Kind : null, DetailOf(row.Fault), columns, null);
        }

        var read = _parser.Parse(line);
        var cdr = CdrOf(row.Texts);
        return read.Reject != RejectReason.None
            ? new TestedRow(row.Line, "rejected", Words.Of(read.Reject), null, columns, cdr)
            : row.Fate == RowFate.Suspended
                ? new TestedRow(row.Line, "suspended", Words.Of(row.Suspense), DetailOf(row.Fault), columns, cdr)
                : new TestedRow(row.Line, read.AnsweredMs is null ? "unanswered" : "call", null, null, columns, cdr);
    }

    private static string? DetailOf(RowFault? fault) => fault is null ? null : fault.Field.Length > 0 ? $"{fault.Field}: {fault.Detail}" : fault.Detail;

    private static string WordOf(RowFate fate) => fate switch
    {
        RowFate.Rejected => "rejected",
        RowFate.Skipped => "no call",
        RowFate.Joined => "joined",
        RowFate.Waiting => "waiting",
        _ => "duplicate",
    };

    private Dictionary<string, string> CdrOf(IReadOnlyList<string> texts)
    {
        var cdr = new Dictionary<string, string>();
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i].Length > 0)
            {
                cdr[CdrColumns.Names[i]] = Profile.NumberFields.Contains(CdrColumns.Names[i]) ? Masked(texts[i]) : texts[i];
            }
        }

        return cdr;
    }

    /// <summary>A called number may stand in an address: its digits are masked, not those of the host.</summary>
    private string Masked(string text) =>
        reveal ? text : Digits().IsMatch(text) ? Digits().Replace(text, number => Usage.Masked.Number(number.Value)) : Usage.Masked.Number(text);

    [GeneratedRegex(@"\d{5,}")]
    private static partial Regex Digits();
}
