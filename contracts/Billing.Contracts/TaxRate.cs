using System.Globalization;

namespace Billing.Contracts;

/// <summary>A tax rate as a fraction, written as the tariff wrote it: <c>0.10</c>.</summary>
public readonly record struct TaxRate(decimal Fraction)
{
    public override string ToString() => Fraction.ToString(CultureInfo.InvariantCulture);
}
