using System.Diagnostics.CodeAnalysis;

namespace Billing.Formats.Containers;

/// <summary>JSON objects one after another, however they are laid out, or an array of them. Their line is their number.</summary>
internal sealed class JsonContainer(Stream stream) : Container
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly MemoryStream _record = new();
    private int _at;
    private int _end;
    private long _count;
    private bool _inArray;

    public override bool TryRead([NotNullWhen(true)] out SourceRow? row)
    {
        row = null;
        if (!SkipToObject())
        {
            return false;
        }

        _record.SetLength(0);
        var (depth, inText, escaped) = (0, false, false);
        do
        {
            if (Next() is not (>= 0 and var b))
            {
                throw new InvalidDataException($"record {_count + 1} is cut short");
            }

            _record.WriteByte((byte)b);
            if (inText)
            {
                (inText, escaped) = (escaped || b != '"', !escaped && b == '\\');
            }
            else
            {
                inText = b == '"';
                depth += b is '{' or '[' ? 1 : b is '}' or ']' ? -1 : 0;
            }

            if (_record.Length > LongestRecord)
            {
                throw new InvalidDataException($"record {_count + 1} is longer than {LongestRecord} bytes");
            }
        }
        while (depth > 0);
        row = JsonRow.Of(_record.GetBuffer().AsMemory(0, (int)_record.Length), ++_count);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _record.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Passes white space, commas and the brackets of an array; leaves the place at an object. False at the end.</summary>
    private bool SkipToObject()
    {
        while (Next() is >= 0 and var b)
        {
            if (b == '{')
            {
                _at--;
                return true;
            }

            _inArray = b == '[' ? !_inArray && _count == 0 ? true : throw Stray() : b == ']' ? _inArray ? false : throw Stray() : _inArray;
            if (b is not ('[' or ']' or ' ' or '\t' or '\r' or '\n' or 0xEF or 0xBB or 0xBF) && !(b == ',' && _inArray))
            {
                throw Stray();
            }
        }

        return _inArray ? throw new InvalidDataException("the array of records is cut short") : false;
    }

    private InvalidDataException Stray() => new($"behind record {_count} stands something that is no JSON object");

    private int Next()
    {
        if (_at == _end)
        {
            _end = stream.Read(_buffer);
            _at = 0;
            if (_end == 0)
            {
                return -1;
            }
        }

        return _buffer[_at++];
    }
}
