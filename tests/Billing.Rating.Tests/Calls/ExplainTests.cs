using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Reasoning;
using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>The reasoning behind a result: ordered steps, each with its rule and its figures.</summary>
public sealed class ExplainTests
{
    private static readonly CallRecord Forwarded = new() { Called = "1840033050-1000-1234", Seconds = 400, SpeechLostAfter = 100, EndCause = "mobile-interrupt" };

    [Fact]
    public void A_call_through_a_carrier_prefix_with_a_tail_tells_every_step()
    {
        Steps(Forwarded).ShouldBe(
        [
            "§3 payer", "§1 usage-month", "§4 normalised", "R34 caller-id-prefix", "R53 carrier-prefix", "§4.13 block", "§4.13 relation", "R32 class",
            "§1 tariff", "R73 tail-over-limit", "§5 chargeable-time", "§6 price-row", "§6 increments", "§6 sum", "R73 disconnect-charge", "§6 charge",
        ]);
    }

    [Fact]
    public void R58_a_pair_is_named_as_the_payer_with_both_validities()
    {
        Steps(CallRecord.Mobile)[0].ShouldBe("R58 payer");
        var contract = WMode with { Numbers = [Number(WModeNumber, PairedMobile, "2026-10-01", "2026-10-06")] };

        World.Of(contract.Open("2026-09-01", "2026-12-01")).Explain<PayerFigures>(CallRecord.Mobile, "payer").ShouldBe(new PayerFigures(
            "C-WMODE", "w-mode", WModeNumber, PairedMobile, new Validity(Date("2026-10-01"), Date("2026-10-06")), new Validity(Date("2026-09-01"), Date("2026-12-01")), Date("2026-10-05")));
    }

    [Fact]
    public void Without_a_pair_the_payer_has_no_mobile_number() =>
        World.Standard.Explain<PayerFigures>(new CallRecord(), "payer").MobileNumber.ShouldBeNull();

    [Theory]
    [InlineData("+81-3-1234-5678", "0312345678")]
    [InlineData("010-44-1234567", "010441234567")]
    public void The_normalised_number_is_shown_before_anything_is_stripped(string called, string number) =>
        World.Standard.Explain<NormalisedFigures>(new CallRecord { Called = called }, "normalised").Number.ShouldBe(number);

    [Theory]
    [InlineData("1840312345678", "184", false)]
    [InlineData("00331860312345678", "186", true)]
    public void R34_a_caller_id_prefix_is_shown_before_and_after_a_carrier_prefix(string called, string prefix, bool after) =>
        World.Standard.Explain<CallerIdPrefixFigures>(new CallRecord { Called = called }, "caller-id-prefix").ShouldBe(new CallerIdPrefixFigures(prefix, after));

    [Theory]
    [InlineData("00330312345678", "0033", false)]
    [InlineData("00112125550100", "001", true)]
    public void R53_a_carrier_prefix_tells_whether_an_international_number_follows(string called, string prefix, bool international) =>
        World.Standard.Explain<CarrierPrefixFigures>(new CallRecord { Called = called }, "carrier-prefix").ShouldBe(new CarrierPrefixFigures(prefix, international));

    [Fact]
    public void An_international_number_of_Japan_is_shown_as_the_domestic_one_it_is_read_as() =>
        World.Standard.Explain<JapanFigures>(new CallRecord { Called = "00181312345678" }, "japan").Number.ShouldBe("0312345678");

    [Theory]
    [InlineData("010441234567", "§4.4", "international", "international")]
    [InlineData("010881612345678", "R43", "satellite", "satellite")]
    [InlineData("05033001234", "R29", "on-net-050", "carrier-050")]
    [InlineData("05010001234", "R32", "paid-050", "carrier-050")]
    [InlineData("0120123456", "R39", "free-dial", "service-number")]
    [InlineData("09012345678", "§4.14", "mobile", "mobile")]
    [InlineData("0312345678", "§4.15", "fixed", "geographic")]
    public void The_class_carries_its_rule_and_its_ground(string called, string rule, string callClass, string ground)
    {
        var step = World.Standard.Explain(new CallRecord { Called = called }).Single(step => step.Step == "class");
        var figures = step.Figures.ShouldBeOfType<ClassFigures>();

        (step.Rule, figures.Class, figures.Ground, figures.Destination).ShouldBe((rule, callClass, ground, called));
    }

    [Fact]
    public void R66_an_extension_is_a_class_of_its_own() =>
        World.Standard.Explain<ClassFigures>(CallRecord.Extension, "class").ShouldBe(new ClassFigures("extension", "extension", null, "201", "S"));

    [Theory]
    [InlineData("2026-10-04T23:59:59", "kddi", CarrierRelation.Paid, null, "2026-10-05")]
    [InlineData("2026-10-05T00:00:00", "tnc", CarrierRelation.Partner, "2026-10-05", null)]
    public void The_block_and_the_relation_that_decided_are_those_in_force_on_the_day_of_the_start(string at, string carrier, CarrierRelation relation, string? from, string? to)
    {
        var world = World.Standard with
        {
            Reference = SampleReference.Standard with
            {
                Blocks050 = [SampleReference.Block("1000", "1099", "kddi", to: "2026-10-05"), SampleReference.Block("1000", "1000", "tnc", "2026-10-05")],
                Relations =
                [
                    SampleReference.Relation("kddi", CarrierRelation.Paid, to: "2026-10-05"), SampleReference.Relation("kddi", CarrierRelation.None, "2026-10-05"),
                    SampleReference.Relation("tnc", CarrierRelation.None, to: "2026-10-05"), SampleReference.Relation("tnc", CarrierRelation.Partner, "2026-10-05"),
                ],
            },
        };
        var record = new CallRecord { Called = "05010001234", At = at };
        var validity = new Validity(DateOrOpen(from), DateOrOpen(to));

        world.Explain<BlockFigures>(record, "block").ShouldBe(new BlockFigures("050-1000", "1000", carrier == "kddi" ? "1099" : "1000", carrier, validity));
        world.Explain<RelationFigures>(record, "relation").ShouldBe(new RelationFigures(carrier, relation, validity));
    }

    [Fact]
    public void R40_an_unassigned_block_and_a_carrier_without_relation_are_shown_as_such()
    {
        World.Standard.Explain<BlockFigures>(new CallRecord { Called = "05099991234" }, "block").ShouldBe(new BlockFigures("050-9999", null, null, null, null));
        World.Standard.Explain<RelationFigures>(new CallRecord { Called = "05070001234" }, "relation").ShouldBe(new RelationFigures("stranger", CarrierRelation.None, null));
    }

    [Theory]
    [InlineData("kddi", true)]
    [InlineData("nobody", false)]
    public void A_ported_number_names_the_carrier_and_whether_it_is_known(string carrier, bool known)
    {
        var record = new CallRecord { Called = "05033001234", Carrier = carrier };

        World.Standard.Explain<PortedFigures>(record, "ported").ShouldBe(new PortedFigures(carrier, known));
        Steps(record).ShouldNotContain("§4.13 block");
    }

    [Fact]
    public void R39_the_block_of_a_service_number_is_shown_also_when_another_carrier_holds_it() =>
        World.Standard.Explain<BlockFigures>(new CallRecord { Called = "0120850456" }, "block").ShouldBe(new BlockFigures("0120-850", "801", "900", "kddi", new Validity(null, null)));

    [Theory]
    [InlineData("110", "three-digit-number", "R34")]
    [InlineData("05070001234", "unconnected-050", "R40")]
    public void A_suspended_record_ends_with_its_reason_and_rule(string called, string reason, string rule)
    {
        var last = World.Standard.Explain(new CallRecord { Called = called })[^1];

        (last.Step, last.Rule, last.Figures).ShouldBe(("suspended", rule, new SuspendedFigures(reason)));
    }

    [Fact]
    public void Every_reason_of_suspension_has_a_rule() =>
        Enum.GetValues<SuspenseReason>().Where(reason => reason != SuspenseReason.None).Select(SuspenseRules.RuleOf).ShouldAllBe(rule => rule.StartsWith('R') || rule.StartsWith('§'));

    [Fact]
    public void A_contract_that_is_not_open_is_shown_with_its_dates_before_the_reason()
    {
        var steps = World.Of(Biz.Open("2026-04-01", "2026-10-01")).Explain(new CallRecord());

        steps.Select(step => step.Step).ShouldBe(["payer", "suspended"]);
        steps[0].Figures.ShouldBeOfType<PayerFigures>().ContractValidity.ShouldBe(new Validity(Date("2026-04-01"), Date("2026-10-01")));
    }

    [Fact]
    public void A_record_that_nobody_answered_is_tested_for_nothing_else() =>
        Steps(new CallRecord { Unanswered = true, Called = "110" }).ShouldBe(["§3 payer", "§2 unanswered"]);

    private static string[] Steps(CallRecord record) => [.. World.Standard.Explain(record).Select(step => $"{step.Rule} {step.Step}")];
}
