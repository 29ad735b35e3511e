using Billing.Contracts.Documents;
using Billing.Rating.Tariffs;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>The price of a call: steps, connection fee, rounding, minimum and maximum (rating rules, section 6).</summary>
public sealed class PriceOfACallTests
{
    [Theory]
    [InlineData(0, "8", 1)]
    [InlineData(1, "8", 1)]
    [InlineData(180_000, "8", 1)]
    [InlineData(180_001, "16", 2)]
    [InlineData(360_000, "16", 2)]
    [InlineData(360_001, "24", 3)]
    [InlineData(762_500, "40", 5)]
    [InlineData(86_400_000, "3840", 480)]
    public void A_started_increment_is_a_whole_increment(long ms, string charge, long units) =>
        ShouldCost(Flat("8", 180), ms, charge, units);

    [Theory]
    [InlineData(0, "1", 1)]
    [InlineData(6_000, "1", 1)]
    [InlineData(6_001, "2", 2)]
    [InlineData(59_999, "10", 10)]
    [InlineData(60_000, "10", 10)]
    [InlineData(60_001, "11", 11)]
    public void An_increment_costs_its_share_of_the_unit(long ms, string charge, long units) =>
        ShouldCost(Flat("10", 60, increment: 6), ms, charge, units);

    [Theory]
    [InlineData("10", 60, 90, 1, "15")]
    [InlineData("10.4", 180, 180, 762_500, "52")]
    [InlineData("0.0001", 1, 0.001, 1, "0.0000001")]
    [InlineData("0.0001", 1000, 0.001, 86_400_000, "0.00864")]
    [InlineData("9999.9999", 0.001, 1, 1, "9999999.9")]
    [InlineData("1", 0.003, 0.003, 10, "4")]
    [InlineData("1", 0.016, 0.001, 7, "0.4375")]
    public void Increments_are_summed_exactly(string price, double unit, double increment, long ms, string charge) =>
        Flat(price, (decimal)unit, (decimal)increment).Compile().PriceOf(0, ms).Charge.ToString().ShouldBe(charge);

    [Theory]
    [InlineData(0, "10", 1)]
    [InlineData(60_000, "10", 1)]
    [InlineData(60_001, "11", 2)]
    [InlineData(66_000, "11", 2)]
    [InlineData(120_000, "20", 11)]
    [InlineData(120_001, "20.5", 12)]
    [InlineData(180_000, "25.0", 21)]
    public void Steps_take_over_at_their_second(long ms, string charge, long units) =>
        ShouldCost(Stepped(Step(120, "5", 60, 6), Step(0, "10", 60, 60), Step(60, "10", 60, 6)), ms, charge.Replace(".0", "", StringComparison.Ordinal), units);

    [Theory]
    [InlineData(60_000, "10", 1)]
    [InlineData(90_000, "20", 2)]
    [InlineData(90_001, "20", 2)]
    [InlineData(120_000, "20", 2)]
    [InlineData(120_001, "21", 3)]
    public void An_increment_that_runs_past_a_step_keeps_its_price(long ms, string charge, long units) =>
        ShouldCost(Stepped(Step(0, "10", 60, 60), Step(90, "1", 60, 60)), ms, charge, units);

    [Fact]
    public void A_step_that_every_increment_jumps_over_is_never_in_force() =>
        ShouldCost(Stepped(Step(0, "10", 60, 60), Step(30, "999", 1, 1), Step(60, "1", 60, 60)), 61_000, "11", 2);

    [Fact]
    public void A_step_may_begin_at_a_millisecond() =>
        ShouldCost(Stepped(Step(0, "1", 0.001m, 0.001m), Step(0.002m, "10", 0.001m, 0.001m)), 3, "12", 3);

    [Theory]
    [InlineData(0, "108")]
    [InlineData(181_000, "116")]
    public void The_connection_fee_is_charged_once_per_answered_call(long ms, string charge) =>
        (Flat("8", 180) with { ConnectionFee = Yen("100") }).Compile().PriceOf(0, ms).Charge.ToString().ShouldBe(charge);

    [Theory]
    [InlineData("down", 0, "3")]
    [InlineData("down", 2, "3.33")]
    [InlineData("up", 0, "4")]
    [InlineData("up", 2, "3.34")]
    [InlineData("half-up", 0, "3")]
    [InlineData("half-up", 6, "3.333333")]
    [InlineData("up", 6, "3.333334")]
    public void Rounding_makes_increments_without_a_finite_price_possible(string method, int decimals, string charge) =>
        Rounded("10", 3, 1, method, decimals).PriceOf(0, 1000).Charge.ToString().ShouldBe(charge);

    [Theory]
    [InlineData("down", "0.4", "0")]
    [InlineData("down", "0.9999", "0")]
    [InlineData("down", "1", "1")]
    [InlineData("up", "0.0001", "1")]
    [InlineData("up", "1", "1")]
    [InlineData("up", "1.0001", "2")]
    [InlineData("half-up", "0.4999", "0")]
    [InlineData("half-up", "0.5", "1")]
    [InlineData("half-up", "1.5", "2")]
    [InlineData("half-up", "2.5", "3")]
    [InlineData("half-up", "2.4999", "2")]
    [InlineData("half-up", "0", "0")]
    public void Rounding_has_its_boundary_where_its_name_says(string method, string price, string charge) =>
        Rounded(price, 60, 60, method, 0).PriceOf(0, 1000).Charge.ToString().ShouldBe(charge);

    [Theory]
    [InlineData("down", "3")]
    [InlineData("half-up", "3")]
    [InlineData("up", "3")]
    public void A_call_is_rounded_once_and_not_per_increment(string method, string charge) =>
        Rounded("1", 3, 1, method, 0).PriceOf(0, 9000).Charge.ToString().ShouldBe(charge);

    [Fact]
    public void Halves_of_thirds_are_exact()
    {
        Rounded("1.5", 3, 1, "half-up", 0).PriceOf(0, 1000).Charge.ToString().ShouldBe("1");
        Rounded("1.4999", 3, 1, "half-up", 0).PriceOf(0, 1000).Charge.ToString().ShouldBe("0");
        Rounded("1", 7, 1, "half-up", 0).PriceOf(0, 3000).Charge.ToString().ShouldBe("0");
        Rounded("1", 7, 1, "half-up", 0).PriceOf(0, 4000).Charge.ToString().ShouldBe("1");
    }

    [Theory]
    [InlineData("0.5", "half-up", "1")]
    [InlineData("0.4999", "half-up", "0")]
    [InlineData("0.0001", "up", "1")]
    [InlineData("1", "up", "1")]
    [InlineData("0.9999", "down", "0")]
    [InlineData("123456789012.5", "half-up", "123456789013")]
    public void Fractions_too_fine_for_128_bits_are_rounded_at_the_same_boundary(string price, string method, string charge)
    {
        decimal[] units = [999.983m, 15_485.863m, 104.729m, 7.919m, 99.991m, 0.997m];
        var plan = Stepped([Step(0, price, 60, 60), .. units.Select((unit, i) => Step(1000 + i, "1", unit, 1))]);

        (plan with { Rounding = Round(MethodOf(method), 0) }).Compile().PriceOf(0, 60_000).Charge.ToString().ShouldBe(charge);
    }

    [Fact]
    public void The_connection_fee_is_rounded_with_the_call() =>
        (Flat("0.25", 60) with { ConnectionFee = Yen("0.25"), Rounding = Round(RoundingMethod.HalfUp, 0) }).Compile().PriceOf(0, 1).Charge.ToString().ShouldBe("1");

    [Theory]
    [InlineData(null, null, "8")]
    [InlineData("8", null, "8")]
    [InlineData("8.0001", null, "8.0001")]
    [InlineData(null, "8", "8")]
    [InlineData(null, "7.9999", "7.9999")]
    [InlineData("10", "9", "9")]
    [InlineData("0", "0", "0")]
    [InlineData("3", "12", "8")]
    public void The_minimum_comes_before_the_maximum(string? minimum, string? maximum, string charge) =>
        (Flat("8", 180) with { MinCharge = YenOrNone(minimum), MaxCharge = YenOrNone(maximum) }).Compile().PriceOf(0, 1).Charge.ToString().ShouldBe(charge);

    [Fact]
    public void Minimum_and_maximum_come_after_rounding()
    {
        (Flat("8.5", 180) with { MinCharge = Yen("8.6"), Rounding = Round(RoundingMethod.Down, 0) }).Compile().PriceOf(0, 1).Charge.ToString().ShouldBe("8.6");
        (Flat("8.5", 180) with { MaxCharge = Yen("8.6"), Rounding = Round(RoundingMethod.Up, 0) }).Compile().PriceOf(0, 1).Charge.ToString().ShouldBe("8.6");
    }

    [Fact]
    public void R71_no_free_minutes_and_no_discount_apply_however_long_the_month()
    {
        var calls = Enumerable.Range(0, 200).Select(i => new CallRecord { RecordId = $"r{i}", Seconds = 180 }).ToArray();

        World.Standard.Usage("C-BIZ", "2026-10", calls).Lines.Single().Sum.ToString().ShouldBe("1600");
    }

    private static PricePlan Rounded(string price, decimal unit, decimal increment, string method, int decimals) =>
        (Flat(price, unit, increment) with
        {
            Rounding = Round(MethodOf(method), decimals),
        }).Compile();

    private static RoundingMethod MethodOf(string word) => word switch { "up" => RoundingMethod.Up, "down" => RoundingMethod.Down, _ => RoundingMethod.HalfUp };

    private static void ShouldCost(PricePlanDocument plan, long ms, string charge, long units)
    {
        var price = plan.Compile().PriceOf(CallRecord.Ms("2026-10-05T10:00:00"), ms);

        (price.Charge.ToString(), price.Units).ShouldBe((charge, units));
    }
}
