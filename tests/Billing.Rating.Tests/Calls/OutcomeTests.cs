namespace Billing.Rating.Tests;

/// <summary>What becomes of a readable record (rating rules, section 2).</summary>
public sealed class OutcomeTests
{
    [Fact]
    public void An_answered_call_is_rated_with_everything_that_explains_its_charge()
    {
        World.Standard.Rate(new CallRecord { Called = "0033-03-1234-5678", Seconds = 181, SpeechLostAfter = 100, EndCause = "mobile-interrupt" })
            .ShouldBe(new Rated
            {
                Outcome = "rated",
                Reason = "",
                Contract = "C-BIZ",
                Number = "05033000001",
                Class = "fixed",
                Carrier = "",
                Destination = "0312345678",
                StrippedPrefix = "0033",
                TaxCategory = "S",
                Month = "2026-10",
                ChargeableMs = 181_000,
                Units = 2,
                Charge = "16",
                TailMs = 81_000,
                TailCharge = "8",
                TailOverLimit = false,
                TariffVersion = "2026-04",
            });
    }

    [Theory]
    [InlineData("call")]
    [InlineData("forward")]
    [InlineData("extension")]
    public void An_unanswered_record_is_recorded_with_charge_0_whatever_it_called(string kind)
    {
        var rated = World.Standard.Rate(new CallRecord { Kind = kind, Unanswered = true, Called = "110", ForwardedBy = SampleContracts.BizNumber });

        rated.Outcome.ShouldBe("unanswered");
        rated.Reason.ShouldBe("");
        (rated.Contract, rated.Number, rated.Month).ShouldBe(("C-BIZ", SampleContracts.BizNumber, "2026-10"));
        (rated.ChargeableMs, rated.Units, rated.Charge).ShouldBe((0, 0, "0"));
        (rated.Class, rated.Destination, rated.TariffVersion).ShouldBe(("", "", ""));
    }

    [Fact]
    public void An_unanswered_record_of_a_pair_belongs_to_its_050_number()
    {
        var rated = World.Standard.Rate(CallRecord.Mobile with { Unanswered = true });

        (rated.Contract, rated.Number).ShouldBe(("C-WMODE", SampleContracts.WModeNumber));
    }

    [Fact]
    public void An_unanswered_record_of_a_number_that_nobody_holds_has_no_contract()
    {
        var rated = World.Standard.Rate(new CallRecord { Unanswered = true, Calling = "05099999999" });

        (rated.Outcome, rated.Contract, rated.Number, rated.Month).ShouldBe(("unanswered", "", "", "2026-10"));
    }

    [Fact]
    public void An_unanswered_record_is_tested_for_nothing_else()
    {
        var hopeless = CallRecord.Mobile with
        {
            Unanswered = true,
            Seconds = 100_000,
            Presented = "05000000000",
            Device = "pc",
            Origin = "US",
            Called = "#",
        };

        World.Standard.Rate(hopeless).Outcome.ShouldBe("unanswered");
        World.Standard.Rate(hopeless with { Calling = SampleContracts.BizNumber }).Outcome.ShouldBe("unanswered");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void R62_an_sms_is_suspended_answered_or_not(bool unanswered)
    {
        var rated = World.Standard.Rate(CallRecord.Sms with { Unanswered = unanswered });

        rated.Outcome.ShouldBe("suspended");
        rated.Reason.ShouldBe("sms-not-offered");
    }

    [Fact]
    public void A_suspended_record_carries_its_reason_and_nothing_that_could_be_charged()
    {
        var rated = World.Standard.Rate(new CallRecord { Called = "003301701234", Seconds = 500 });

        (rated.Outcome, rated.Reason).ShouldBe(("suspended", "service-number-barred"));
        (rated.Contract, rated.Number, rated.Class, rated.Destination, rated.StrippedPrefix, rated.Month).ShouldBe(("", "", "", "", "", ""));
        (rated.ChargeableMs, rated.Units, rated.Charge, rated.TariffVersion).ShouldBe((0, 0, "0", ""));
    }

    [Theory]
    [InlineData("free-dial", "0120123456")]
    [InlineData("on-net-050", "05033001234")]
    [InlineData("partner-050", "05052001234")]
    public void R29_a_free_call_is_rated_and_counted_with_charge_0(string expected, string called)
    {
        var rated = World.Standard.Rate(new CallRecord { Called = called, Seconds = 600 });

        (rated.Outcome, rated.Class, rated.Charge, rated.Units).ShouldBe(("rated", expected, "0", 10));
    }

    [Theory]
    [InlineData("international", "010441234567", "G")]
    [InlineData("satellite", "010881612345678", "G")]
    [InlineData("fixed", "0312345678", "S")]
    [InlineData("mobile", "09012345678", "S")]
    [InlineData("paid-050", "05010001234", "S")]
    [InlineData("navi-dial", "0570123456", "S")]
    public void Section_8_only_calls_abroad_are_zero_rated(string expected, string called, string category)
    {
        var rated = World.Standard.Rate(new CallRecord { Called = called });

        (rated.Class, rated.TaxCategory).ShouldBe((expected, category));
    }

    [Fact]
    public void R60_overlapping_calls_of_one_number_are_each_charged()
    {
        var usage = World.Standard.Usage("C-BIZ", "2026-10", new CallRecord { RecordId = "a" }, new CallRecord { RecordId = "b" }, new CallRecord { RecordId = "c" });

        usage.Calls.ShouldBe(3);
    }

    [Theory]
    [InlineData("2026-10-31T23:59:59.999", "2026-10")]
    [InlineData("2026-11-01T00:00:00", "2026-11")]
    [InlineData("2027-01-01T00:00:00", "2027-01")]
    public void The_usage_month_is_the_Tokyo_month_of_the_answer(string at, string month)
    {
        World.Standard.Rate(new CallRecord { At = at, Rings = 5 }).Month.ShouldBe(month);
    }

    [Fact]
    public void The_usage_month_of_an_unanswered_record_is_that_of_its_start()
    {
        World.Standard.Rate(new CallRecord { Unanswered = true, At = "2026-11-01T00:00:01", Rings = 2 }).Month.ShouldBe("2026-10");
    }

    [Fact]
    public void A_result_can_be_reused_without_leaving_traces_of_the_call_before()
    {
        var rater = World.Standard.Rater();
        var call = default(Billing.Rating.Calls.RatedCall);
        var parser = World.Csv();
        rater.Rate(parser.Parse(new CallRecord { Called = "0033010441234567", SpeechLostAfter = 1 }.CsvUtf8).Facts, ref call);

        rater.Rate(parser.Parse(new CallRecord { Called = "09012345678" }.CsvUtf8).Facts, ref call);

        Rated.Of(call).ShouldBe(World.Standard.Rate(new CallRecord { Called = "09012345678" }));
    }
}
