using System.Buffers.Binary;
using System.Text;
using Billing.Contracts;
using Npgsql;

namespace Billing.Service.EventLog;

/// <summary>
/// Rows in PostgreSQL's binary COPY form, encoded once and sent as they are. Numbers that are known only later are written
/// as placeholders and patched in place.
/// </summary>
public sealed class CopyBuffer
{
    /// <summary><c>PGCOPY\n\377\r\n\0</c>, no flags, no extension.</summary>
    private static readonly byte[] Header = [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>In place of a column count: the end.</summary>
    private static readonly byte[] Trailer = [0xFF, 0xFF];

    private const long PostgresEpochMs = 946_684_800_000;
    private const int PostgresEpochDay = 10_957;

    private readonly int _usual;
    private byte[] _bytes = FirstRoom();
    private int _length;

    /// <param name="usual">
    /// Room in bytes to take at once when the first 64 KiB do not suffice: a few rows cost little, and many do not wander from
    /// one room into the next larger one.
    /// </param>
    public CopyBuffer(int usual = 0) => _usual = usual;

    public int Rows { get; private set; }

    /// <summary>Forgets the rows and keeps the room.</summary>
    public void Clear()
    {
        _length = 0;
        Rows = 0;
    }

    /// <summary>Bytes so far.</summary>
    internal int Length => _length;

    /// <summary>Begins a row and returns where it lies.</summary>
    public int BeginRow(short columns)
    {
        BinaryPrimitives.WriteInt16BigEndian(Room(2), columns);
        _length += 2;
        Rows++;
        return _length - 2;
    }

    /// <summary>The bytes between two positions.</summary>
    internal ReadOnlyMemory<byte> Slice(int start, int end) => _bytes.AsMemory(start, end - start);

    public void Null()
    {
        BinaryPrimitives.WriteInt32BigEndian(Room(4), -1);
        _length += 4;
    }

    public void BigInt(long value) => BinaryPrimitives.WriteInt64BigEndian(Field(8), value);

    public void Int4(int value) => BinaryPrimitives.WriteInt32BigEndian(Field(4), value);

    /// <summary>Overwrites the bigint that lies at a position.</summary>
    public void Patch(int position, long value) => BinaryPrimitives.WriteInt64BigEndian(_bytes.AsSpan(position), value);

    public void Bool(bool value) => Field(1)[0] = value ? (byte)1 : (byte)0;

    public void Uuid(Guid value) => value.TryWriteBytes(Field(16), bigEndian: true, out _);

    /// <summary>A timestamptz, given in milliseconds UTC since 1970.</summary>
    public void Instant(long utcMs) => BinaryPrimitives.WriteInt64BigEndian(Field(8), (utcMs - PostgresEpochMs) * 1000);

    /// <summary>A date, given in days since 1970.</summary>
    public void Date(int day) => BinaryPrimitives.WriteInt32BigEndian(Field(4), day - PostgresEpochDay);

    public void Text(ReadOnlySpan<byte> utf8) => utf8.CopyTo(Field(utf8.Length));

    public void Text(string text)
    {
        var room = Room(4 + Encoding.UTF8.GetMaxByteCount(text.Length));
        var written = Encoding.UTF8.GetBytes(text, room[4..]);
        BinaryPrimitives.WriteInt32BigEndian(room, written);
        _length += 4 + written;
    }

    public void TextOrNull(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            Null();
        }
        else
        {
            Text(text);
        }
    }

    public void Jsonb(ReadOnlySpan<byte> utf8)
    {
        var room = Field(utf8.Length + 1);
        room[0] = 1;
        utf8.CopyTo(room[1..]);
    }

    /// <summary>An exact numeric: groups of four decimal digits.</summary>
    public void Numeric(Yen value)
    {
        Span<short> groups = stackalloc short[10];
        var magnitude = value.IsNegative ? -value.Units : value.Units;
        var whole = (long)(magnitude / Yen.UnitsPerYen);
        var fraction = magnitude - (whole * Yen.UnitsPerYen);

        // five groups before the point, five behind it
        for (var i = 4; i >= 0; i--)
        {
            groups[i] = (short)(whole % 10_000);
            whole /= 10_000;
        }

        for (var i = 9; i >= 5 && fraction != 0; i--)
        {
            groups[i] = (short)(fraction % 10_000);
            fraction /= 10_000;
        }

        var first = 0;
        while (first < 10 && groups[first] == 0)
        {
            first++;
        }

        var last = 9;
        while (last >= first && groups[last] == 0)
        {
            last--;
        }

        var count = last - first + 1;
        var room = Field(8 + (2 * count));
        BinaryPrimitives.WriteInt16BigEndian(room, (short)count);
        BinaryPrimitives.WriteInt16BigEndian(room[2..], count == 0 ? (short)0 : (short)(4 - first));
        BinaryPrimitives.WriteInt16BigEndian(room[4..], value.IsNegative ? (short)0x4000 : (short)0);
        BinaryPrimitives.WriteInt16BigEndian(room[6..], (short)value.CountDecimals());
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt16BigEndian(room[(8 + (2 * i))..], groups[first + i]);
        }
    }

    /// <summary>Sends the rows by <c>COPY … FROM STDIN (FORMAT BINARY)</c>.</summary>
    public async Task SendAsync(NpgsqlConnection connection, string copyCommand, CancellationToken cancel)
    {
        if (Rows > 0)
        {
            await SendAsync(connection, copyCommand, [Slice(0, _length)], cancel);
        }
    }

    /// <summary>Sends rows, or runs of rows, in the order given.</summary>
    internal static async Task SendAsync(NpgsqlConnection connection, string copyCommand, IEnumerable<ReadOnlyMemory<byte>> rows, CancellationToken cancel)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync(copyCommand, cancel);
        await stream.WriteAsync(Header, cancel);
        foreach (var run in rows)
        {
            // small runs only fill the connection's buffer: no need to wait for each
            if (run.Length < 1 << 16)
            {
                stream.Write(run.Span);
            }
            else
            {
                await stream.WriteAsync(run, cancel);
            }
        }

        await stream.WriteAsync(Trailer, cancel);
    }

    /// <summary>64 KiB: what a few rows need.</summary>
    internal static byte[] FirstRoom() => GC.AllocateUninitializedArray<byte>(1 << 16);

    /// <summary>Room for more than there is, with what was written so far.</summary>
    /// <param name="room">How large it was.</param>
    /// <param name="more">Bytes that must fit behind what was written.</param>
    /// <param name="usual">Room that many rows usually take: the least that is worth it.</param>
    internal static byte[] LargerRoom(ReadOnlySpan<byte> written, int room, int more, int usual)
    {
        var larger = GC.AllocateUninitializedArray<byte>(Math.Max(Math.Max(room * 2, usual), written.Length + more));
        written.CopyTo(larger);
        return larger;
    }

    private Span<byte> Field(int length)
    {
        var room = Room(4 + length);
        BinaryPrimitives.WriteInt32BigEndian(room, length);
        _length += 4 + length;
        return room.Slice(4, length);
    }

    private Span<byte> Room(int length)
    {
        if (_bytes.Length - _length < length)
        {
            _bytes = LargerRoom(_bytes.AsSpan(0, _length), _bytes.Length, length, _usual);
        }

        return _bytes.AsSpan(_length, _bytes.Length - _length);
    }
}
