using Billing.Contracts;

namespace Billing.Rating.Records;

/// <summary>The texts of one row by column, wherever they lie: in the line itself or, unescaped, in a buffer beside it.</summary>
internal sealed class CdrFields
{
    private readonly int[] _starts = new int[CdrColumns.Count];
    private readonly int[] _lengths = new int[CdrColumns.Count];
    private byte[] _unescaped = new byte[1024];
    private int _unescapedLength;
    private int _inUnescaped;
    private int _wrongType;

    /// <summary>True when a JSON member had another type than string or null.</summary>
    public bool HasWrongType => _wrongType != 0;

    public bool IsWrongType(CdrColumn column) => (_wrongType & (1 << (int)column)) != 0;

    public void SetWrongType(int column) => _wrongType |= 1 << column;

    public void Clear()
    {
        Array.Clear(_starts);
        Array.Clear(_lengths);
        _unescapedLength = 0;
        _inUnescaped = 0;
        _wrongType = 0;
    }

    public ReadOnlySpan<byte> Get(ReadOnlySpan<byte> line, CdrColumn column)
    {
        var index = (int)column;
        var source = (_inUnescaped & (1 << index)) != 0 ? _unescaped : line;
        return source.Slice(_starts[index], _lengths[index]);
    }

    /// <summary>The field is a part of the line.</summary>
    public void SetSlice(int column, int start, int length)
    {
        _starts[column] = start;
        _lengths[column] = length;
        _inUnescaped &= ~(1 << column);
    }

    /// <summary>Room for the unescaped form of a field; <see cref="SetUnescaped"/> says how much of it was used.</summary>
    public Span<byte> Room(int length)
    {
        if (_unescaped.Length - _unescapedLength < length)
        {
            Array.Resize(ref _unescaped, Math.Max(_unescaped.Length * 2, _unescapedLength + length));
        }

        return _unescaped.AsSpan(_unescapedLength, length);
    }

    public void SetUnescaped(int column, int length)
    {
        if (column >= 0)
        {
            _starts[column] = _unescapedLength;
            _lengths[column] = length;
            _inUnescaped |= 1 << column;
        }

        _unescapedLength += length;
    }
}

/// <summary>Takes a line apart into fields; the two containers of <c>cdr v1</c> are CSV and JSON lines.</summary>
internal interface IFieldSplitter
{
    /// <summary>Fills the fields; <see cref="RejectReason.BadQuote"/> or <see cref="RejectReason.BadFieldCount"/> when the line cannot be taken apart.</summary>
    RejectReason Split(ReadOnlySpan<byte> line, CdrFields fields);
}
