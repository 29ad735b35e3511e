using Billing.Contracts;
using CsCheck;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>Money: exact, checked, written in its shortest form.</summary>
public sealed class YenTests
{
    private static readonly Gen<decimal> Decimals = Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.Int[0, 10])
        .Select((units, scale) => new decimal(units) / (decimal)Math.Pow(10, scale));

    [Fact]
    public void Arithmetic_agrees_with_decimal() =>
        Law.Holds(Gen.Select(Decimals, Decimals, Gen.Int[-1000, 1000]), "0000EQj4QNy7", 10_000, example =>
        {
            var (a, b, times) = example;
            var (x, y) = (Contracts.Yen.FromDecimal(a), Contracts.Yen.FromDecimal(b));

            (x + y).ToDecimal().ShouldBe(a + b);
            (x - y).ToDecimal().ShouldBe(a - b);
            (-x).ToDecimal().ShouldBe(-a);
            (x * times).ToDecimal().ShouldBe(a * times);
            x.TruncateToWhole().ToDecimal().ShouldBe(decimal.Truncate(a));
            new[] { x < y, x > y, x <= y, x >= y, x == y, x != y }.ShouldBe([a < b, a > b, a <= b, a >= b, a == b, a != b]);
            Math.Sign(x.CompareTo(y)).ShouldBe(decimal.Compare(a, b));
            (Contracts.Yen.Min(x, y), Contracts.Yen.Max(x, y)).ShouldBe((Contracts.Yen.FromDecimal(Math.Min(a, b)), Contracts.Yen.FromDecimal(Math.Max(a, b))));
            (x.IsZero, x.IsNegative, x.IsWhole).ShouldBe((a == 0, a < 0, decimal.IsInteger(a)));
        });

    [Fact]
    public void What_is_written_is_read_again_and_is_the_shortest_decimal() =>
        Law.Holds(Decimals, "0000000031a8", 10_000, value =>
        {
            var yen = Contracts.Yen.FromDecimal(value);
            var text = yen.ToString();

            Yen(text).ShouldBe(yen);
            text.ShouldBe(value == 0 ? "0" : (value / 1.0000000000000000000000000000m).ToString(System.Globalization.CultureInfo.InvariantCulture));
        });

    [Fact]
    public void Shares_and_tax_agree_with_decimal() =>
        Law.Holds(Gen.Select(Gen.Long[0, 1_000_000_000].Select(units => units / 10_000m), Gen.Int[1, 31], Gen.Int[28, 31]), "0000EQj4QNy7", 10_000, example =>
        {
            var (fee, part, whole) = example;

            Contracts.Yen.FromDecimal(fee).ShareRoundedDown(part, whole).ToDecimal().ShouldBe(decimal.Floor(fee * part / whole));
            Contracts.Yen.FromDecimal(decimal.Truncate(fee)).TaxAt(0.10m).ToDecimal().ShouldBe(decimal.Floor(decimal.Truncate(fee) * 0.10m));
            Contracts.Yen.FromDecimal(-decimal.Truncate(fee)).TaxAt(0.08m).ToDecimal().ShouldBe(-decimal.Floor(decimal.Truncate(fee) * 0.08m));
        });

    [Theory]
    [InlineData("8", "8", 0)]
    [InlineData("10.40", "10.4", 1)]
    [InlineData("-0.5", "-0.5", 1)]
    [InlineData("0.00000000000000000001", "0.00000000000000000001", 20)]
    [InlineData("999999999999999999.99999999999999999999", "999999999999999999.99999999999999999999", 20)]
    [InlineData("-0", "0", 0)]
    [InlineData("007", "7", 0)]
    public void An_amount_is_read_and_written(string text, string written, int decimals)
    {
        Yen(text).ToString().ShouldBe(written);
        Yen(text).CountDecimals().ShouldBe(decimals);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("+1")]
    [InlineData("--1")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("1 ")]
    [InlineData("0x1")]
    [InlineData("١")]
    [InlineData("1000000000000000000")]
    [InlineData("0.000000000000000000001")]
    public void What_is_no_amount_is_not_read(string text) => Contracts.Yen.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void An_overflow_is_an_error_and_never_a_wrap()
    {
        var largest = Contracts.Yen.FromUnits(Int128.MaxValue);

        Should.Throw<OverflowException>(() => largest + Contracts.Yen.FromUnits(1));
        Should.Throw<OverflowException>(() => largest * 2);
        Should.Throw<OverflowException>(() => -Contracts.Yen.FromUnits(Int128.MinValue));
        Should.Throw<OverflowException>(() => Contracts.Yen.FromUnits(Int128.MinValue) - Contracts.Yen.FromUnits(1));
        Should.Throw<OverflowException>(() => Contracts.Yen.Whole(long.MaxValue));
        Should.Throw<OverflowException>(() => largest.ToDecimal());
    }

    [Fact]
    public void A_usage_that_does_not_fit_is_an_error_too()
    {
        var usage = new Billing.Rating.Invoicing.MonthUsage(null);
        var line = new Billing.Rating.Invoicing.UsageLine(new(CallClass.Fixed, null, TaxCategory.S), 1, 1, Contracts.Yen.Whole(1_000_000_000_000_000_000));
        usage.Add(line, 0, Contracts.Yen.Zero);

        Should.Throw<OverflowException>(() => usage.Add(line, 0, Contracts.Yen.Zero));
    }
}
