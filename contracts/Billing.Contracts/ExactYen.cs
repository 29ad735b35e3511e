using System.Globalization;
using System.Numerics;

namespace Billing.Contracts;

/// <summary>
/// An exact amount of yen before rounding, which may be no finite decimal: written <c>10.4</c>, or as the reduced fraction
/// <c>10/3</c>.
/// </summary>
public readonly struct ExactYen : IEquatable<ExactYen>
{
    private readonly BigInteger _denominatorLessOne;

    private ExactYen(BigInteger numerator, BigInteger denominator)
    {
        Numerator = numerator;
        _denominatorLessOne = denominator - 1;
    }

    public BigInteger Numerator { get; }

    /// <summary>Greater than 0, and without a factor in common with the numerator.</summary>
    public BigInteger Denominator => _denominatorLessOne + 1;

    /// <param name="numerator">Of any sign.</param>
    /// <param name="denominator">Greater than 0.</param>
    public static ExactYen Of(BigInteger numerator, BigInteger denominator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(denominator, BigInteger.One);
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        return new ExactYen(numerator / common, denominator / common);
    }

    public static ExactYen Of(Yen amount) => Of((BigInteger)amount.Units, (BigInteger)Yen.UnitsPerYen);

    public static ExactYen operator +(ExactYen left, ExactYen right) =>
        Of((left.Numerator * right.Denominator) + (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

    public static bool operator ==(ExactYen left, ExactYen right) => left.Equals(right);

    public static bool operator !=(ExactYen left, ExactYen right) => !left.Equals(right);

    /// <summary>The amount as money; null when it has more decimals or digits than money can hold.</summary>
    public Yen? ToYen()
    {
        var units = BigInteger.DivRem(Numerator * (BigInteger)Yen.UnitsPerYen, Denominator, out var rest);
        return rest.IsZero && BigInteger.Abs(units) <= (BigInteger)Int128.MaxValue ? Yen.FromUnits((Int128)units) : null;
    }

    public override string ToString() =>
        ToYen() is { } yen ? yen.ToString() : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    public bool Equals(ExactYen other) => Numerator == other.Numerator && _denominatorLessOne == other._denominatorLessOne;

    public override bool Equals(object? obj) => obj is ExactYen other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Numerator, _denominatorLessOne);
}
