using System.Globalization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using NodaTime;

namespace Billing.Formats.Fields;

/// <summary>Reads durations as switches write them.</summary>
internal static class Durations
{
    public static readonly IReadOnlyList<string> Units = ["s", "ms", "us", "hhmmss"];

    /// <summary>True when the column tells anything.</summary>
    public static bool IsTold(SourceRow row, DurationDocument document) =>
        document.Sum ? row.Parts.Any(part => !string.IsNullOrWhiteSpace(part.Find(document.Column))) : !string.IsNullOrWhiteSpace(row.Find(document.Column));

    /// <summary>The duration in a column, or that of all parts: zero when it is empty, a fault when it is negative or none.</summary>
    public static (Duration Duration, RowFault? Fault) Read(SourceRow row, DurationDocument document)
    {
        var sum = Duration.Zero;
        foreach (var part in document.Sum ? row.Parts : [row])
        {
            var (duration, fault) = ReadOne(part, document);
            if (fault is not null)
            {
                return (default, fault);
            }

            sum += duration;
        }

        return (sum, null);
    }

    private static (Duration Duration, RowFault? Fault) ReadOne(SourceRow row, DurationDocument document)
    {
        var text = row.Find(document.Column)?.Trim() ?? "";
        if (text.Length == 0)
        {
            return (Duration.Zero, null);
        }

        if (text[0] == '-')
        {
            return (default, new RowFault(RejectReason.BadDuration, document.Column, $"the duration '{RowFault.Shown(text, 20)}' is negative"));
        }

        return Parse(text, document.Unit) is { } duration
            ? (duration, null)
            : (default, new RowFault(RejectReason.BadDuration, document.Column, $"'{RowFault.Shown(text, 20)}' is no duration in {document.Unit}"));
    }

    private static Duration? Parse(string text, string unit)
    {
        if (unit == "hhmmss")
        {
            return text.Length >= 6 && text.All(char.IsAsciiDigit) && int.TryParse(text[..^4], out var hours) && hours < 10_000
                && int.Parse(text.AsSpan(text.Length - 4, 2), CultureInfo.InvariantCulture) is < 60 and var minutes
                && int.Parse(text.AsSpan(text.Length - 2, 2), CultureInfo.InvariantCulture) is < 60 and var seconds
                ? Duration.FromSeconds((hours * 3600L) + (minutes * 60) + seconds)
                : null;
        }

        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > 1_000_000_000_000m)
        {
            return null;
        }

        return unit switch
        {
            "s" when value <= 1_000_000_000m => Duration.FromMilliseconds((long)(value * 1000)),
            "ms" => Duration.FromMilliseconds((long)value),
            "us" => Duration.FromTicks((long)value * 10),
            _ => null,
        };
    }
}
