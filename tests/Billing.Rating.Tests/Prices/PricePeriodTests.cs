using Billing.Contracts.Documents;
using Billing.Rating.Tariffs;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>Periods of the day and week, holidays and calls across their edges (rating rules, section 6).</summary>
public sealed class PricePeriodTests
{
    private static readonly IReadOnlyList<string> Weekdays = ["mon", "tue", "wed", "thu", "fri"];
    private static readonly IReadOnlyList<string> Weekend = ["sat", "sun"];

    /// <summary>Weekdays 10 yen from 08:00 and 5 from 19:00, weekends 3, holidays 2; per minute.</summary>
    private static readonly PricePlanDocument DayAndNight = InPeriods(
        Period(Weekdays, "08:00", Step(0, "10", 60, 60)),
        Period(Weekdays, "00:00", Step(0, "5", 60, 60)),
        Period(Weekdays, "19:00", Step(0, "5", 60, 60)),
        Period(Weekend, "00:00", Step(0, "3", 60, 60)),
        Period(["holiday"], "00:00", Step(0, "2", 60, 60)));

    private static readonly PricePlan Plan = DayAndNight.Compile("2026-11-03", "2026-11-23");

    [Theory]
    [InlineData("2026-10-05T07:59:59.999", "5")]
    [InlineData("2026-10-05T08:00:00", "10")]
    [InlineData("2026-10-05T18:59:59.999", "10")]
    [InlineData("2026-10-05T19:00:00", "5")]
    [InlineData("2026-10-09T23:59:59.999", "5")]
    [InlineData("2026-10-10T00:00:00", "3")]
    [InlineData("2026-10-11T23:59:59.999", "3")]
    [InlineData("2026-10-12T00:00:00", "5")]
    [InlineData("2026-10-12T08:00:00", "10")]
    public void The_period_in_force_is_the_latest_begun_on_that_Tokyo_day(string at, string charge) => ShouldCost(at, 1, charge, 1);

    [Theory]
    [InlineData("2026-11-02T23:59:59.999", "5")]
    [InlineData("2026-11-03T00:00:00", "2")]
    [InlineData("2026-11-03T12:00:00", "2")]
    [InlineData("2026-11-03T23:59:59.999", "2")]
    [InlineData("2026-11-04T00:00:00", "5")]
    public void A_holiday_is_a_holiday_and_nothing_else(string at, string charge) => ShouldCost(at, 1, charge, 1);

    [Fact]
    public void A_plan_that_names_no_holiday_knows_none()
    {
        var plan = InPeriods(Period(Weekdays, "00:00", Step(0, "10", 60, 60)), Period(Weekend, "00:00", Step(0, "3", 60, 60))).Compile("2026-11-03");

        plan.PriceOf(CallRecord.Ms("2026-11-03T12:00:00"), 1).Charge.ToString().ShouldBe("10");
    }

    [Fact]
    public void A_holiday_of_another_version_is_none()
    {
        var world = World.Standard with
        {
            Tariffs =
            [
                Version("a", "2026-04-01", "2026-11-01").With("fixed", DayAndNight) with { Holidays = [SampleContracts.Date("2026-11-03"), SampleContracts.Date("2026-10-06")] },
                Version("b", "2026-11-01").With("fixed", DayAndNight),
            ],
        };

        world.Rate(new CallRecord { At = "2026-10-06T12:00:00" }).Charge.ShouldBe("2");
        world.Rate(new CallRecord { At = "2026-11-03T12:00:00" }).Charge.ShouldBe("10");
    }

    [Theory]
    [InlineData("2026-10-05T18:58:00", 120_000, "20", 2)]
    [InlineData("2026-10-05T18:58:00", 120_001, "25", 3)]
    [InlineData("2026-10-05T18:59:30", 60_001, "15", 2)]
    [InlineData("2026-10-05T18:59:59.999", 60_000, "10", 1)]
    [InlineData("2026-10-05T18:59:59.999", 60_001, "15", 2)]
    [InlineData("2026-10-05T07:59:00", 60_001, "15", 2)]
    public void An_increment_begun_before_the_edge_keeps_its_price(string at, long ms, string charge, long units) => ShouldCost(at, ms, charge, units);

    [Theory]
    [InlineData("2026-10-09T23:59:00", 120_000, "8", 2)]
    [InlineData("2026-10-11T23:59:00", 120_000, "8", 2)]
    [InlineData("2026-11-02T23:59:00", 120_000, "7", 2)]
    [InlineData("2026-11-03T23:58:00", 180_000, "9", 3)]
    [InlineData("2026-12-31T23:59:00", 120_000, "10", 2)]
    [InlineData("2028-02-28T23:59:00", 120_000, "10", 2)]
    [InlineData("2028-02-29T23:59:00", 120_000, "10", 2)]
    public void A_call_across_midnight_takes_the_prices_of_both_days(string at, long ms, string charge, long units) => ShouldCost(at, ms, charge, units);

    [Fact]
    public void A_day_of_24_hours_walks_every_period_once() =>
        ShouldCost("2026-10-05T08:00:00", 86_400_000, ((11 * 60 * 10) + (13 * 60 * 5)).ToString(System.Globalization.CultureInfo.InvariantCulture), 1440);

    [Fact]
    public void Steps_count_from_the_answer_and_periods_by_the_clock()
    {
        var plan = InPeriods(
            Period(EveryDay, "00:00", Step(0, "100", 60, 60), Step(120, "1", 60, 60)),
            Period(EveryDay, "12:00", Step(0, "200", 60, 60), Step(180, "2", 60, 60))).Compile();

        plan.PriceOf(CallRecord.Ms("2026-10-05T11:58:00"), 300_000).ShouldBe(new Price(Yen("404"), 5));
        plan.PriceOf(CallRecord.Ms("2026-10-05T23:57:00"), 300_000).ShouldBe(new Price(Yen("602"), 5));
    }

    [Theory]
    [InlineData("2026-10-05T11:59:59.999", "5", "6")]
    [InlineData("2026-10-05T12:00:00", "7", "8")]
    public void The_connection_fee_is_that_of_the_period_of_the_answer(string at, string fee, string charge)
    {
        var plan = InPeriods(
            Period(EveryDay, "00:00", Step(0, "1", 60, 60)),
            Period(EveryDay, "12:00", Step(0, "1", 60, 60)) with { ConnectionFee = Yen("7") }) with
        { ConnectionFee = Yen("5") };

        var price = plan.Compile().PriceOf(CallRecord.Ms(at), 60_000);

        price.Charge.ShouldBe(Yen(charge));
        (price.Charge - Yen("1")).ShouldBe(Yen(fee));
    }

    [Fact]
    public void A_period_may_set_the_connection_fee_to_0() =>
        (InPeriods(Period(EveryDay, "00:00", Step(0, "1", 60, 60)) with { ConnectionFee = Yen("0") }) with { ConnectionFee = Yen("5") })
            .Compile().PriceOf(0, 1).Charge.ShouldBe(Yen("1"));

    [Fact]
    public void A_period_that_is_shorter_than_an_increment_may_be_jumped_over()
    {
        var plan = InPeriods(
            Period(EveryDay, "00:00", Step(0, "10", 600, 600)),
            Period(EveryDay, "12:00", Step(0, "999", 1, 1)),
            Period(EveryDay, "12:05", Step(0, "1", 600, 600))).Compile();

        plan.PriceOf(CallRecord.Ms("2026-10-05T11:58:00"), 1_200_000).ShouldBe(new Price(Yen("11"), 2));
    }

    [Fact]
    public void Periods_of_one_day_and_their_order_in_the_tariff_do_not_matter()
    {
        var reversed = DayAndNight with { Periods = [.. DayAndNight.Periods!.Reverse()] };

        reversed.Compile("2026-11-03").PriceOf(CallRecord.Ms("2026-11-02T18:00:00"), 80_000_000)
            .ShouldBe(Plan.PriceOf(CallRecord.Ms("2026-11-02T18:00:00"), 80_000_000));
    }

    private static void ShouldCost(string at, long ms, string charge, long units) =>
        Plan.PriceOf(CallRecord.Ms(at), ms).ShouldBe(new Price(Yen(charge), units));
}
