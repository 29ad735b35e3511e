namespace Billing.Rating.Records;

/// <summary>Instants as the formats write them: <c>YYYY-MM-DDThh:mm:ss[.f…]</c> with <c>Z</c> or <c>±hh:mm</c>.</summary>
internal static class IsoInstant
{
    private const int MinYear = 1970;
    private const int MaxYear = 2200;

    /// <summary>Milliseconds UTC since 1970, further decimals cut off; false when the text is not exactly of the form.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
        {
            return false;
        }

        if (!Number(text[..4], out var year) || !Number(text.Slice(5, 2), out var month) || !Number(text.Slice(8, 2), out var day)
            || !Number(text.Slice(11, 2), out var hour) || !Number(text.Slice(14, 2), out var minute) || !Number(text.Slice(17, 2), out var second))
        {
            return false;
        }

        if (year is < MinYear or > MaxYear || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var rest = text[19..];
        if (!Fraction(ref rest, out var fraction) || !Offset(rest, out var offsetMinutes))
        {
            return false;
        }

        ms = ((((((Days(year, month, day) * 24L) + hour) * 60) + minute - offsetMinutes) * 60) + second) * 1000 + fraction;
        return true;
    }

    private static bool Fraction(ref ReadOnlySpan<byte> rest, out int ms)
    {
        ms = 0;
        if (rest[0] != '.')
        {
            return true;
        }

        var digits = 1;
        for (; digits < rest.Length && rest[digits] is >= (byte)'0' and <= (byte)'9'; digits++)
        {
            if (digits <= 3)
            {
                ms = (ms * 10) + rest[digits] - '0';
            }
        }

        for (var i = digits; i <= 3; i++)
        {
            ms *= 10;
        }

        rest = rest[digits..];
        return digits > 1;
    }

    private static bool Offset(ReadOnlySpan<byte> rest, out int minutes)
    {
        minutes = 0;
        if (rest is [(byte)'Z'])
        {
            return true;
        }

        if (rest.Length != 6 || rest[0] is not ((byte)'+' or (byte)'-') || rest[3] != ':'
            || !Number(rest.Slice(1, 2), out var hours) || !Number(rest.Slice(4, 2), out var part) || part > 59)
        {
            return false;
        }

        minutes = (hours * 60) + part;
        if (minutes > 14 * 60)
        {
            return false;
        }

        minutes = rest[0] == '-' ? -minutes : minutes;
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            var part = unchecked((uint)(digit - '0'));
            if (part > 9)
            {
                return false;
            }

            value = (value * 10) + (int)part;
        }

        return true;
    }

    /// <summary>Days since 1970-01-01 of a civil date.</summary>
    private static int Days(int year, int month, int day)
    {
        var y = month <= 2 ? year - 1 : year;
        var era = y / 400;
        var yearOfEra = y - (era * 400);
        var dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097) + dayOfEra - 719_468;
    }
}
