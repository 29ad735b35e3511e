using System.Buffers.Text;
using System.Text;
using Billing.Contracts;

namespace Billing.Service.Offline;

/// <summary>Lines of CSV in UTF-8, in memory.</summary>
internal sealed class CsvBuffer
{
    private byte[] _bytes = new byte[1 << 18];

    public int Length { get; private set; }

    /// <summary>What has been written since the buffer was empty.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Comma() => Byte((byte)',');

    public void EndLine() => Byte((byte)'\n');

    public void Clear() => Length = 0;

    /// <summary>A comma and a text behind it.</summary>
    public void Field(string? text)
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
            Length += written;
        }
        else
        {
            Quoted(room[..written].ToArray());
        }
    }

    /// <summary>A text, in quotes where it needs them.</summary>
    public void Quoted(ReadOnlySpan<byte> text)
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
        Length += written;
    }

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out var written);
        Length += written;
    }

    public void Amount(Yen value) => Length += value.Format(Room(48));

    public void Text(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        Length += text.Length;
    }

    private void Byte(byte value)
    {
        Room(1)[0] = value;
        Length++;
    }

    private Span<byte> Room(int length)
    {
        if (_bytes.Length - Length < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + length));
        }

        return _bytes.AsSpan(Length);
    }
}
