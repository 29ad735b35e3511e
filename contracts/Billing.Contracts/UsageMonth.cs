using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NodaTime;

namespace Billing.Contracts;

/// <summary>A calendar month in Tokyo, written <c>YYYY-MM</c> (料金月).</summary>
public readonly record struct UsageMonth : IComparable<UsageMonth>
{
    private readonly int _index;

    private UsageMonth(int index) => _index = index;

    public UsageMonth(int year, int month)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(year, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(year, 9999);
        ArgumentOutOfRangeException.ThrowIfLessThan(month, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(month, 12);
        _index = (year * 12) + month - 1;
    }

    public int Year => _index / 12;

    public int Month => (_index % 12) + 1;

    public LocalDate FirstDay => new(Year, Month, 1);

    public LocalDate LastDay => new(Year, Month, Days);

    public int Days => CalendarSystem.Iso.GetDaysInMonth(Year, Month);

    public UsageMonth Plus(int months) => new(_index + months);

    public static UsageMonth Of(LocalDate date) => new(date.Year, date.Month);

    public static bool TryParse([NotNullWhen(true)] string? text, out UsageMonth month)
    {
        month = default;
        if (text is not { Length: 7 } || text[4] != '-'
            || !int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            || !int.TryParse(text.AsSpan(5, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || year is < 1 or > 9999 || number is < 1 or > 12)
        {
            return false;
        }

        month = new UsageMonth(year, number);
        return true;
    }

    public static UsageMonth Parse(string text) =>
        TryParse(text, out var month) ? month : throw new FormatException($"'{text}' is not a month YYYY-MM.");

    public int CompareTo(UsageMonth other) => _index.CompareTo(other._index);

    public static bool operator <(UsageMonth left, UsageMonth right) => left._index < right._index;

    public static bool operator >(UsageMonth left, UsageMonth right) => left._index > right._index;

    public static bool operator <=(UsageMonth left, UsageMonth right) => left._index <= right._index;

    public static bool operator >=(UsageMonth left, UsageMonth right) => left._index >= right._index;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:D4}-{Month:D2}");
}
