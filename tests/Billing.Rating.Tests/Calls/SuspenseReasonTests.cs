using Billing.Contracts;
using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>Each reason for which nobody may be charged yet, on both sides of its boundary (rating rules, section 2).</summary>
public sealed class SuspenseReasonTests
{
    [Theory]
    [InlineData("call", "ip", "fixed")]
    [InlineData("sms", "ip", "sms-not-offered")]
    [InlineData("sms", "mobile", "sms-not-offered")]
    public void R62_sms_is_not_offered(string kind, string mode, string expected) =>
        Reason(new CallRecord { Kind = kind, Mode = mode }).ShouldBe(expected);

    [Theory]
    [InlineData(BizNumber, "mobile", "mobile-mode-on-biz")]
    [InlineData(BizNumber, "ip", "fixed")]
    [InlineData(PairedMobile, "mobile", "fixed")]
    [InlineData(WModeNumber, "mobile", "unknown-number")]
    [InlineData("05099999999", "mobile", "unknown-number")]
    public void R66_a_biz_number_has_no_mobile_mode(string calling, string mode, string expected) =>
        Reason(new CallRecord { Calling = calling, Mode = mode }).ShouldBe(expected);

    [Theory]
    [InlineData(BizNumber, "fixed")]
    [InlineData("05033000002", "unknown-number")]
    [InlineData(PairedMobile, "unknown-number")]
    [InlineData("0312345678", "unknown-number")]
    [InlineData("5033000001", "unknown-number")]
    [InlineData("050330000011", "unknown-number")]
    [InlineData("*5033000001", "unknown-number")]
    public void A_number_that_no_contract_holds_is_unknown(string calling, string expected) =>
        Reason(new CallRecord { Calling = calling }).ShouldBe(expected);

    [Theory]
    [InlineData("2026-09-30T23:59:59.999", "unknown-number")]
    [InlineData("2026-10-01T00:00:00", "fixed")]
    [InlineData("2026-10-31T23:59:59.999", "fixed")]
    [InlineData("2026-11-01T00:00:00", "unknown-number")]
    public void A_number_is_held_from_its_first_day_to_the_day_before_its_last(string at, string expected) =>
        World.Of(Biz with { Numbers = [Number(BizNumber, from: "2026-10-01", to: "2026-11-01")] })
            .Rate(new CallRecord { At = at }).ClassOrReason.ShouldBe(expected);

    [Theory]
    [InlineData("2026-09-30T23:59:59.999", "contract-not-active")]
    [InlineData("2026-10-01T00:00:00", "fixed")]
    [InlineData("2026-11-14T23:59:59.999", "fixed")]
    [InlineData("2026-11-15T00:00:00", "contract-not-active")]
    public void A_contract_is_active_from_its_opening_to_the_day_before_its_termination(string at, string expected) =>
        World.Of(Biz.Open("2026-10-01", "2026-11-15")).Rate(new CallRecord { At = at }).ClassOrReason.ShouldBe(expected);

    [Fact]
    public void Whether_a_contract_is_active_is_decided_by_the_day_the_call_started()
    {
        var world = World.Of(Biz.Open("2026-04-01", "2026-10-06"));

        world.Rate(new CallRecord { At = "2026-10-06T00:00:05", Rings = 6 }).ClassOrReason.ShouldBe("fixed");
        world.Rate(new CallRecord { At = "2026-10-06T00:00:05", Rings = 5 }).ClassOrReason.ShouldBe("contract-not-active");
    }

    [Theory]
    [InlineData(86_400, "fixed")]
    [InlineData(86_400.001, "too-long")]
    public void A_call_of_more_than_24_hours_is_a_lost_hang_up(double seconds, string expected) =>
        Reason(new CallRecord { Seconds = (decimal)seconds, Rings = 100 }).ShouldBe(expected);

    [Theory]
    [InlineData("", "fixed")]
    [InlineData(WModeNumber, "fixed")]
    [InlineData("050-3310-0001", "fixed")]
    [InlineData("+81 50 3310 0001", "fixed")]
    [InlineData("０５０３３１００００１", "fixed")]
    [InlineData("05033100002", "pair-mismatch")]
    [InlineData(PairedMobile, "pair-mismatch")]
    [InlineData("anonymous", "pair-mismatch")]
    public void R58_in_mobile_mode_the_number_shown_is_the_050_number_of_the_pair(string presented, string expected) =>
        Reason(CallRecord.Mobile with { Presented = presented }).ShouldBe(expected);

    [Fact]
    public void R58_in_ip_mode_the_number_shown_does_not_matter() =>
        Reason(new CallRecord { Presented = "anonymous" }).ShouldBe("fixed");

    [Theory]
    [InlineData("call", "mobile", "pc", "pc-in-mobile-mode")]
    [InlineData("call", "ip", "pc", "fixed")]
    [InlineData("call", "mobile", "android", "fixed")]
    [InlineData("call", "mobile", "feature-phone", "fixed")]
    public void R57_a_pc_has_no_mobile_mode(string kind, string mode, string device, string expected) =>
        Reason(new CallRecord { Kind = kind, Mode = mode, Device = device, Calling = mode == "ip" ? WModeNumber : PairedMobile }).ShouldBe(expected);

    [Theory]
    [InlineData("call", "feature-phone", "feature-phone-in-ip-mode")]
    [InlineData("forward", "feature-phone", "fixed")]
    [InlineData("extension", "feature-phone", "extension")]
    [InlineData("call", "ios", "fixed")]
    public void R67_a_feature_phone_has_no_ip_mode_but_may_forward(string kind, string device, string expected) =>
        Reason(new CallRecord { Kind = kind, Device = device, ForwardedBy = WModeNumber, Calling = WModeNumber }).ShouldBe(expected);

    [Theory]
    [InlineData("mobile", "", "fixed")]
    [InlineData("mobile", "JP", "fixed")]
    [InlineData("mobile", "US", "mobile-mode-abroad")]
    [InlineData("ip", "US", "fixed")]
    public void R44_mobile_mode_is_not_offered_abroad(string mode, string origin, string expected) =>
        Reason((mode == "ip" ? new CallRecord() : CallRecord.Mobile) with { Origin = origin }).ShouldBe(expected);

    [Theory]
    [InlineData("09044445555", "secondary-line")]
    [InlineData("09044445556", "fixed")]
    public void R54_a_secondary_line_has_no_mobile_mode(string mobile, string expected) =>
        World.Of(WMode with { Numbers = [Number(WModeNumber, mobile)] })
            .Rate(CallRecord.Mobile with { Calling = mobile }).ClassOrReason.ShouldBe(expected);

    [Fact]
    public void A_class_without_a_price_waits_for_one()
    {
        var world = World.Standard with { Tariffs = [SampleTariff.Standard with { Prices = [SampleTariff.Row("mobile", "mobile")] }] };

        world.ClassOf("09012345678").ShouldBe("mobile");
        world.ClassOf("0312345678").ShouldBe("no-price");
    }

    [Theory]
    [InlineData("2026-09-30T23:59:59.999", "no-price")]
    [InlineData("2026-10-01T00:00:00", "fixed")]
    [InlineData("2026-10-31T23:59:59.999", "fixed")]
    [InlineData("2026-11-01T00:00:00", "no-price")]
    public void A_call_answered_when_no_tariff_version_is_valid_has_no_price(string at, string expected)
    {
        var world = World.Standard with { Tariffs = [SampleTariff.Version("october", "2026-10-01", "2026-11-01")] };

        world.Rate(new CallRecord { At = at, Rings = 5 }).ClassOrReason.ShouldBe(expected);
    }

    [Fact]
    public void Every_reason_of_a_suspension_has_its_word_and_every_word_its_reason()
    {
        foreach (var reason in Enum.GetValues<SuspenseReason>().Where(reason => reason != SuspenseReason.None))
        {
            Words.SuspenseReasonOf(Words.Of(reason)).ShouldBe(reason);
        }
    }

    private static string Reason(CallRecord record) => World.Standard.Rate(record).ClassOrReason;
}
