using System.Text.Json;
using Billing.Contracts;

namespace Billing.Rating.Records;

/// <summary>One JSON object per line, members in camelCase; <c>null</c> is absent, a member that stands twice has no one meaning.</summary>
internal sealed class JsonSplitter(List<string> unknown) : IFieldSplitter
{
    private readonly HashSet<string> _known = [];

    /// <summary>The column that followed each one last, and the first one: rows of one file mostly name them in the same order.</summary>
    private readonly int[] _followers = [.. Enumerable.Range(0, CdrColumns.Count + 1)];

    public RejectReason Split(ReadOnlySpan<byte> line, CdrFields fields)
    {
        try
        {
            // the form is checked before the members, so that a broken line is a broken line whatever it holds
            var form = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 512 });
            if (!form.Read() || form.TokenType != JsonTokenType.StartObject)
            {
                return RejectReason.BadQuote;
            }

            while (form.Read())
            {
            }

            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 512 });
            reader.Read();
            return Members(ref reader, fields);
        }
        catch (JsonException)
        {
            return RejectReason.BadQuote;
        }
        catch (InvalidOperationException)
        {
            return RejectReason.NotUtf8; // an escape that stands for half a character
        }
    }

    /// <summary>Reads the members of the object at whose start the reader stands; what they are slices of is all that it reads.</summary>
    public RejectReason Members(scoped ref Utf8JsonReader reader, CdrFields fields)
    {
        var seen = 0;
        var last = -1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var column = ColumnOf(ref reader, last);
            last = column;
            if (column < 0)
            {
                NoteUnknown(ref reader);
                reader.Skip();
                continue;
            }

            if ((seen & (1 << column)) != 0)
            {
                return RejectReason.BadFieldCount;
            }

            seen |= 1 << column;
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.String when reader.ValueIsEscaped:
                    var room = fields.Room(reader.ValueSpan.Length);
                    var length = reader.CopyString(room);
                    if (room[..length].Contains((byte)0))
                    {
                        return RejectReason.NotUtf8; // an escaped NUL: no text in a database or a CSV file can hold it
                    }

                    fields.SetUnescaped(column, length);
                    break;
                case JsonTokenType.String:
                    fields.SetSlice(column, (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                    break;
                case JsonTokenType.Null:
                    break;
                default:
                    fields.SetWrongType(column);
                    reader.Skip();
                    break;
            }
        }

        return RejectReason.None;
    }

    /// <summary>The column of a member behind another; what followed that one last is tried first.</summary>
    private int ColumnOf(scoped ref Utf8JsonReader reader, int last)
    {
        var guess = _followers[last + 1];
        for (var i = 0; i < CdrColumns.Count; i++)
        {
            var column = (guess + i) % CdrColumns.Count;
            if (reader.ValueTextEquals(CdrColumns.MemberNamesUtf8[column]))
            {
                _followers[last + 1] = column;
                return column;
            }
        }

        return -1;
    }

    private void NoteUnknown(scoped ref Utf8JsonReader reader)
    {
        if (unknown.Count >= 1000 || !System.Text.Unicode.Utf8.IsValid(reader.ValueSpan))
        {
            return;
        }

        // no text in a database can hold a NUL, which an escape may stand for
        var name = reader.GetString()!.Replace('\0', '\uFFFD');
        if (_known.Add(name))
        {
            unknown.Add(name);
        }
    }
}
