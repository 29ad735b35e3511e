namespace Billing.Formats.Containers;

/// <summary>
/// Lines of a stream, ended by LF or CRLF, as bytes. Memory is bounded: of a line beyond <see cref="LongestLine"/> the
/// beginning is given and <see cref="IsCut"/> is set.
/// </summary>
public sealed class LineReader(Stream stream) : ICdrLines
{
    public const int LongestLine = 16 * 1024 * 1024;

    private byte[] _buffer = new byte[1 << 20];
    private int _start;
    private int _end;
    private bool _atEnd;

    /// <inheritdoc/>
    public long Position => LineNumber;

    /// <inheritdoc/>
    public ProfiledRow? Row => null;

    /// <summary>The physical number of the line read last, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>True when the line read last was longer than a line may be.</summary>
    public bool IsCut { get; private set; }

    public void SkipByteOrderMark()
    {
        while (_end - _start < 3 && Fill())
        {
        }

        if (_buffer.AsSpan(_start, _end - _start).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            _start += 3;
        }
    }

    /// <summary>The next byte without taking it; -1 at the end.</summary>
    public int NextByte()
    {
        while (_start == _end)
        {
            if (!Fill())
            {
                return -1;
            }
        }

        return _buffer[_start];
    }

    /// <summary>The next line without its line end; it stays valid until the next call.</summary>
    /// <exception cref="InvalidDataException">The file is no text, or its compression is damaged.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        IsCut = false;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                IsCut = searched + found > LongestLine;
                line = Take(searched + found, 1);
                line = IsCut ? line[..LongestLine] : line;
                return true;
            }

            searched = _end - _start;
            if (searched > LongestLine)
            {
                IsCut = true;
                line = Take(LongestLine, searched - LongestLine);
                SkipToLineEnd();
                return true;
            }

            if (!Fill())
            {
                line = Take(searched, 0);
                return searched > 0;
            }
        }
    }

    private ReadOnlySpan<byte> Take(int length, int lineEnd)
    {
        var line = _buffer.AsSpan(_start, length);
        _start += length + lineEnd;
        if (length + lineEnd > 0)
        {
            LineNumber++;
        }

        return !IsCut && line.Length > 0 && line[^1] == '\r' ? line[..^1] : line;
    }

    /// <summary>Drops what is left of a line that is too long; its beginning stays where it is.</summary>
    private void SkipToLineEnd()
    {
        Span<byte> rest = new byte[1 << 16];
        while (true)
        {
            var read = stream.Read(rest);
            RefuseBinary(rest[..read]);
            if (read == 0)
            {
                _atEnd = true;
                return;
            }

            var found = rest[..read].IndexOf((byte)'\n');
            if (found >= 0)
            {
                // what follows the line end is kept behind the line that was given out
                var kept = rest[(found + 1)..read];
                if (_buffer.Length - _end < kept.Length)
                {
                    Array.Resize(ref _buffer, _end + kept.Length);
                }

                kept.CopyTo(_buffer.AsSpan(_end));
                _end += kept.Length;
                return;
            }
        }
    }

    /// <summary>A file with a NUL byte is no text and is refused whole.</summary>
    private void RefuseBinary(ReadOnlySpan<byte> bytes)
    {
        var found = bytes.IndexOf((byte)0);
        if (found >= 0)
        {
            var line = LineNumber + 1 + _buffer.AsSpan(_start, _end - _start).Count((byte)'\n') + bytes[..found].Count((byte)'\n');
            throw new InvalidDataException($"the file is not text: line {line} holds a NUL byte");
        }
    }

    private bool Fill()
    {
        if (_atEnd)
        {
            return false;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = stream.Read(_buffer.AsSpan(_end));
        RefuseBinary(_buffer.AsSpan(_end, read));
        _end += read;
        _atEnd = read == 0;
        return read > 0;
    }
}
