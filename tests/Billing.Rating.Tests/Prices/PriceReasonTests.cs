using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Reasoning;
using Billing.Rating.Tariffs;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>The reasoning of a price: row, runs of increments, connection fee, rounding, bounds and the disconnect tail.</summary>
public sealed class PriceReasonTests
{
    [Theory]
    [InlineData("2026-09-30T23:59:59", "a", "2026-04-01", "2026-10-01")]
    [InlineData("2026-10-01T00:00:00", "b", "2026-10-01", null)]
    public void The_tariff_version_is_shown_with_its_validity(string at, string version, string from, string? to)
    {
        var world = World.Standard with { Tariffs = [Version("a", "2026-04-01", "2026-10-01"), Version("b", "2026-10-01")] };

        world.Explain<TariffFigures>(new CallRecord { At = at }, "tariff").ShouldBe(new TariffFigures(
            "standard", version, new Validity(SampleContracts.Date(from), SampleContracts.DateOrOpen(to)), SampleContracts.Date(at[..10])));
    }

    [Fact]
    public void Without_a_tariff_version_there_is_none_to_show_and_no_price()
    {
        var steps = (World.Standard with { Tariffs = [Version("b", "2026-11-01")] }).Explain(new CallRecord());

        steps[^2].Figures.ShouldBe(new TariffFigures(null, null, null, SampleContracts.Date("2026-10-05")));
        steps[^1].Figures.ShouldBe(new SuspendedFigures("no-price"));
    }

    [Theory]
    [InlineData("05010001234", 5, "kddi", "paid-050", "kddi", null)]
    [InlineData("05011001234", 4, "paid", "paid-050", null, null)]
    [InlineData("01012125550100", 7, "usa", "international", null, "1")]
    [InlineData("010441234567", 6, "world", "international", null, null)]
    public void The_row_is_shown_with_what_it_names(string called, int row, string plan, string callClass, string? carrier, string? prefix) =>
        World.Standard.Explain<PriceRowFigures>(new CallRecord { Called = called }, "price-row").ShouldBe(new PriceRowFigures(row, plan, callClass, carrier, prefix, null, null));

    [Theory]
    [InlineData(180, "0+3")]
    [InlineData(180.001, "0+3 180+1")]
    [InlineData(240, "0+3 180+10")]
    public void Each_run_of_equal_increments_is_one_step(double seconds, string runs)
    {
        var world = Fixed(Stepped(Step(0, "10", 60, 60), Step(180, "1", 60, 6)));

        Runs(world.Explain(new CallRecord { Seconds = (decimal)seconds })).ShouldBe(runs);
    }

    [Theory]
    [InlineData("2026-10-05T18:58:00", 120, "00:00/2")]
    [InlineData("2026-10-05T18:58:00", 120.001, "00:00/2 19:00/1")]
    [InlineData("2026-10-05T18:59:59.999", 60, "00:00/1")]
    [InlineData("2026-10-05T19:00:00", 60, "19:00/1")]
    public void A_run_names_its_period_on_both_sides_of_the_edge(string at, double seconds, string runs)
    {
        var world = Fixed(InPeriods(Period(EveryDay, "00:00", Step(0, "10", 60, 60)), Period(EveryDay, "19:00", Step(0, "5", 60, 60))));

        var steps = world.Explain(new CallRecord { At = at, Seconds = (decimal)seconds }).Select(step => step.Figures).OfType<IncrementsFigures>().ToList();

        string.Join(' ', steps.Select(run => $"{run.Period.From}/{run.Increments}")).ShouldBe(runs);
        steps.ShouldAllBe(run => run.Period.Days!.SequenceEqual(EveryDay));
    }

    [Fact]
    public void A_run_carries_its_step_and_its_exact_amount()
    {
        var world = Fixed(Stepped(Step(0, "10", 3, 1)) with { Rounding = Round(RoundingMethod.Up, 0) });

        world.Explain<IncrementsFigures>(new CallRecord { Seconds = 2 }, "increments").ShouldBe(new IncrementsFigures(
            new Seconds(0), new PeriodFigures(null, null), new StepFigures(new Seconds(0), Yen("10"), new Seconds(3000), new Seconds(1000)), 2, ExactYen.Of(20, 3)));
        world.Explain<IncrementsFigures>(new CallRecord { Seconds = 2 }, "increments").Amount.ToString().ShouldBe("20/3");
    }

    [Fact]
    public void The_connection_fee_is_shown_only_where_there_is_one()
    {
        var world = Fixed(Flat("8", 180) with { ConnectionFee = Yen("5") });

        world.Explain<ConnectionFeeFigures>(new CallRecord(), "connection-fee").Fee.ShouldBe(Yen("5"));
        world.Explain<SumFigures>(new CallRecord(), "sum").ShouldBe(new SumFigures(ExactYen.Of(13, 1), 1));
        World.Standard.Explain(new CallRecord()).ShouldNotContain(step => step.Step == "connection-fee");
    }

    [Theory]
    [InlineData(RoundingMethod.Up, "4")]
    [InlineData(RoundingMethod.Down, "3")]
    [InlineData(RoundingMethod.HalfUp, "3")]
    public void Rounding_is_shown_with_what_it_was_and_became(RoundingMethod method, string after) =>
        Fixed(Stepped(Step(0, "10", 3, 1)) with { Rounding = Round(method, 0) }).Explain<RoundingFigures>(new CallRecord { Seconds = 1 }, "rounding")
            .ShouldBe(new RoundingFigures(method, 0, ExactYen.Of(10, 3), Yen(after)));

    [Fact]
    public void A_plan_that_does_not_round_shows_no_rounding() =>
        World.Standard.Explain(new CallRecord()).ShouldNotContain(step => step.Step == "rounding");

    [Theory]
    [InlineData("7.9", "8", "8")]
    [InlineData("8", "8", "8")]
    [InlineData("8.1", "8", "8.1")]
    public void The_least_charge_is_shown_on_both_sides(string minimum, string before, string after) =>
        Fixed(Flat("8", 180) with { MinCharge = Yen(minimum) }).Explain<BoundFigures>(new CallRecord(), "min-charge")
            .ShouldBe(new BoundFigures(Yen(minimum), Yen(before), Yen(after)));

    [Theory]
    [InlineData("7.9", "7.9")]
    [InlineData("8", "8")]
    [InlineData("8.1", "8")]
    public void The_greatest_charge_is_shown_on_both_sides(string maximum, string after) =>
        Fixed(Flat("8", 180) with { MaxCharge = Yen(maximum) }).Explain<BoundFigures>(new CallRecord(), "max-charge")
            .ShouldBe(new BoundFigures(Yen(maximum), Yen("8"), Yen(after)));

    [Theory]
    [InlineData(270, "mobile-interrupt", "R73", 170, 270, false)]
    [InlineData(270.001, "mobile-interrupt", "R73", 170, 270, true)]
    [InlineData(400, "app-interrupt", "R74", 300, 400, false)]
    public void R73_R74_the_tail_is_shown_up_to_its_limit_and_beyond(double seconds, string cause, string rule, int tail, int charged, bool over)
    {
        var steps = World.Standard.Explain(new CallRecord { Seconds = (decimal)seconds, SpeechLostAfter = 100, EndCause = cause });
        var step = steps.Single(step => step.Step == "disconnect-charge");
        var figures = step.Figures.ShouldBeOfType<TailFigures>();

        (step.Rule, figures.Tail, figures.ChargeWithoutTail + figures.TailCharge).ShouldBe((rule, new Seconds(tail * 1000), figures.Charge));
        steps.Select(candidate => candidate.Figures).OfType<ChargeableTimeFigures>().Single().Chargeable.ShouldBe(new Seconds(charged * 1000));
        steps.Any(candidate => candidate.Step == "tail-over-limit").ShouldBe(over);
    }

    [Fact]
    public void R73_what_is_not_charged_of_a_long_tail_is_told() =>
        World.Standard.Explain<TailOverLimitFigures>(new CallRecord { Seconds = 300, SpeechLostAfter = 100, EndCause = "mobile-interrupt" }, "tail-over-limit")
            .ShouldBe(new TailOverLimitFigures(new Seconds(200_000), new Seconds(170_000), new Seconds(30_000), "mobile-interrupt"));

    private static World Fixed(PricePlanDocument plan) => World.Standard with { Tariffs = [Standard.With("fixed", plan)] };

    private static string Runs(IEnumerable<ReasoningStep> steps) =>
        string.Join(' ', steps.Select(step => step.Figures).OfType<IncrementsFigures>().Select(run => $"{run.Elapsed}+{run.Increments}"));
}
