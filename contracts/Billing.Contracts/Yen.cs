using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Billing.Contracts;

/// <summary>
/// An exact amount of money in Japanese yen, tax-exclusive unless a member says otherwise. Holds up to 20 decimals and
/// about 1.7 × 10^18 yen; every operation is checked, so an amount that does not fit is an <see cref="OverflowException"/>
/// and never a rounded or wrapped value.
/// </summary>
public readonly struct Yen : IEquatable<Yen>, IComparable<Yen>
{
    /// <summary>Decimals that an amount can hold.</summary>
    public const int Decimals = 20;

    private static readonly Int128 One = Int128.Parse("100000000000000000000", CultureInfo.InvariantCulture);

    private readonly Int128 _units;

    private Yen(Int128 units) => _units = units;

    public static Yen Zero => default;

    /// <summary>The amount in 10^-20 yen.</summary>
    public Int128 Units => _units;

    public bool IsZero => _units == 0;

    public bool IsNegative => _units < 0;

    public bool IsWhole => _units % One == 0;

    /// <summary>Units of one yen: 10^20.</summary>
    public static Int128 UnitsPerYen => One;

    public static Yen FromUnits(Int128 units) => new(units);

    public static Yen Whole(long yen) => new(checked(yen * One));

    public static Yen operator +(Yen left, Yen right) => new(checked(left._units + right._units));

    public static Yen operator -(Yen left, Yen right) => new(checked(left._units - right._units));

    public static Yen operator -(Yen value) => new(checked(-value._units));

    public static Yen operator *(Yen value, long times) => new(checked(value._units * times));

    public static bool operator ==(Yen left, Yen right) => left._units == right._units;

    public static bool operator !=(Yen left, Yen right) => left._units != right._units;

    public static bool operator <(Yen left, Yen right) => left._units < right._units;

    public static bool operator >(Yen left, Yen right) => left._units > right._units;

    public static bool operator <=(Yen left, Yen right) => left._units <= right._units;

    public static bool operator >=(Yen left, Yen right) => left._units >= right._units;

    public static Yen Min(Yen a, Yen b) => a < b ? a : b;

    public static Yen Max(Yen a, Yen b) => a > b ? a : b;

    /// <summary>Drops the decimals: toward zero, which for amounts of 0 and more is "rounded down to whole yen".</summary>
    public Yen TruncateToWhole() => new(_units - (_units % One));

    /// <summary>The share <paramref name="numerator"/> ÷ <paramref name="denominator"/> of the amount, rounded down to whole yen.</summary>
    public Yen ShareRoundedDown(long numerator, long denominator)
    {
        var share = (BigInteger)_units * numerator / denominator;
        return new Yen((Int128)share).TruncateToWhole();
    }

    /// <summary>The amount × a rate such as 0.10, toward zero to whole yen (consumption tax, once per rate and document).</summary>
    public Yen TaxAt(decimal rate)
    {
        var scaled = (BigInteger)(rate * 1_0000_0000_0000m) * (BigInteger)_units / 1_0000_0000_0000;
        return new Yen((Int128)scaled).TruncateToWhole();
    }

    /// <summary>How many decimals the amount really has: 10.40 yen has one.</summary>
    public int CountDecimals()
    {
        var rest = _units % One;
        var count = Decimals;
        if (rest == 0)
        {
            return 0;
        }

        while (rest % 10 == 0)
        {
            rest /= 10;
            count--;
        }

        return count;
    }

    /// <summary>The amount as a decimal; refuses, by exception, one that a decimal cannot hold exactly.</summary>
    public decimal ToDecimal()
    {
        var whole = (decimal)(_units / One);
        var rest = _units % One;
        var fraction = (decimal)rest / 100_000_000_000_000_000_000m;
        var sum = whole + fraction;
        return FromDecimal(sum) == this ? sum : throw new OverflowException("The amount has more digits than a decimal can hold.");
    }

    /// <exception cref="OverflowException">The decimal has more than 20 decimals.</exception>
    public static Yen FromDecimal(decimal value)
    {
        var whole = decimal.Truncate(value);
        var rest = (value - whole) * 100_000_000_000_000_000_000m;
        return decimal.IsInteger(rest)
            ? new(checked(((Int128)whole * One) + (Int128)rest))
            : throw new OverflowException("The decimal has more decimals than an amount can hold.");
    }

    /// <summary>Reads a plain decimal such as <c>10.4</c> or <c>-8</c>; no exponent, no thousands separators, at most 20 decimals.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Yen value)
    {
        value = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var digits = text[0] == '-' ? text.AsSpan(1) : text.AsSpan();
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? default : digits[(point + 1)..].TrimEnd('0');
        if (whole.IsEmpty || whole.Length > 18 || (point >= 0 && point == digits.Length - 1) || fraction.Length > Decimals
            || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var units = Int128.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture) * One;
        if (!fraction.IsEmpty)
        {
            var part = Int128.Parse(fraction, NumberStyles.None, CultureInfo.InvariantCulture);
            for (var i = fraction.Length; i < Decimals; i++)
            {
                part *= 10;
            }

            units += part;
        }

        value = new(text[0] == '-' ? -units : units);
        return true;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">The text is no such decimal.</exception>
    public static Yen Parse(string text) => TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not an amount of yen.");

    /// <summary>Writes the shortest decimal (<c>8</c>, <c>10.4</c>, <c>-0.5</c>) as ASCII; returns the bytes written.</summary>
    public int Format(Span<byte> destination)
    {
        var written = 0;
        var magnitude = _units;
        if (magnitude < 0)
        {
            destination[written++] = (byte)'-';
            magnitude = checked(-magnitude);
        }

        Int128 whole, rest;
        if (magnitude % One == 0)
        {
            (whole, rest) = (magnitude / One, 0);
        }
        else
        {
            (whole, rest) = (magnitude / One, magnitude % One);
        }

        ((long)whole).TryFormat(destination[written..], out var used, default, CultureInfo.InvariantCulture);
        written += used;
        if (rest == 0)
        {
            return written;
        }

        destination[written++] = (byte)'.';
        var high = (ulong)(rest / 10_000_000_000);
        var low = (ulong)(rest % 10_000_000_000);
        high.TryFormat(destination[written..], out _, "D10", CultureInfo.InvariantCulture);
        low.TryFormat(destination[(written + 10)..], out _, "D10", CultureInfo.InvariantCulture);
        written += 20;
        while (destination[written - 1] == (byte)'0')
        {
            written--;
        }

        return written;
    }

    /// <summary>The shortest decimal: <c>8</c>, <c>10.4</c>.</summary>
    public override string ToString()
    {
        Span<byte> buffer = stackalloc byte[48];
        return System.Text.Encoding.ASCII.GetString(buffer[..Format(buffer)]);
    }

    public bool Equals(Yen other) => _units == other._units;

    public override bool Equals(object? obj) => obj is Yen other && Equals(other);

    public override int GetHashCode() => _units.GetHashCode();

    public int CompareTo(Yen other) => _units.CompareTo(other._units);
}
