using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Billing.Contracts;
using Billing.Contracts.Json;
using Billing.Rating.Numbers;

namespace Billing.Rating.Records;

/// <summary>
/// Reads the rows of one <c>cdr v1</c> file line by line. A row that cannot be read carries the first reason that applies;
/// the file goes on. One parser serves one file at a time.
/// </summary>
public sealed class CdrParser
{
    private static readonly SearchValues<byte> SourceCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"u8);

    private static readonly byte[][] Kinds = Utf8Words<CallKind>(Words.Of);
    private static readonly byte[][] Modes = Utf8Words<CallMode>(Words.Of);
    private static readonly byte[][] EndCauses = Utf8Words<EndCause>(Words.Of);
    private static readonly byte[][] Devices = Utf8Words<Device>(Words.Of);

    private readonly IFieldSplitter _splitter;
    private readonly CdrFields _fields = new();
    private readonly byte[] _paying = new byte[NumberText.Capacity + 3];
    private readonly byte[] _called = new byte[NumberText.Capacity + 3];
    private readonly byte[] _presented = new byte[NumberText.Capacity + 3];

    private CdrParser(IFieldSplitter splitter, IReadOnlyList<string> unknownColumns)
    {
        _splitter = splitter;
        UnknownColumns = unknownColumns;
    }

    /// <summary>Columns that are no columns of <c>cdr v1</c>, in the order met; they are ignored.</summary>
    public IReadOnlyList<string> UnknownColumns { get; }

    /// <summary>A parser for CSV with this header line, or why the file is refused.</summary>
    public static (CdrParser? Parser, DocumentFault? Fault) ForCsv(ReadOnlySpan<byte> header)
    {
        var (splitter, unknown, fault) = CsvSplitter.FromHeader(header);
        return splitter is null ? (null, fault) : (new CdrParser(splitter, unknown), null);
    }

    /// <summary>A parser for JSON lines.</summary>
    public static CdrParser ForJsonLines()
    {
        var unknown = new List<string>();
        return new CdrParser(new JsonSplitter(unknown), unknown);
    }

    /// <summary>Reads one line without its line end. The row's texts are valid until the next call.</summary>
    public CdrRow Parse(ReadOnlySpan<byte> line)
    {
        _fields.Clear();
        var reason = _splitter.Split(line, _fields);
        return Row(line, reason is RejectReason.None or RejectReason.NotUtf8 && !Utf8.IsValid(line) ? RejectReason.NotUtf8 : reason);
    }

    /// <summary>
    /// Reads a row as an object within JSON that is known to be well formed, such as what a database keeps: once, without a
    /// look at its form. The reader stands at its start, and at its end afterwards unless the row is rejected.
    /// </summary>
    /// <param name="reader">Reads <paramref name="json"/> from its beginning, without comments.</param>
    /// <exception cref="InvalidOperationException">The parser is none for JSON.</exception>
    public CdrRow Parse(ReadOnlySpan<byte> json, scoped ref Utf8JsonReader reader)
    {
        _fields.Clear();
        return Row(json, (_splitter as JsonSplitter ?? throw new InvalidOperationException("a parser for CSV reads no JSON")).Members(ref reader, _fields));
    }

    private CdrRow Row(ReadOnlySpan<byte> line, RejectReason reason)
    {
        var row = new CdrRow();
        if (reason != RejectReason.None)
        {
            row.Reject = reason;
            return row;
        }

        row.Source = Field(line, CdrColumn.Source);
        row.RecordId = Field(line, CdrColumn.RecordId);
        row.CallingNumber = Field(line, CdrColumn.CallingNumber);
        row.CalledNumber = Field(line, CdrColumn.CalledNumber);
        row.ForwardedBy = Field(line, CdrColumn.ForwardedBy);
        row.PresentedNumber = Field(line, CdrColumn.PresentedNumber);
        row.TerminatingCarrier = Field(line, CdrColumn.TerminatingCarrier);
        row.OriginCountry = Field(line, CdrColumn.OriginCountry);
        row.AppVersion = Field(line, CdrColumn.AppVersion);
        row.Reject = Lengths(row) ? RejectReason.FieldTooLong
            : Missing(line) ? RejectReason.MissingField
            : !WordsOf(line, ref row) ? RejectReason.BadEnum
            : !Times(line, ref row) ? RejectReason.BadTime
            : !InOrder(row) ? RejectReason.TimeOrder
            : !row.NormaliseNumbers(_paying, _called, _presented) ? RejectReason.BadNumber
            : RejectReason.None;
        return row;
    }

    /// <summary>Whether that can be the name of a source.</summary>
    public static bool IsSource(string text) =>
        text.Length is > 0 && text.Length <= CdrColumns.MaxLength(CdrColumn.Source) && !Encoding.UTF8.GetBytes(text).AsSpan().ContainsAnyExcept(SourceCharacters);

    private static byte[][] Utf8Words<T>(Func<T, string> word)
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => Encoding.UTF8.GetBytes(word(value)))];

    private ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, CdrColumn column) => _fields.Get(line, column);

    private static bool Lengths(in CdrRow row) =>
        TooLong(row.Source, CdrColumn.Source) || TooLong(row.RecordId, CdrColumn.RecordId)
        || TooLong(row.CallingNumber, CdrColumn.CallingNumber) || TooLong(row.CalledNumber, CdrColumn.CalledNumber);

    /// <summary>Longer than the column allows, in code points: the bytes that are no continuation bytes.</summary>
    private static bool TooLong(ReadOnlySpan<byte> text, CdrColumn column)
    {
        var limit = CdrColumns.MaxLength(column);
        if (text.Length <= limit)
        {
            return false;
        }

        var codePoints = 0;
        foreach (var b in text)
        {
            codePoints += (b & 0xC0) != 0x80 ? 1 : 0;
        }

        return codePoints > limit;
    }

    private bool Missing(ReadOnlySpan<byte> line)
    {
        foreach (var column in CdrColumns.Required)
        {
            if (Field(line, column).IsEmpty && !_fields.IsWrongType(column))
            {
                return true;
            }
        }

        return Field(line, CdrColumn.ForwardedBy).IsEmpty && !_fields.IsWrongType(CdrColumn.ForwardedBy)
            && Field(line, CdrColumn.Kind).SequenceEqual("forward"u8);
    }

    /// <summary>Words from closed lists, and texts of a fixed alphabet; compared as written.</summary>
    private bool WordsOf(ReadOnlySpan<byte> line, ref CdrRow row)
    {
        if (_fields.HasWrongType || row.Source.ContainsAnyExcept(SourceCharacters) || row.RecordId.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return false;
        }

        var kind = IndexOf(Field(line, CdrColumn.Kind), Kinds);
        var mode = IndexOf(Field(line, CdrColumn.Mode), Modes);
        var cause = Field(line, CdrColumn.EndCause) is { IsEmpty: false } text ? IndexOf(text, EndCauses) : (int)EndCause.Normal;
        var device = IndexOf(Field(line, CdrColumn.Device), Devices);
        if (kind < 0 || mode < 0 || cause < 0 || device < 0)
        {
            return false;
        }

        row.Kind = (CallKind)kind;
        row.Mode = (CallMode)mode;
        row.EndCause = (EndCause)cause;
        row.Device = (Device)device;
        return (row.OriginCountry.IsEmpty || (row.OriginCountry.Length == 2 && !row.OriginCountry.ContainsAnyExceptInRange((byte)'A', (byte)'Z')))
            && (row.AppVersion.IsEmpty || IsDottedDigits(row.AppVersion))
            && !(row.Kind == CallKind.Forward && row.Mode == CallMode.Mobile);
    }

    private static int IndexOf(ReadOnlySpan<byte> text, byte[][] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (text.SequenceEqual(words[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsDottedDigits(ReadOnlySpan<byte> version)
    {
        var digits = 0;
        foreach (var c in version)
        {
            if (c == '.' ? digits == 0 : c is < (byte)'0' or > (byte)'9' || digits == 9)
            {
                return false;
            }

            digits = c == '.' ? 0 : digits + 1;
        }

        return digits > 0;
    }

    private bool Times(ReadOnlySpan<byte> line, ref CdrRow row)
    {
        if (!IsoInstant.TryParse(Field(line, CdrColumn.StartedAt), out var started) || !IsoInstant.TryParse(Field(line, CdrColumn.EndedAt), out var ended))
        {
            return false;
        }

        row.StartedMs = started;
        row.EndedMs = ended;
        if (Field(line, CdrColumn.AnsweredAt) is { IsEmpty: false } answer)
        {
            if (!IsoInstant.TryParse(answer, out var answered))
            {
                return false;
            }

            row.AnsweredMs = answered;
        }

        if (Field(line, CdrColumn.SpeechLostAt) is { IsEmpty: false } loss)
        {
            if (!IsoInstant.TryParse(loss, out var lost))
            {
                return false;
            }

            row.SpeechLostMs = lost;
        }

        return true;
    }

    private static bool InOrder(in CdrRow row)
    {
        var last = row.StartedMs;
        if (row.AnsweredMs is { } answered)
        {
            if (answered < last)
            {
                return false;
            }

            last = answered;
        }

        if (row.SpeechLostMs is { } lost)
        {
            if (lost < last)
            {
                return false;
            }

            last = lost;
        }

        return last <= row.EndedMs;
    }
}
