namespace Billing.Rating.Tests;

/// <summary>The reasoning behind a result: ordered steps, each with its rule.</summary>
public sealed class ExplainTests
{
    [Fact]
    public void A_call_through_a_carrier_prefix_with_a_tail_tells_every_step()
    {
        Steps(new CallRecord { Called = "1840033050-1000-1234", Seconds = 400, SpeechLostAfter = 100, EndCause = "mobile-interrupt" }).ShouldBe(
        [
            "§3 payer", "§1 usage-month", "R34 caller-id-prefix", "R53 carrier-prefix", "R32 class", "R73 tail-over-limit", "§5 chargeable-time",
            "§6 price-row", "§6 increments", "R73 disconnect-charge", "§6 charge",
        ]);
    }

    [Fact]
    public void The_texts_name_what_was_decided()
    {
        var steps = World.Standard.Explain(new CallRecord { Called = "05010001234", Seconds = 400, SpeechLostAfter = 100, EndCause = "mobile-interrupt" });
        string Text(string step) => steps.Single(candidate => candidate.Step == step).Text;

        Text("payer").ShouldContain("C-BIZ");
        Text("usage-month").ShouldContain("2026-10");
        Text("class").ShouldContain("paid-050");
        Text("class").ShouldContain("kddi");
        Text("tail-over-limit").ShouldContain("170");
        Text("chargeable-time").ShouldContain("270");
        Text("price-row").ShouldContain("prices[5]");
        Text("price-row").ShouldContain("2026-04");
        Text("increments").ShouldContain("2 × 180");
        Text("disconnect-charge").ShouldContain("10.4");
        Text("charge").ShouldContain("20.8");
    }

    [Fact]
    public void R58_a_pair_is_named_as_the_payer() => Steps(CallRecord.Mobile)[0].ShouldBe("R58 payer");

    [Theory]
    [InlineData("010441234567", "§4.4 class")]
    [InlineData("010881612345678", "R43 class")]
    [InlineData("05033001234", "R29 class")]
    [InlineData("0120123456", "R39 class")]
    [InlineData("09012345678", "§4.14 class")]
    [InlineData("0312345678", "§4.15 class")]
    public void The_class_carries_its_rule(string called, string step) => Steps(new CallRecord { Called = called }).ShouldContain(step);

    [Fact]
    public void Each_run_of_equal_increments_is_one_step()
    {
        var world = World.Standard with
        {
            Tariffs = [SampleTariff.Standard.With("fixed", SampleTariff.Stepped(SampleTariff.Step(0, "10", 60, 60), SampleTariff.Step(180, "1", 60, 6)) with { ConnectionFee = SampleTariff.Yen("5") })],
        };

        var steps = world.Explain(new CallRecord { Seconds = 240 });

        steps.Where(step => step.Step == "increments").Select(step => step.Text.Split('×')[0].Trim()).ShouldBe(["from 0 s: 3", "from 180 s: 10"]);
        steps.ShouldContain(step => step.Step == "connection-fee");
    }

    [Theory]
    [InlineData("110", "three-digit-number")]
    [InlineData("05070001234", "unconnected-050")]
    public void A_suspended_record_ends_with_its_reason(string called, string reason)
    {
        var last = World.Standard.Explain(new CallRecord { Called = called })[^1];

        (last.Step, last.Text).ShouldBe(("suspended", reason));
    }

    private static string[] Steps(CallRecord record) => [.. World.Standard.Explain(record).Select(step => $"{step.Rule} {step.Step}")];
}
