using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using NodaTime;
using NodaTime.Text;

namespace Billing.Service.Comparing;

/// <summary>A column map made ready: how the starts, durations and amounts of a call list are read.</summary>
internal sealed class ColumnMap
{
    private const string Seconds = "seconds";
    private const string HoursMinutesSeconds = "hh:mm:ss";
    private const string MinutesSeconds = "mm:ss";
    private const long LongestMs = 31L * 24 * 3_600_000;

    private readonly LocalDateTimePattern _local;
    private readonly DateTimeZone _zone;

    private ColumnMap(ColumnMapDocument document, LocalDateTimePattern local, DateTimeZone zone, byte separator)
    {
        Document = document;
        _local = local;
        _zone = zone;
        Separator = separator;
    }

    public ColumnMapDocument Document { get; }

    public byte Separator { get; }

    /// <summary>True when their start is compared with the answer.</summary>
    public bool StartIsAnswer => Document.StartMeans == "answered";

    /// <summary>A map written as <c>member=column,…</c>; the rules and faults are those of the document.</summary>
    public static (ColumnMap? Map, DocumentFault? Fault) FromText(string text)
    {
        var members = new JsonObject();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? part : part[..equals];
            if (equals < 1 || !members.TryAdd(name.Trim(), JsonValue.Create(part[(equals + 1)..])))
            {
                return (null, new DocumentFault($"$.{name.Trim()}", equals < 1 ? "name=column is expected" : "named twice"));
            }
        }

        return FromJson(JsonSerializer.SerializeToUtf8Bytes(members));
    }

    /// <summary>A map as a JSON document, or its first fault.</summary>
    public static (ColumnMap? Map, DocumentFault? Fault) FromJson(ReadOnlySpan<byte> utf8)
    {
        var (document, fault) = DocumentReader.Read<ColumnMapDocument>(utf8);
        return document is null ? (null, fault) : Of(document);
    }

    /// <summary>The map made ready, or its first fault.</summary>
    public static (ColumnMap? Map, DocumentFault? Fault) Of(ColumnMapDocument document)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(document.TimeZone);
        var separator = document.Separator == "tab" ? "\t" : document.Separator;
        var fault = zone is null ? new DocumentFault("$.timeZone", $"there is no time zone '{document.TimeZone}'")
            : document.StartMeans is not ("started" or "answered") ? new DocumentFault("$.startMeans", "one of started, answered is expected")
            : document.DurationFormat is not (Seconds or HoursMinutesSeconds or MinutesSeconds) ? new DocumentFault("$.durationFormat", "one of seconds, hh:mm:ss, mm:ss is expected")
            : separator is not [>= '\t' and <= '~' and not '"' and not '\n' and not '\r'] ? new DocumentFault("$.separator", "one character, or tab, is expected")
            : Repeated(document);
        if (fault is not null)
        {
            return (null, fault);
        }

        try
        {
            var local = document.StartFormat is { } format ? LocalDateTimePattern.CreateWithInvariantCulture(format) : LocalDateTimePattern.GeneralIso;
            return (new ColumnMap(document, local, zone!, (byte)separator[0]), null);
        }
        catch (InvalidPatternException wrong)
        {
            return (null, new DocumentFault("$.startFormat", wrong.Message));
        }
    }

    /// <summary>Reads a start; false when it is not in the form of the map, or names no one instant of the zone.</summary>
    public bool TryStart(string text, out long utcMs)
    {
        utcMs = 0;
        if (Document.StartFormat is null && OffsetDateTimePattern.ExtendedIso.Parse(text.Replace(' ', 'T')) is { Success: true } moment)
        {
            utcMs = moment.Value.ToInstant().ToUnixTimeMilliseconds();
            return moment.Value.Year is >= 1970 and <= 2200;
        }

        var local = Document.StartFormat is null ? LocalDateTimePattern.ExtendedIso.Parse(text.Replace(' ', 'T')) : _local.Parse(text);
        if (!local.Success || local.Value.Year is < 1970 or > 2200 || _zone.MapLocal(local.Value) is not { Count: 1 } one)
        {
            return false;
        }

        utcMs = one.Single().ToInstant().ToUnixTimeMilliseconds();
        return true;
    }

    /// <summary>Reads a duration; false when it is not in the form of the map, or longer than a month.</summary>
    public bool TryDuration(string text, out long ms)
    {
        ms = 0;
        if (Document.DurationFormat == Seconds)
        {
            if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds > LongestMs / 1000 || !decimal.IsInteger(seconds * 1000))
            {
                return false;
            }

            ms = (long)(seconds * 1000);
            return true;
        }

        var parts = text.Split(':');
        if (parts.Length != (Document.DurationFormat == MinutesSeconds ? 2 : 3))
        {
            return false;
        }

        long whole = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length is 0 or > 6 || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var part) || (i > 0 && (part > 59 || parts[i].Length != 2)))
            {
                return false;
            }

            whole = (whole * 60) + part;
        }

        ms = whole * 1000;
        return ms <= LongestMs;
    }

    /// <summary>Reads an amount of yen; thousands may be set off with commas.</summary>
    public static bool TryAmount(string text, out Yen amount) => Yen.TryParse(text.Replace(",", "", StringComparison.Ordinal), out amount);

    private static DocumentFault? Repeated(ColumnMapDocument document)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (member, column) in ((string, string?)[])[
            ("calling", document.Calling), ("called", document.Called), ("start", document.Start), ("duration", document.Duration),
            ("amount", document.Amount), ("id", document.Id)])
        {
            if (column is not null && (column.Length == 0 || !seen.Add(column)))
            {
                return new DocumentFault($"$.{member}", column.Length == 0 ? "a column's name is expected" : $"column '{column}' is used twice");
            }
        }

        return null;
    }
}
