using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Tariffs;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>What refuses a tariff, with the path of the fault (rating rules, section 6; documents).</summary>
public sealed class TariffRefusalTests
{
    private const string Plan = "$.tariffs[0].plans.plan";

    public static TheoryData<string, string> Amounts => new()
    {
        { "-1", "an amount is 0 or more" },
        { "-0.0001", "an amount is 0 or more" },
        { "0.00001", "a price has at most 4 decimals" },
        { "1.23456", "a price has at most 4 decimals" },
    };

    [Theory]
    [MemberData(nameof(Amounts))]
    public void No_amount_is_negative_or_has_more_than_4_decimals(string amount, string reason)
    {
        var fee = Yen(amount);
        ShouldRefuse(With(Flat(amount, 60)), $"{Plan}.steps[0].price", reason);
        ShouldRefuse(With(Flat("1", 60) with { ConnectionFee = fee }), $"{Plan}.connectionFee", reason);
        ShouldRefuse(With(Flat("1", 60) with { MinCharge = fee }), $"{Plan}.minCharge", reason);
        ShouldRefuse(With(Flat("1", 60) with { MaxCharge = fee }), $"{Plan}.maxCharge", reason);
        ShouldRefuse(With(InPeriods(Period(EveryDay, "00:00", Step(0, "1", 60, 60)) with { ConnectionFee = fee })), $"{Plan}.periods[0].connectionFee", reason);
        ShouldRefuse(With(InPeriods(Period(EveryDay, "00:00", Step(0, amount, 60, 60)))), $"{Plan}.periods[0].steps[0].price", reason);
        ShouldRefuse(Standard with { Monthly = new() { Biz = new() { Base = fee } } }, "$.tariffs[0].monthly.biz.base", reason);
        ShouldRefuse(Standard with { Monthly = new() { WMode = new() { Base = fee } } }, "$.tariffs[0].monthly.w-mode.base", reason);
        ShouldRefuse(Standard with { Monthly = new() { BillingStation = fee } }, "$.tariffs[0].monthly.billing-station", reason);
        ShouldRefuse(Standard with { Monthly = new() { Options = new Dictionary<string, Yen> { ["x"] = fee } } }, "$.tariffs[0].monthly.options.x", reason);
        ShouldRefuse(Standard with { Statutory = [Statutory("u", "2026-01", null, amount)] }, "$.tariffs[0].statutory[0].amount", reason);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0.0001")]
    [InlineData("1.0000000")]
    [InlineData("123456789012")]
    public void An_amount_may_be_0_and_have_4_decimals(string amount) => ShouldAccept(With(Flat(amount, 60)));

    [Fact]
    public void A_plan_has_either_steps_or_periods()
    {
        ShouldRefuse(With(new PricePlanDocument()), Plan, "a plan has either steps or periods");
        ShouldRefuse(With(Flat("1", 60) with { Periods = [Period(EveryDay, "00:00", Step(0, "1", 60, 60))] }), Plan, "a plan has either steps or periods");
    }

    [Fact]
    public void Steps_have_one_that_begins_at_0_and_no_two_that_begin_together()
    {
        ShouldRefuse(With(Stepped()), $"{Plan}.steps", "no step begins at 0 seconds");
        ShouldRefuse(With(Stepped(Step(1, "1", 60, 60))), $"{Plan}.steps", "no step begins at 0 seconds");
        ShouldRefuse(With(Stepped(Step(0, "1", 60, 60), Step(0.000m, "2", 60, 60))), $"{Plan}.steps[1].fromSeconds", "another step begins at the same second");
        ShouldRefuse(With(InPeriods(Period(EveryDay, "00:00"))), $"{Plan}.periods[0].steps", "no step begins at 0 seconds");
    }

    [Theory]
    [InlineData(0, 0, 60, "unitSeconds")]
    [InlineData(0, -1, 60, "unitSeconds")]
    [InlineData(0, 60, 0, "incrementSeconds")]
    [InlineData(0, 60, 0.0001, "incrementSeconds")]
    [InlineData(0, 60, 1.0005, "incrementSeconds")]
    [InlineData(0, 0.0009, 1, "unitSeconds")]
    [InlineData(-1, 60, 60, "fromSeconds")]
    [InlineData(0.0001, 60, 60, "fromSeconds")]
    public void Seconds_are_above_0_and_have_up_to_3_decimals(double from, double unit, double increment, string member) =>
        ShouldRefuse(With(Stepped(Step((decimal)from, "1", (decimal)unit, (decimal)increment))), $"{Plan}.steps[0].{member}");

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(6, true)]
    [InlineData(7, false)]
    public void Rounding_has_0_to_6_decimals(int decimals, bool accepted)
    {
        var tariff = With(Flat("1", 3, 1) with { Rounding = Round(RoundingMethod.Up, decimals) });
        if (accepted)
        {
            ShouldAccept(tariff);
        }
        else
        {
            ShouldRefuse(tariff, $"{Plan}.rounding.decimals", "0 to 6 decimals");
        }
    }

    [Theory]
    [InlineData("1", 3, 1, false)]
    [InlineData("3", 3, 1, true)]
    [InlineData("0.0003", 3, 1, true)]
    [InlineData("1", 3, 3, true)]
    [InlineData("1", 7, 7.001, false)]
    [InlineData("0", 7, 1, true)]
    [InlineData("1", 64, 1, true)]
    [InlineData("1", 60, 1, false)]
    [InlineData("6", 60, 1, true)]
    public void A_plan_without_rounding_has_only_increments_of_a_finite_price(string price, double unit, double increment, bool accepted)
    {
        var tariff = With(Flat(price, (decimal)unit, (decimal)increment));
        if (accepted)
        {
            ShouldAccept(tariff);
        }
        else
        {
            ShouldRefuse(tariff, Plan);
            ShouldAccept(With(tariff.Plans["plan"] with { Rounding = Round(RoundingMethod.Down, 0) }));
        }
    }

    [Fact]
    public void Every_step_of_every_period_must_have_a_finite_price_where_nothing_is_rounded() =>
        ShouldRefuse(With(InPeriods(Period(EveryDay, "00:00", Step(0, "1", 60, 60)), Period(EveryDay, "12:00", Step(0, "1", 60, 60), Step(60, "1", 60, 1)))), Plan);

    [Theory]
    [InlineData("mon")]
    [InlineData("thu")]
    [InlineData("sun")]
    public void Every_day_of_the_week_has_a_period_from_00_00(string day)
    {
        var others = EveryDay.Where(name => name != day).ToList();

        ShouldRefuse(With(InPeriods(Period(others, "00:00", Step(0, "1", 60, 60)))), $"{Plan}.periods", $"no period holds {day} from 00:00");
        ShouldRefuse(
            With(InPeriods(Period(others, "00:00", Step(0, "1", 60, 60)), Period([day], "00:01", Step(0, "1", 60, 60)))),
            $"{Plan}.periods",
            $"no period holds {day} from 00:00");
    }

    [Fact]
    public void A_holiday_that_is_named_has_a_period_from_00_00()
    {
        ShouldAccept(With(InPeriods(Period(EveryDay, "00:00", Step(0, "1", 60, 60)))));
        ShouldRefuse(
            With(InPeriods(Period(EveryDay, "00:00", Step(0, "1", 60, 60)), Period(["holiday"], "08:00", Step(0, "1", 60, 60)))),
            $"{Plan}.periods",
            "no period holds holiday from 00:00");
    }

    [Fact]
    public void No_two_periods_share_a_day_and_a_time()
    {
        ShouldRefuse(
            With(InPeriods(Period(EveryDay, "00:00", Step(0, "1", 60, 60)), Period(["wed", "sat"], "00:00", Step(0, "1", 60, 60)))),
            $"{Plan}.periods[1].days[0]");
        ShouldRefuse(With(InPeriods(Period([.. EveryDay, "mon"], "00:00", Step(0, "1", 60, 60)))), $"{Plan}.periods[0].days[7]");
    }

    [Theory]
    [InlineData("monday")]
    [InlineData("Mon")]
    [InlineData("")]
    public void A_day_is_one_of_its_words(string day) =>
        ShouldRefuse(With(InPeriods(Period([.. EveryDay, day], "00:00", Step(0, "1", 60, 60)))), $"{Plan}.periods[0].days[7]");

    [Theory]
    [InlineData("24:00")]
    [InlineData("8:00")]
    [InlineData("08:60")]
    [InlineData("0800")]
    [InlineData("")]
    [InlineData(" 08:00")]
    public void A_period_begins_at_a_time_of_day(string from) =>
        ShouldRefuse(With(InPeriods(Period(EveryDay, "00:00", Step(0, "1", 60, 60)), Period(["mon"], from, Step(0, "1", 60, 60)))), $"{Plan}.periods[1].from");

    [Fact]
    public void A_tariff_is_refused_for_its_first_fault_in_any_version() =>
        ShouldRefuse([Version("a", "2026-04-01", "2026-05-01"), Version("b", "2026-05-01").With("plan", new())], "$.tariffs[1].plans.plan");

    private static TariffDocument With(PricePlanDocument plan) => Standard.With("plan", plan);

    private static void ShouldAccept(TariffDocument tariff) => Book(tariff).Versions.Count.ShouldBe(1);

    private static void ShouldRefuse(TariffDocument tariff, string path, string? reason = null) => ShouldRefuse([tariff], path, reason);

    private static void ShouldRefuse(IReadOnlyList<TariffDocument> tariffs, string path, string? reason = null)
    {
        var (book, fault) = TariffBook.Compile(new TariffsDocument { Tariffs = tariffs });

        book.ShouldBeNull();
        fault.ShouldNotBeNull().Path.ShouldBe(path);
        fault.Reason.ShouldBe(reason ?? fault.Reason);
    }
}
