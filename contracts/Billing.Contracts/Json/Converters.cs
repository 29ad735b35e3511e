using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.Contracts.Json;

/// <summary>Money: written as a string of decimal yen; read from a string or, on input, a number.</summary>
public sealed class YenConverter : JsonConverter<Yen>
{
    public override Yen Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = JsonText.OfStringOrNumber(ref reader);
        return Yen.TryParse(text, out var value)
            ? value
            : throw new JsonException($"'{text}' is not an amount of yen such as \"10.4\"");
    }

    public override void Write(Utf8JsonWriter writer, Yen value, JsonSerializerOptions options)
    {
        Span<byte> buffer = stackalloc byte[48];
        writer.WriteStringValue(buffer[..value.Format(buffer)]);
    }
}

/// <summary>An exact amount: a string of decimal yen, or of a fraction such as <c>10/3</c>.</summary>
public sealed class ExactYenConverter : JsonConverter<ExactYen>
{
    public override ExactYen Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        if (Yen.TryParse(text, out var amount))
        {
            return ExactYen.Of(amount);
        }

        return text?.Split('/') is [var above, var below]
            && BigInteger.TryParse(above, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var numerator)
            && BigInteger.TryParse(below, NumberStyles.None, CultureInfo.InvariantCulture, out var denominator) && !denominator.IsZero
                ? ExactYen.Of(numerator, denominator)
                : throw new JsonException($"'{text}' is not an exact amount such as \"10.4\" or \"10/3\"");
    }

    public override void Write(Utf8JsonWriter writer, ExactYen value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>A month <c>YYYY-MM</c>.</summary>
public sealed class UsageMonthConverter : JsonConverter<UsageMonth>
{
    public override UsageMonth Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return UsageMonth.TryParse(text, out var month) ? month : throw new JsonException("a month YYYY-MM is expected");
    }

    public override void Write(Utf8JsonWriter writer, UsageMonth value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>A duration: a string of decimal seconds.</summary>
public sealed class SecondsConverter : JsonConverter<Seconds>
{
    public override Seconds Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = JsonText.OfStringOrNumber(ref reader);
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
               && decimal.IsInteger(value * 1000)
            ? new Seconds((long)(value * 1000))
            : throw new JsonException($"'{text}' is not a number of seconds with up to 3 decimals");
    }

    public override void Write(Utf8JsonWriter writer, Seconds value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>A tax rate such as <c>"0.10"</c>, kept as it was written.</summary>
public sealed class TaxRateConverter : JsonConverter<TaxRate>
{
    public override TaxRate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = JsonText.OfStringOrNumber(ref reader);
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate.Scale <= 12
            ? new TaxRate(rate)
            : throw new JsonException($"'{text}' is not a tax rate such as \"0.10\"");
    }

    public override void Write(Utf8JsonWriter writer, TaxRate value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>A closed list of words, compared as written: no other case, no numbers.</summary>
public sealed class WordConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private readonly Dictionary<string, T> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<T, string> _words = [];

    public WordConverter()
    {
        foreach (var field in typeof(T).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var value = (T)field.GetValue(null)!;
            var word = field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
                ?? JsonNamingPolicy.KebabCaseLower.ConvertName(field.Name);
            _values.Add(word, value);
            _words.Add(value, word);
        }
    }

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return _values.TryGetValue(text, out var value)
            ? value
            : throw new JsonException($"one of {string.Join(", ", _values.Keys)} is expected");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(_words[value]);
}

internal static class JsonText
{
    /// <summary>The text of a string or number token; anything else is refused.</summary>
    public static string OfStringOrNumber(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number => Plain(Encoding.ASCII.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan)),
        _ => throw new JsonException("a decimal number, as a string or a number, is expected"),
    };

    /// <summary>A number with an exponent written out; one that a decimal would round stays as it is, and is refused by its reader.</summary>
    private static string Plain(string number)
    {
        var exponent = number.AsSpan().IndexOfAny('e', 'E');
        if (exponent < 0 || !int.TryParse(number.AsSpan(exponent + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power) || power is < -28 or > 28)
        {
            return number;
        }

        var mantissa = number.AsSpan(0, exponent).TrimStart('-');
        var point = mantissa.IndexOf('.');
        var digits = string.Concat(mantissa[..(point < 0 ? mantissa.Length : point)], point < 0 ? "" : mantissa[(point + 1)..]);
        var whole = (point < 0 ? mantissa.Length : point) + power;
        digits = digits.PadLeft(digits.Length + Math.Max(0, 1 - whole), '0');
        whole = Math.Max(whole, 1);
        digits = digits.PadRight(whole, '0');
        var sign = number[0] == '-' ? "-" : "";
        return whole == digits.Length ? sign + digits : $"{sign}{digits[..whole]}.{digits[whole..]}";
    }
}
