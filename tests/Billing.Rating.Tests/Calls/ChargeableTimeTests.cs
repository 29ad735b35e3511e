namespace Billing.Rating.Tests;

/// <summary>Chargeable time and the disconnect charge (rating rules, section 5).</summary>
public sealed class ChargeableTimeTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.001)]
    [InlineData(60)]
    [InlineData(86_400)]
    public void R61_time_is_charged_from_the_answer_to_the_end(double seconds)
    {
        var rated = World.Standard.Rate(new CallRecord { Seconds = (decimal)seconds, Rings = 12 });

        rated.Outcome.ShouldBe("rated");
        rated.ChargeableMs.ShouldBe((long)(seconds * 1000));
        rated.TailMs.ShouldBeNull();
        rated.TailCharge.ShouldBeNull();
    }

    [Theory]
    [InlineData(169.999, 169_999, false)]
    [InlineData(170, 170_000, false)]
    [InlineData(170.001, 170_000, true)]
    [InlineData(400, 170_000, true)]
    public void R73_disconnect_tail_is_charged_up_to_170_seconds(double tail, long charged, bool overLimit)
    {
        var rated = World.Standard.Rate(Interrupted("mobile-interrupt", spoken: 60, tail: (decimal)tail));

        rated.TailMs.ShouldBe(charged);
        rated.ChargeableMs.ShouldBe(60_000 + charged);
        rated.TailOverLimit.ShouldBe(overLimit);
    }

    [Theory]
    [InlineData("normal")]
    [InlineData("app-interrupt")]
    [InlineData("network")]
    [InlineData("")]
    public void R74_without_a_limit_for_the_cause_the_whole_tail_is_charged(string cause)
    {
        var rated = World.Standard.Rate(Interrupted(cause, spoken: 60, tail: 1000));

        rated.TailMs.ShouldBe(1_000_000);
        rated.ChargeableMs.ShouldBe(1_060_000);
        rated.TailOverLimit.ShouldBeFalse();
    }

    [Theory]
    [InlineData("app-interrupt", 30)]
    [InlineData("normal", 0)]
    [InlineData("network", 0.5)]
    public void R74_a_tariff_may_limit_the_tail_of_any_cause(string cause, double limit)
    {
        var tariff = SampleTariff.Standard with { InterruptTailLimitSeconds = new Dictionary<string, decimal?> { [cause] = (decimal)limit } };
        var world = World.Standard with { Tariffs = [tariff] };

        var rated = world.Rate(Interrupted(cause, spoken: 60, tail: 31));

        rated.TailMs.ShouldBe((long)(limit * 1000));
        rated.TailOverLimit.ShouldBeTrue();
    }

    [Fact]
    public void R73_an_absent_table_of_limits_limits_nothing()
    {
        var world = World.Standard with { Tariffs = [SampleTariff.Standard with { InterruptTailLimitSeconds = null }] };

        world.Rate(Interrupted("mobile-interrupt", 60, 500)).ChargeableMs.ShouldBe(560_000);
    }

    [Theory]
    [InlineData(179, 1, "8", "0")]
    [InlineData(180, 0.001, "16", "8")]
    [InlineData(170, 170, "16", "8")]
    [InlineData(10, 170, "8", "0")]
    [InlineData(0, 170, "8", "0")]
    [InlineData(190, 170, "16", "0")]
    [InlineData(190, 170.001, "16", "0")]
    public void R73_the_tail_charge_is_what_the_tail_added_to_the_price(double spoken, double tail, string charge, string tailCharge)
    {
        var rated = World.Standard.Rate(Interrupted("mobile-interrupt", (decimal)spoken, (decimal)tail));

        rated.Charge.ShouldBe(charge);
        rated.TailCharge.ShouldBe(tailCharge);
    }

    [Fact]
    public void R73_a_tail_of_170_seconds_adds_at_most_3_units_of_60_seconds()
    {
        var rated = World.Standard.Rate(Interrupted("mobile-interrupt", 60, 170) with { Called = "09012345678" });

        rated.Units.ShouldBe(4);
        rated.TailCharge.ShouldBe("48");
    }

    [Fact]
    public void R73_speech_lost_at_the_very_end_is_a_tail_of_0_ms()
    {
        var rated = World.Standard.Rate(Interrupted("mobile-interrupt", 60, 0));

        rated.TailMs.ShouldBe(0);
        rated.TailCharge.ShouldBe("0");
    }

    [Fact]
    public void R73_the_longest_tail_still_begins_at_the_loss_of_speech_with_a_limit_of_0()
    {
        var world = World.Standard with
        {
            Tariffs = [SampleTariff.Standard with { InterruptTailLimitSeconds = new Dictionary<string, decimal?> { ["mobile-interrupt"] = 0 } }],
        };

        world.Rate(Interrupted("mobile-interrupt", 60, 0)).TailOverLimit.ShouldBeFalse();
        var surplus = world.Rate(Interrupted("mobile-interrupt", 60, 0.001m));
        surplus.TailMs.ShouldBe(0);
        surplus.TailOverLimit.ShouldBeTrue();
    }

    [Fact]
    public void R73_a_minimum_charge_hides_the_tail_in_both_prices()
    {
        var world = World.Standard with { Tariffs = [SampleTariff.Standard.With("fixed", SampleTariff.Flat("8", 180) with { MinCharge = SampleTariff.Yen("20") })] };

        var rated = world.Rate(Interrupted("mobile-interrupt", 100, 170));

        rated.Charge.ShouldBe("20");
        rated.TailCharge.ShouldBe("0");
    }

    [Fact]
    public void R63_silence_shortens_nothing()
    {
        World.Standard.Rate(new CallRecord { Seconds = 360, EndCause = "network" }).Charge.ShouldBe("16");
    }

    [Fact]
    public void R64_a_dropped_and_redialled_call_is_two_calls_each_rounded_up()
    {
        var usage = World.Standard.Usage(
            "C-BIZ",
            "2026-10",
            new CallRecord { Seconds = 10 },
            new CallRecord { RecordId = "r2", At = "2026-10-05T10:00:11", Seconds = 10 });

        usage.Calls.ShouldBe(2);
        usage.Lines.Single().Amount.ToString().ShouldBe("16");
    }

    private static CallRecord Interrupted(string cause, decimal spoken, decimal tail) =>
        new() { EndCause = cause, SpeechLostAfter = spoken, Seconds = spoken + tail };
}
