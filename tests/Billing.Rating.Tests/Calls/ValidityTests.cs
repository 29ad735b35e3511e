using Billing.Contracts.Documents;
using static Billing.Rating.Tests.SampleReference;

namespace Billing.Rating.Tests;

/// <summary>Everything that can change is dated: what applies is what was valid on the Tokyo day (R76).</summary>
public sealed class ValidityTests
{
    private static readonly CallRecord To050 = new() { Called = "05052001234" };

    [Theory]
    [InlineData("2026-10-14T23:59:59.999", "partner-050")]
    [InlineData("2026-10-15T00:00:00", "paid-050")]
    [InlineData("2026-10-31T23:59:59.999", "paid-050")]
    [InlineData("2026-11-01T00:00:00", "unconnected-050")]
    public void R29_a_partner_is_one_from_a_day_to_a_day(string at, string expected)
    {
        var world = World.Standard with
        {
            Reference = Standard with
            {
                Relations =
                [
                    Relation("tnc", CarrierRelation.Partner, to: "2026-10-15"),
                    Relation("tnc", CarrierRelation.Paid, from: "2026-10-15", to: "2026-11-01"),
                ],
            },
        };

        world.Rate(To050 with { At = at }).ClassOrReason.ShouldBe(expected);
    }

    [Fact]
    public void R29_a_partner_that_leaves_changes_nothing_for_calls_already_started()
    {
        var world = World.Standard with
        {
            Reference = Standard with { Relations = [Relation("tnc", CarrierRelation.Partner, to: "2026-10-15")] },
        };

        world.Rate(To050 with { At = "2026-10-15T00:00:03", Rings = 4 }).ClassOrReason.ShouldBe("partner-050");
        world.Rate(To050 with { At = "2026-10-15T00:00:03", Rings = 3 }).ClassOrReason.ShouldBe("unconnected-050");
    }

    [Theory]
    [InlineData("2026-09-30T23:59:59.999", "paid-050")]
    [InlineData("2026-10-01T00:00:00", "on-net-050")]
    public void R40_a_050_block_that_changes_hands_counts_for_its_new_holder_from_that_day(string at, string expected)
    {
        var world = World.Standard with
        {
            Reference = Standard with { Blocks050 = [Block("5200", "5200", "kddi", to: "2026-10-01"), Block("5200", "5200", "ntt-com", from: "2026-10-01")] },
        };

        world.Rate(To050 with { At = at }).ClassOrReason.ShouldBe(expected);
    }

    [Theory]
    [InlineData("2026-09-30T23:59:59.999", "service-number-of-other-carrier")]
    [InlineData("2026-10-01T00:00:00", "free-dial")]
    [InlineData("2026-11-01T00:00:00", "service-number-of-other-carrier")]
    public void R39_a_service_number_block_is_held_from_a_day_to_a_day(string at, string expected)
    {
        var world = World.Standard with
        {
            Reference = Standard with { ServiceNumberBlocks = [Service("0120", "123", "123", "ntt-com", "2026-10-01", "2026-11-01")] },
        };

        world.Rate(new CallRecord { Called = "0120123456", At = at }).ClassOrReason.ShouldBe(expected);
    }

    [Theory]
    [InlineData("2026-09-30T23:59:59.999", "barred-060")]
    [InlineData("2026-10-01T00:00:00", "mobile")]
    public void R35_060_is_mobile_from_the_day_the_reference_says(string at, string expected)
    {
        var world = World.Standard with { Reference = Standard with { Mobile060From = SampleContracts.Date("2026-10-01") } };

        world.Rate(new CallRecord { Called = "06012345678", At = at }).ClassOrReason.ShouldBe(expected);
    }

    [Theory]
    [InlineData("2026-09-30T23:59:59.999", "8", "old")]
    [InlineData("2026-10-01T00:00:00", "9", "new")]
    public void The_tariff_version_is_that_of_the_day_of_the_answer(string at, string charge, string version)
    {
        var world = World.Standard with
        {
            Tariffs =
            [
                SampleTariff.Version("new", "2026-10-01").With("fixed", SampleTariff.Flat("9", 180)),
                SampleTariff.Version("old", "2026-04-01", "2026-10-01"),
            ],
        };

        var rated = world.Rate(new CallRecord { At = at, Rings = 30 });

        (rated.Charge, rated.TariffVersion).ShouldBe((charge, version));
    }

    [Fact]
    public void A_call_across_the_change_of_a_tariff_keeps_the_version_of_its_answer()
    {
        var world = World.Standard with
        {
            Tariffs = [SampleTariff.Version("old", "2026-04-01", "2026-10-01"), SampleTariff.Version("new", "2026-10-01").With("fixed", SampleTariff.Flat("9", 180))],
        };

        world.Rate(new CallRecord { At = "2026-09-30T23:59:00", Seconds = 3600 }).Charge.ShouldBe("160");
    }

    [Fact]
    public void R76_every_validity_ends_on_the_day_before_its_to()
    {
        var rater = World.Standard.Rater();
        var day = Tokyo.DayNumber(SampleContracts.Date("2026-10-05"));

        rater.Reference.FindCarrier("ntt-com"u8)!.RelationOn(day).ShouldBe(CarrierRelation.Own);
        rater.Contracts.Holder050("05033000001"u8, Tokyo.DayNumber(SampleContracts.Date("2026-03-31"))).ShouldBeNull();
        rater.Contracts.Holder050("05033000001"u8, Tokyo.DayNumber(SampleContracts.Date("2026-04-01"))).ShouldNotBeNull();
    }
}
