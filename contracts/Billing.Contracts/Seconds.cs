using System.Globalization;

namespace Billing.Contracts;

/// <summary>A duration in whole milliseconds, written as seconds in the shortest decimal form: <c>61</c>, <c>1234.567</c>.</summary>
public readonly record struct Seconds(long Milliseconds)
{
    public static Seconds operator +(Seconds left, Seconds right) => new(checked(left.Milliseconds + right.Milliseconds));

    public override string ToString()
    {
        var (whole, rest) = Math.DivRem(Milliseconds, 1000);
        return rest == 0
            ? whole.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{whole}.{rest:D3}").TrimEnd('0');
    }
}
