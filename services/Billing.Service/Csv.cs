using System.Globalization;

namespace Billing.Service;

/// <summary>
/// Fields of CSV (RFC 4180) that people open in a spreadsheet. A text that would be taken for a formula gets an apostrophe before it; numbers are
/// numbers and stay.
/// </summary>
internal static class Csv
{
    public static string Field(object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        if (value is string && text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '＝' or '＋' or '－' or '＠')
        {
            text = "'" + text;
        }

        return text.AsSpan().ContainsAny("\",\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    public static string Row(params ReadOnlySpan<object?> values)
    {
        var fields = new string[values.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = Field(values[i]);
        }

        return string.Join(',', fields);
    }
}
