using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Billing.Contracts;
using Billing.Rating.Records;

namespace Billing.Service.Usage;

/// <summary>
/// Writes <c>CallRecorded</c> and <c>CallSuspended</c> as the store's serializer does, straight from a parsed row. A test
/// reads every form back through the serializer and compares the bytes.
/// </summary>
internal sealed class CallJson : IDisposable
{
    /// <summary>The length of <c>2026-10-01T09:00:00</c>.</summary>
    private const int Seconds = 19;

    private static readonly JsonEncodedText Call = JsonEncodedText.Encode("call");
    private static readonly JsonEncodedText[] Members = [.. CdrColumns.MemberNames.Select(name => JsonEncodedText.Encode(name))];
    private static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    private static readonly JsonEncodedText Delivery = JsonEncodedText.Encode("delivery");
    private static readonly JsonEncodedText Line = JsonEncodedText.Encode("line");
    private static readonly JsonEncodedText Known = JsonEncodedText.Encode("known");

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _writer;

    public CallJson() => _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    });

    /// <summary>The event; valid until the next call. A reason makes it <c>CallSuspended</c>.</summary>
    public ReadOnlySpan<byte> Write(in CdrRow row, SuspenseReason reason, long delivery, long line, long known)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
        _writer.WriteStartObject(Call);
        WriteCall(row);
        _writer.WriteEndObject();
        if (reason != SuspenseReason.None)
        {
            _writer.WriteString(Reason, Words.Of(reason));
        }

        _writer.WriteNumber(Delivery, delivery);
        _writer.WriteNumber(Line, line);
        _writer.WriteNumber(Known, known);
        _writer.WriteEndObject();
        _writer.Flush();
        return _buffer.WrittenSpan;
    }

    public void Dispose() => _writer.Dispose();

    private void WriteCall(in CdrRow row)
    {
        _writer.WriteString(Member(CdrColumn.Source), row.Source);
        _writer.WriteString(Member(CdrColumn.RecordId), row.RecordId);
        _writer.WriteString(Member(CdrColumn.Kind), Words.Of(row.Kind));
        _writer.WriteString(Member(CdrColumn.Mode), Words.Of(row.Mode));
        _writer.WriteString(Member(CdrColumn.CallingNumber), row.CallingNumber);
        _writer.WriteString(Member(CdrColumn.CalledNumber), row.CalledNumber);
        WriteInstant(CdrColumn.StartedAt, row.StartedMs);
        WriteInstant(CdrColumn.AnsweredAt, row.AnsweredMs);
        WriteInstant(CdrColumn.EndedAt, row.EndedMs);
        _writer.WriteString(Member(CdrColumn.EndCause), Words.Of(row.EndCause));
        WriteInstant(CdrColumn.SpeechLostAt, row.SpeechLostMs);
        WriteText(CdrColumn.ForwardedBy, row.ForwardedBy);
        WriteText(CdrColumn.PresentedNumber, row.PresentedNumber);
        WriteText(CdrColumn.TerminatingCarrier, row.TerminatingCarrier);
        WriteText(CdrColumn.OriginCountry, row.OriginCountry);
        if (row.Device != Device.None)
        {
            _writer.WriteString(Member(CdrColumn.Device), Words.Of(row.Device));
        }

        WriteText(CdrColumn.AppVersion, row.AppVersion);
    }

    private static JsonEncodedText Member(CdrColumn column) => Members[(int)column];

    private void WriteText(CdrColumn column, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
        {
            _writer.WriteString(Member(column), text);
        }
    }

    private void WriteInstant(CdrColumn column, long? utcMs)
    {
        if (utcMs is not { } ms)
        {
            return;
        }

        // the round-trip form has seven decimals, of which the last four are zeros: the others stay as far as they say something
        Span<byte> text = stackalloc byte[32];
        DateTime.UnixEpoch.AddMilliseconds(ms).TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        var length = ms % 1000 == 0 ? Seconds : text[..(Seconds + 4)].TrimEnd((byte)'0').Length;
        text[length] = (byte)'Z';
        _writer.WriteString(Member(column), text[..(length + 1)]);
    }
}
