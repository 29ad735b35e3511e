using Billing.Contracts;
using NodaTime;

namespace Billing.Rating;

/// <summary>
/// Civil time in Tokyo in plain integers: milliseconds of UTC since 1970 in, days since 1970 out. Asia/Tokyo has kept
/// UTC+9 without summer time since 1951, so for the years that records may carry it is a constant.
/// </summary>
public static class Tokyo
{
    public const long OffsetMs = 9 * 3_600_000L;
    public const long DayMs = 86_400_000L;

    private static readonly LocalDate Epoch = new(1970, 1, 1);

    /// <summary>The Tokyo day of an instant, as days since 1970-01-01.</summary>
    public static int DayOf(long utcMs) => (int)Math.DivRem(utcMs + OffsetMs, DayMs).Quotient
        - (utcMs + OffsetMs < 0 && (utcMs + OffsetMs) % DayMs != 0 ? 1 : 0);

    public static int DayNumber(LocalDate date) => Period.DaysBetween(Epoch, date);

    /// <summary>The first day of a validity, or the beginning of time.</summary>
    public static int FromDay(LocalDate? date) => date is { } d ? DayNumber(d) : int.MinValue;

    /// <summary>The first day after a validity, or the end of time.</summary>
    public static int ToDay(LocalDate? date) => date is { } d ? DayNumber(d) : int.MaxValue;

    /// <summary>The instant at which a day begins.</summary>
    public static Instant BeginOf(LocalDate day) => Instant.FromUnixTimeMilliseconds((DayNumber(day) * DayMs) - OffsetMs);

    /// <summary>What clocks show at an instant.</summary>
    public static LocalDateTime At(Instant instant) => (instant + Duration.FromMilliseconds(OffsetMs)).InUtc().LocalDateTime;

    public static LocalDate Date(int day) => Epoch.PlusDays(day);

    /// <summary>The Tokyo month of a day; the usual days-to-civil arithmetic, without a calendar object.</summary>
    public static UsageMonth MonthOf(int day)
    {
        var z = day + 719_468;
        var era = (z >= 0 ? z : z - 146_096) / 146_097;
        var dayOfEra = z - (era * 146_097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var shifted = ((5 * dayOfYear) + 2) / 153;
        var month = shifted < 10 ? shifted + 3 : shifted - 9;
        return new UsageMonth(yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month);
    }
}
