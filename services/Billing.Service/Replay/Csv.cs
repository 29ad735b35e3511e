using System.Globalization;

namespace Billing.Service.Replay;

/// <summary>Fields of CSV (RFC 4180).</summary>
internal static class Csv
{
    public static string Field(object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
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
