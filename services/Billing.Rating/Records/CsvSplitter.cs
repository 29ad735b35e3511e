using System.Text;
using Billing.Contracts;
using Billing.Contracts.Json;

namespace Billing.Rating.Records;

/// <summary>RFC 4180 fields, columns found by the names in the header; a quoted field holds no line break.</summary>
internal sealed class CsvSplitter : IFieldSplitter
{
    private readonly int[] _columns;

    private CsvSplitter(int[] columns) => _columns = columns;

    /// <summary>Reads the header. Refuses one that is no text, lacks a required column or names a known column twice.</summary>
    public static (CsvSplitter? Splitter, IReadOnlyList<string> Unknown, DocumentFault? Fault) FromHeader(ReadOnlySpan<byte> header)
    {
        if (!System.Text.Unicode.Utf8.IsValid(header) || header.Contains((byte)0))
        {
            return (null, [], new DocumentFault("line 1", "the file is not UTF-8 text"));
        }

        var names = new List<string>();
        var fields = new CdrFields();
        var reason = Walk(header, fields, [], (_, text) => names.Add(text));
        if (reason == RejectReason.BadQuote)
        {
            return (null, [], new DocumentFault("line 1", "a quote in the header is out of place"));
        }

        var columns = new int[names.Count];
        var unknown = new List<string>();
        for (var i = 0; i < names.Count; i++)
        {
            columns[i] = CdrColumns.Names.IndexOf(names[i]);
            if (columns[i] < 0)
            {
                unknown.Add(names[i]);
            }
            else if (Array.IndexOf(columns, columns[i]) < i)
            {
                return (null, [], new DocumentFault("line 1", $"column '{names[i]}' is named twice"));
            }
        }

        var missing = CdrColumns.Required.Where(column => !columns.Contains((int)column)).Select(column => CdrColumns.Names[(int)column]).ToList();
        return missing.Count > 0
            ? (null, [], new DocumentFault("line 1", $"required column missing: {string.Join(", ", missing)}"))
            : (new CsvSplitter(columns), [.. unknown.Distinct(StringComparer.Ordinal)], null);
    }

    public RejectReason Split(ReadOnlySpan<byte> line, CdrFields fields)
    {
        if (line.Contains((byte)'"'))
        {
            return Walk(line, fields, _columns, null);
        }

        var start = 0;
        for (var index = 0; index < _columns.Length; index++)
        {
            var comma = line[start..].IndexOf((byte)',');
            var length = comma < 0 ? line.Length - start : comma;
            if (_columns[index] >= 0)
            {
                fields.SetSlice(_columns[index], start, length);
            }

            if (comma < 0)
            {
                return index == _columns.Length - 1 ? RejectReason.None : RejectReason.BadFieldCount;
            }

            start += comma + 1;
        }

        return RejectReason.BadFieldCount;
    }

    /// <summary>Walks a line that may hold quotes; tells each field to <paramref name="seen"/> or stores it by column.</summary>
    private static RejectReason Walk(ReadOnlySpan<byte> line, CdrFields fields, int[] columns, Action<int, string>? seen)
    {
        var position = 0;
        var index = 0;
        while (true)
        {
            var column = index < columns.Length ? columns[index] : -1;
            if (position < line.Length && line[position] == '"')
            {
                var room = fields.Room(line.Length - position);
                var length = Unquote(line, ref position, room);
                if (length < 0)
                {
                    return RejectReason.BadQuote;
                }

                seen?.Invoke(index, Encoding.UTF8.GetString(room[..length]));
                fields.SetUnescaped(column, length);
            }
            else
            {
                var comma = line[position..].IndexOf((byte)',');
                var field = comma < 0 ? line[position..] : line.Slice(position, comma);
                if (field.Contains((byte)'"'))
                {
                    return RejectReason.BadQuote;
                }

                seen?.Invoke(index, Encoding.UTF8.GetString(field));
                if (column >= 0)
                {
                    fields.SetSlice(column, position, field.Length);
                }

                position += field.Length;
            }

            index++;
            if (position == line.Length)
            {
                return index == columns.Length ? RejectReason.None : RejectReason.BadFieldCount;
            }

            position++; // the comma
        }
    }

    /// <summary>Reads a quoted field; leaves the position at the comma or the end. -1: left open, or text after the closing quote.</summary>
    private static int Unquote(ReadOnlySpan<byte> line, ref int position, Span<byte> room)
    {
        var length = 0;
        position++;
        while (true)
        {
            var quote = line[position..].IndexOf((byte)'"');
            if (quote < 0)
            {
                return -1;
            }

            line.Slice(position, quote).CopyTo(room[length..]);
            length += quote;
            position += quote + 1;
            if (position == line.Length || line[position] == ',')
            {
                return length;
            }

            if (line[position] != '"')
            {
                return -1;
            }

            room[length++] = (byte)'"';
            position++;
        }
    }
}

internal static class ReadOnlyListExtensions
{
    public static int IndexOf(this IReadOnlyList<string> list, string text)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (string.Equals(list[i], text, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
