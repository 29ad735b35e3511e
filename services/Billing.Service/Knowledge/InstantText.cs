using Billing.Rating;
using NodaTime;
using NodaTime.Text;

namespace Billing.Service.Knowledge;

/// <summary>An instant as people write it.</summary>
internal static class InstantText
{
    /// <summary>Reads an instant with its offset or <c>Z</c>, or a date, which stands for its beginning in Tokyo.</summary>
    public static bool TryParse(string? text, out Instant instant)
    {
        if (OffsetDateTimePattern.ExtendedIso.Parse(text ?? "") is { Success: true } moment)
        {
            instant = moment.Value.ToInstant();
            return true;
        }

        var date = LocalDatePattern.Iso.Parse(text ?? "");
        instant = date.Success
            ? Tokyo.BeginOf(date.Value)
            : default;
        return date.Success;
    }

    /// <summary>The instant in Tokyo, and that it is so: <c>2026-11-01 00:00:00 JST</c>.</summary>
    public static string WithZone(Instant instant) => InTokyo(instant) + " JST";

    /// <summary>The instant in Tokyo: <c>2026-11-01 00:00:00</c>.</summary>
    public static string InTokyo(Instant instant) =>
        Tokyo.At(instant).ToString("uuuu-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
}
