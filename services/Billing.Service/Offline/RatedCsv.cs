using System.Globalization;
using System.Text;
using Billing.Contracts;
using Billing.Rating.Calls;

namespace Billing.Service.Offline;

/// <summary>Writes <c>rated.csv</c>: one row per input row, in input order.</summary>
internal sealed class RatedCsv(Stream stream) : IDisposable
{
    private static readonly byte[] Header =
        "line,source,record_id,outcome,reason,contract,number,class,carrier,destination,stripped_prefix,tax_category,usage_month,chargeable_ms,units,charge,tail_ms,tail_charge,flags,tariff_version\n"u8.ToArray();

    private byte[] _buffer = new byte[1 << 18];
    private int _length;

    public void WriteHeader() => Text(Header);

    /// <summary>A row that was rejected, suspended or a duplicate: nothing follows the reason.</summary>
    public void Write(long line, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, Outcome outcome, string reason)
    {
        Start(line, source, recordId, outcome, reason);
        Text(",,,,,,,,,,,,,,,"u8);
        End();
    }

    /// <summary>A rated or unanswered row.</summary>
    public void Write(long line, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, in RatedCall call)
    {
        Start(line, source, recordId, call.Outcome, "");
        Field(call.Contract?.Id);
        Field(call.Number);
        Field(Words.Of(call.Class));
        Field(call.Carrier);
        Comma();
        Text(call.Destination);
        Field(call.StrippedPrefix);
        Field(call.Outcome == Outcome.Rated ? Words.Of(call.TaxCategory) : null);
        Field(call.UsageMonth.ToString());
        Comma();
        Number(call.ChargeableMs);
        Comma();
        Number(call.Units);
        Comma();
        Amount(call.Charge);
        Comma();
        if (call.HasTail)
        {
            Number(call.TailMs);
            Comma();
            Amount(call.TailCharge);
        }
        else
        {
            Comma();
        }

        Field(call.TailOverLimit ? "tail-over-limit" : null);
        Field(call.Tariff?.Version);
        End();
    }

    public void Dispose()
    {
        stream.Write(_buffer, 0, _length);
        stream.Dispose();
    }

    private void Start(long line, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, Outcome outcome, string reason)
    {
        Number(line);
        Comma();
        Quoted(source);
        Comma();
        Quoted(recordId);
        Field(Words.Of(outcome));
        Field(reason);
    }

    private void End()
    {
        Room(1)[0] = (byte)'\n';
        _length++;
        if (_length > _buffer.Length / 2)
        {
            stream.Write(_buffer, 0, _length);
            _length = 0;
        }
    }

    private void Comma()
    {
        Room(1)[0] = (byte)',';
        _length++;
    }

    private void Field(string? text)
    {
        Comma();
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        var room = Room(Encoding.UTF8.GetMaxByteCount(text.Length));
        var written = Encoding.UTF8.GetBytes(text, room);
        if (room[..written].IndexOfAny("\",\r\n"u8) < 0)
        {
            _length += written;
        }
        else
        {
            Quoted(room[..written].ToArray());
        }
    }

    private void Quoted(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAny("\",\r\n"u8) < 0)
        {
            Text(text);
            return;
        }

        var room = Room((text.Length * 2) + 2);
        var written = 0;
        room[written++] = (byte)'"';
        foreach (var b in text)
        {
            if (b == '"')
            {
                room[written++] = b;
            }

            room[written++] = b;
        }

        room[written++] = (byte)'"';
        _length += written;
    }

    private void Number(long value)
    {
        value.TryFormat(Room(20), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    private void Amount(Yen value) => _length += value.Format(Room(48));

    private void Text(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _length += text.Length;
    }

    private Span<byte> Room(int length)
    {
        if (_buffer.Length - _length < length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));
        }

        return _buffer.AsSpan(_length);
    }
}
