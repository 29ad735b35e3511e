using System.Text;
using Billing.Rating.Records;

namespace Billing.Formats;

/// <summary>Writes lines of <c>cdr v1</c>.</summary>
public static class CdrLine
{
    /// <summary>All columns in their order.</summary>
    public static readonly string Header = string.Join(',', CdrColumns.Names);

    /// <summary>A parser for the lines that <see cref="Write"/> makes.</summary>
    public static CdrParser NewParser() => CdrParser.ForCsv(Encoding.ASCII.GetBytes(Header)).Parser!;

    /// <summary>The line of the texts, in the order of the columns.</summary>
    public static byte[] Write(IReadOnlyList<string> texts)
    {
        var line = new StringBuilder();
        for (var i = 0; i < texts.Count; i++)
        {
            line.Append(i == 0 ? "" : ",");
            if (texts[i].AsSpan().ContainsAny(',', '"'))
            {
                line.Append('"').Append(texts[i].Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            }
            else
            {
                line.Append(texts[i]);
            }
        }

        return Encoding.UTF8.GetBytes(line.ToString());
    }
}
