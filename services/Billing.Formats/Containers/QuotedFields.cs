using System.Text;

namespace Billing.Formats.Containers;

/// <summary>How the fields of a record end.</summary>
public enum RecordEnd
{
    Whole,

    /// <summary>Within a quoted field: the next line may belong to it.</summary>
    Open,

    /// <summary>A quote is out of place.</summary>
    Broken,
}

/// <summary>Takes records of separated fields apart, as RFC 4180 quotes them.</summary>
public static class QuotedFields
{
    /// <param name="quote">Null when nothing is quoted.</param>
    /// <param name="fields">The fields are added here; those before the fault, when there is one.</param>
    public static RecordEnd Split(string record, char separator, char? quote, List<string> fields)
    {
        for (var position = 0; ; position++)
        {
            if (quote is { } mark && position < record.Length && record[position] == mark)
            {
                var (field, end) = Unquote(record, separator, mark, ref position);
                if (field is null)
                {
                    return end;
                }

                fields.Add(field);
            }
            else
            {
                var end = record.IndexOf(separator, position);
                var field = record[position..(end < 0 ? record.Length : end)];
                if (quote is { } stray && field.Contains(stray, StringComparison.Ordinal))
                {
                    return RecordEnd.Broken;
                }

                fields.Add(field);
                position += field.Length;
            }

            if (position == record.Length)
            {
                return RecordEnd.Whole;
            }
        }
    }

    /// <summary>The quoted field at the position, which is left at the separator or the end; null when it is left open or text follows the closing quote.</summary>
    private static (string? Field, RecordEnd End) Unquote(string record, char separator, char mark, ref int position)
    {
        var field = new StringBuilder();
        for (position++; ; position++)
        {
            var quote = record.IndexOf(mark, position);
            if (quote < 0)
            {
                return (null, RecordEnd.Open);
            }

            field.Append(record, position, quote - position);
            position = quote + 1;
            if (position == record.Length || record[position] == separator)
            {
                return (field.ToString(), RecordEnd.Whole);
            }

            if (record[position] != mark)
            {
                return (null, RecordEnd.Broken);
            }

            field.Append(mark);
        }
    }
}
