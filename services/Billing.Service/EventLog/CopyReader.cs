using System.Buffers.Binary;

namespace Billing.Service.EventLog;

/// <summary>Reads rows in PostgreSQL's binary COPY form, field by field where they lie, one row in memory at a time.</summary>
internal sealed class CopyReader(int columns)
{
    private const int HeaderLength = 19;

    private readonly (int Start, int Length)[] _fields = new (int, int)[columns];
    private byte[] _buffer = new byte[1 << 18];
    private Stream _stream = Stream.Null;
    private int _row;
    private int _rowLength;
    private int _end;

    /// <summary>Begins with the answer to a <c>COPY … TO STDOUT (FORMAT BINARY)</c>.</summary>
    public void Begin(Stream stream)
    {
        (_stream, _row, _end) = (stream, 0, 0);
        Have(HeaderLength);
        _rowLength = HeaderLength + BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(HeaderLength - 4));
    }

    /// <summary>Goes to the next row; false behind the last one.</summary>
    public bool TryRead()
    {
        _row += _rowLength;
        _rowLength = 2;
        Have(_rowLength);
        if (BinaryPrimitives.ReadInt16BigEndian(_buffer.AsSpan(_row)) is var count && count != _fields.Length)
        {
            return count < 0 ? false : throw new InvalidDataException($"The database sent {count} columns where {_fields.Length} were asked for.");
        }

        for (var i = 0; i < _fields.Length; i++)
        {
            Have(_rowLength + 4);
            var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_row + _rowLength));
            _fields[i] = (_rowLength + 4, length);
            _rowLength += 4 + Math.Max(length, 0);
            Have(_rowLength);
        }

        return true;
    }

    /// <summary>A field of the row, empty when it is null; valid until the next row.</summary>
    public ReadOnlySpan<byte> Field(int column) => _buffer.AsSpan(_row + _fields[column].Start, Math.Max(_fields[column].Length, 0));

    public long BigInt(int column) => BinaryPrimitives.ReadInt64BigEndian(Field(column));

    public Guid Uuid(int column) => new(Field(column), bigEndian: true);

    /// <summary>The text of a jsonb.</summary>
    public ReadOnlySpan<byte> Jsonb(int column) => Field(column)[1..];

    /// <summary>Makes sure that so many bytes of the row are in the buffer.</summary>
    private void Have(int length)
    {
        if (_end - _row >= length)
        {
            return;
        }

        _buffer.AsSpan(_row, _end - _row).CopyTo(_buffer);
        (_row, _end) = (0, _end - _row);
        if (_buffer.Length < length)
        {
            Array.Resize(ref _buffer, Math.Max(length, _buffer.Length * 2));
        }

        while (_end < length)
        {
            var read = _stream.Read(_buffer.AsSpan(_end));
            _end += read > 0 ? read : throw new EndOfStreamException("The database's answer was cut short.");
        }
    }
}
