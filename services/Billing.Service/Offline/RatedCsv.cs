using System.Buffers.Text;
using System.Text;
using Billing.Contracts;
using Billing.Rating.Calls;
using Billing.Rating.Tariffs;

namespace Billing.Service.Offline;

/// <summary>Writes <c>rated.csv</c>: one row per input row, in input order.</summary>
internal sealed class RatedCsv(Stream stream) : IDisposable
{
    private static readonly byte[] Header =
        "line,source,record_id,outcome,reason,contract,number,class,carrier,destination,stripped_prefix,tax_category,usage_month,chargeable_ms,units,charge,tail_ms,tail_charge,flags,tariff_version\n"u8.ToArray();

    private static readonly byte[][] Classes = Utf8<CallClass>(Words.Of);
    private static readonly byte[][] TaxCategories = Utf8<TaxCategory>(Words.Of);
    private static readonly byte[][] Outcomes = Utf8<Outcome>(Words.Of);

    private byte[] _buffer = new byte[1 << 18];
    private int _length;
    private (UsageMonth Month, byte[] Text) _month = (default, []);
    private (TariffVersion? Tariff, byte[] Text) _tariff = (null, []);

    public void WriteHeader() => Text(Header);

    /// <summary>A row that was rejected, suspended or a duplicate: nothing follows the reason.</summary>
    public void Write(long line, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, Outcome outcome, string reason)
    {
        Start(line, source, recordId, outcome);
        Field(reason);
        Text(",,,,,,,,,,,,,,,"u8);
        End();
    }

    /// <summary>A rated or unanswered row.</summary>
    public void Write(long line, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, in RatedCall call)
    {
        Start(line, source, recordId, call.Outcome);
        Comma();
        Field(call.Contract?.Id);
        Field(call.Number);
        Comma();
        Text(Classes[(int)call.Class]);
        Field(call.Carrier);
        Comma();
        Text(call.Destination);
        Field(call.StrippedPrefix);
        Comma();
        Text(call.Outcome == Outcome.Rated ? TaxCategories[(int)call.TaxCategory] : []);
        Comma();
        Text(TextOf(call.UsageMonth));
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
        Comma();
        Quoted(TextOf(call.Tariff));
        End();
    }

    public void Dispose()
    {
        stream.Write(_buffer, 0, _length);
        stream.Dispose();
    }

    private static byte[][] Utf8<T>(Func<T, string> word)
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => Encoding.UTF8.GetBytes(word(value)))];

    /// <summary>Rows beside each other mostly have one month and one tariff version.</summary>
    private byte[] TextOf(UsageMonth month)
    {
        if (_month.Month != month)
        {
            _month = (month, Encoding.UTF8.GetBytes(month.ToString()));
        }

        return _month.Text;
    }

    private byte[] TextOf(TariffVersion? tariff)
    {
        if (_tariff.Tariff != tariff)
        {
            _tariff = (tariff, tariff is null ? [] : Encoding.UTF8.GetBytes(tariff.Version));
        }

        return _tariff.Text;
    }

    private void Start(long line, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, Outcome outcome)
    {
        Number(line);
        Comma();
        Quoted(source);
        Comma();
        Quoted(recordId);
        Comma();
        Text(Outcomes[(int)outcome]);
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
        Utf8Formatter.TryFormat(value, Room(20), out var written);
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
