using System.Globalization;
using System.Text;
using Billing.Rating.Records;

namespace Billing.Rating.Tests;

/// <summary>A call record as a switch writes it; a test says only what matters to it. Times of day are Tokyo time.</summary>
internal sealed record CallRecord
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public string Source { get; init; } = "sw1";

    public string RecordId { get; init; } = "r1";

    public string Kind { get; init; } = "call";

    public string Mode { get; init; } = "ip";

    public string Calling { get; init; } = SampleContracts.BizNumber;

    public string Called { get; init; } = "0312345678";

    /// <summary>When the call was answered (or, unanswered, began), without an offset.</summary>
    public string At { get; init; } = "2026-10-05T10:00:00";

    /// <summary>Seconds between start and answer.</summary>
    public decimal Rings { get; init; }

    /// <summary>Seconds between answer and end.</summary>
    public decimal Seconds { get; init; } = 60;

    public bool Unanswered { get; init; }

    /// <summary>Seconds between answer and the loss of speech.</summary>
    public decimal? SpeechLostAfter { get; init; }

    public string EndCause { get; init; } = "";

    public string ForwardedBy { get; init; } = "";

    public string Presented { get; init; } = "";

    public string Carrier { get; init; } = "";

    public string Origin { get; init; } = "";

    public string Device { get; init; } = "";

    public string AppVersion { get; init; } = "";

    public static string Header => string.Join(',', CdrColumns.Names);

    public static CallRecord Mobile => new() { Mode = "mobile", Calling = SampleContracts.PairedMobile };

    public static CallRecord Forward => new() { Kind = "forward", Calling = "0399998888", ForwardedBy = SampleContracts.BizNumber };

    public static CallRecord Extension => new() { Kind = "extension", Called = "201" };

    public static CallRecord Sms => new() { Kind = "sms" };

    public long AnsweredMs => Ms(At);

    /// <summary>The fields by column name, as text.</summary>
    public IReadOnlyDictionary<string, string> Fields => new Dictionary<string, string>
    {
        ["source"] = Source,
        ["record_id"] = RecordId,
        ["kind"] = Kind,
        ["mode"] = Mode,
        ["calling_number"] = Calling,
        ["called_number"] = Called,
        ["started_at"] = Instant(-Rings),
        ["answered_at"] = Unanswered ? "" : Instant(0),
        ["ended_at"] = Instant(Seconds),
        ["end_cause"] = EndCause,
        ["speech_lost_at"] = SpeechLostAfter is { } lost ? Instant(lost) : "",
        ["forwarded_by"] = ForwardedBy,
        ["presented_number"] = Presented,
        ["terminating_carrier"] = Carrier,
        ["origin_country"] = Origin,
        ["device"] = Device,
        ["app_version"] = AppVersion,
    };

    /// <summary>The record as a line of a file with <see cref="Header"/>.</summary>
    public string Csv => string.Join(',', CdrColumns.Names.Select(name => Quoted(Fields[name])));

    public byte[] CsvUtf8 => Encoding.UTF8.GetBytes(Csv);

    /// <summary>Milliseconds UTC of a Tokyo time.</summary>
    public static long Ms(string tokyo) =>
        (long)(DateTime.Parse(tokyo, Invariant, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) - DateTime.UnixEpoch).TotalMilliseconds
        - Tokyo.OffsetMs;

    private string Instant(decimal secondsAfterAnswer) =>
        DateTime.Parse(At, Invariant).AddMilliseconds((double)(secondsAfterAnswer * 1000)).ToString("yyyy-MM-ddTHH:mm:ss.fff", Invariant) + "+09:00";

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
