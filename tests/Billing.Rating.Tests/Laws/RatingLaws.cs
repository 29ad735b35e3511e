using Billing.Rating.Calls;
using Billing.Rating.Records;
using CsCheck;
using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>Laws of rating one call: it is total, pure, explains itself with the same result, and allocates nothing.</summary>
public sealed class RatingLaws
{
    private static readonly Gen<CallRecord> AnyCall =
        from kind in Gen.OneOf("call", "call", "call", "forward", "extension", "sms")
        from mobile in Gen.Bool
        from calling in Gen.OneOf(BizNumber, WModeNumber, PairedMobile, "05099999999")
        from prefix in Gen.OneOf("", "", "", "184", "0033", "001", "+81", "010", "#")
        from called in Gen.OneOf<string>(Gen.Char["0123456789*#"].Array[1, 16].Select(chars => new string(chars)), Gen.OneOf("0312345678", "09012345678", "05033001234", "441234567", "0120123456"))
        from seconds in Gen.Int[0, 90_000_000]
        from lost in Gen.Int[0, 200]
        from device in Gen.OneOf("", "ios", "android", "pc", "feature-phone")
        from origin in Gen.OneOf("", "", "JP", "US")
        from cause in Gen.OneOf("", "normal", "mobile-interrupt", "app-interrupt", "network")
        from minute in Gen.Int[0, 59]
        select new CallRecord
        {
            Kind = kind,
            Mode = mobile && kind != "forward" ? "mobile" : "ip",
            Calling = calling,
            ForwardedBy = BizNumber,
            Called = prefix + called,
            Seconds = seconds / 1000m,
            SpeechLostAfter = lost < 100 && lost <= seconds / 1000 ? lost : null,
            Device = device,
            AppVersion = device.Length > 0 ? $"1.{minute}" : "",
            Origin = origin,
            EndCause = cause,
            At = $"2026-10-31T23:{minute:D2}:30",
            Unanswered = lost == 150,
        };

    [Fact]
    public void Every_readable_record_ends_in_one_outcome_and_the_same_one_again() =>
        Law.Holds(AnyCall, "0000EQj4QNy7", 1_500, record =>
        {
            var rated = World.Rate(Rater, record);

            rated.Outcome.ShouldBeOneOf("rated", "unanswered", "suspended");
            (rated.Reason.Length > 0).ShouldBe(rated.Outcome == "suspended");
            (rated.Class.Length > 0).ShouldBe(rated.Outcome == "rated");
            World.Rate(Rater, record).ShouldBe(rated);
        });

    [Fact]
    public void Explaining_a_call_gives_the_same_result_and_ends_with_it() =>
        Law.Holds(AnyCall, "0000000031a8", 1_500, record =>
        {
            var call = default(RatedCall);
            var steps = Rater.Explain(World.Csv().Parse(record.CsvUtf8).Facts, ref call);

            Rated.Of(call).ShouldBe(World.Rate(Rater, record));
            steps[^1].Step.ShouldBe(Rated.Of(call).Outcome switch { "rated" => "charge", "unanswered" => "unanswered", _ => "suspended" });
            steps.ShouldAllBe(step => step.Rule.Length > 0 && step.Step.Length > 0);
        });

    [Fact]
    public void Rating_a_call_allocates_nothing()
    {
        string[] called =
        [
            "0312345678", "09012345678", "05033001234", "05010001234", "0120123456", "0570123456", "010441234567", "01012025550100", "010881612345678",
            "1840033010441234567", "0011840312345678", "+81312345678", "110", "#31", "0990123456", "0000",
        ];
        CallRecord[] records = [.. called.Select(number => new CallRecord { Called = number, Seconds = 762.5m, SpeechLostAfter = 700, EndCause = "mobile-interrupt", Device = "ios", AppVersion = "1.10" }),
            CallRecord.Extension, CallRecord.Mobile, CallRecord.Forward, CallRecord.Sms, new CallRecord { Unanswered = true }];

        foreach (var record in records)
        {
            var row = World.Csv().Parse(record.CsvUtf8);
            var call = default(RatedCall);
            Repeat(row, ref call, 50);

            var before = GC.GetAllocatedBytesForCurrentThread();
            Repeat(row, ref call, 1_000);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0, record.Csv);
        }
    }

    [Fact]
    public void Pricing_in_periods_and_with_rounding_allocates_nothing()
    {
        var plan = (SampleTariff.InPeriods(
            SampleTariff.Period(SampleTariff.EveryDay, "00:00", SampleTariff.Step(0, "1", 3, 1), SampleTariff.Step(60, "2", 7, 1)),
            SampleTariff.Period(SampleTariff.EveryDay, "12:00", SampleTariff.Step(0, "3", 60, 7)),
            SampleTariff.Period(["holiday"], "00:00", SampleTariff.Step(0, "3", 60, 7))) with
        { Rounding = SampleTariff.Round(Billing.Contracts.Documents.RoundingMethod.HalfUp, 4) })
            .Compile("2026-11-03");
        var answered = CallRecord.Ms("2026-11-02T11:00:00");
        plan.PriceOf(answered, 80_000_000).Units.ShouldBeGreaterThan(0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            plan.PriceOf(answered, 80_000_000 + i);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static CallRater Rater { get; } = World.Standard.Rater();

    private static void Repeat(in CdrRow row, ref RatedCall call, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Rater.Rate(row.Facts, ref call);
        }
    }
}
