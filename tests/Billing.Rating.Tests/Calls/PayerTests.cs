using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>Who pays (rating rules, section 3), and which contract holds a number on a day.</summary>
public sealed class PayerTests
{
    [Theory]
    [InlineData("call", "ip", WModeNumber, "", WModeNumber)]
    [InlineData("call", "mobile", PairedMobile, "", WModeNumber)]
    [InlineData("forward", "ip", "0399998888", WModeNumber, WModeNumber)]
    [InlineData("forward", "ip", BizNumber, WModeNumber, WModeNumber)]
    [InlineData("extension", "ip", WModeNumber, "", WModeNumber)]
    [InlineData("call", "ip", WModeNumber, BizNumber, WModeNumber)]
    public void The_paying_number_depends_on_kind_and_mode(string kind, string mode, string calling, string forwardedBy, string booked)
    {
        var rated = World.Standard.Rate(new CallRecord { Kind = kind, Mode = mode, Calling = calling, ForwardedBy = forwardedBy });

        (rated.Outcome, rated.Contract, rated.Number).ShouldBe(("rated", "C-WMODE", booked));
    }

    [Fact]
    public void R68_a_forwarded_call_is_charged_to_who_forwards_by_its_destination()
    {
        var rated = World.Standard.Rate(CallRecord.Forward with { Called = "09012345678", Seconds = 61 });

        (rated.Contract, rated.Class, rated.Charge).ShouldBe(("C-BIZ", "mobile", "32"));
    }

    [Theory]
    [InlineData("09012345678", "mobile")]
    [InlineData("05033001234", "on-net-050")]
    [InlineData("010441234567", "international")]
    [InlineData("110", "three-digit-number")]
    public void R68_the_target_of_a_forward_is_classified_like_any_number(string target, string expected) =>
        World.Standard.Rate(CallRecord.Forward with { Called = target }).ClassOrReason.ShouldBe(expected);

    [Theory]
    [InlineData("050-3300-0001")]
    [InlineData("+815033000001")]
    [InlineData("+81 (0)50 3300 0001")]
    [InlineData("sip:05033000001@example.jp")]
    [InlineData("tel:+81-50-3300-0001;phone-context=jp")]
    [InlineData("０５０－３３００－０００１")]
    public void The_paying_number_is_read_in_every_spelling(string spelling)
    {
        World.Standard.Rate(new CallRecord { Calling = spelling }).Number.ShouldBe(BizNumber);
        World.Standard.Rate(CallRecord.Forward with { ForwardedBy = spelling }).Number.ShouldBe(BizNumber);
    }

    [Fact]
    public void R66_an_extension_call_needs_no_number_to_call()
    {
        var rated = World.Standard.Rate(CallRecord.Extension with { Called = "reception" });

        (rated.Outcome, rated.Class, rated.Destination, rated.Charge).ShouldBe(("rated", "extension", "", "0"));
    }

    [Theory]
    [InlineData("110", "110")]
    [InlineData("8-201", "8201")]
    [InlineData("#12", "#12")]
    public void R66_an_extension_is_not_classified_by_its_digits(string called, string destination)
    {
        var rated = World.Standard.Rate(CallRecord.Extension with { Called = called });

        (rated.Class, rated.Destination, rated.StrippedPrefix).ShouldBe(("extension", destination, ""));
    }

    [Theory]
    [InlineData("2026-06-30T23:59:59", "C-A")]
    [InlineData("2026-07-01T00:00:00", "C-B")]
    public void A_number_that_moves_to_another_contract_is_charged_there_from_that_day(string at, string contract)
    {
        var world = World.Of(
            Biz with { Id = "C-A", Numbers = [Number(BizNumber, to: "2026-07-01")] },
            Biz with { Id = "C-B", Numbers = [Number(BizNumber, from: "2026-07-01")] });

        world.Rate(new CallRecord { At = at }).Contract.ShouldBe(contract);
    }

    [Fact]
    public void R58_a_pair_that_changes_within_the_month_counts_as_of_the_start_of_the_call()
    {
        var world = World.Of(WMode with
        {
            Numbers =
            [
                Number("05033100001", PairedMobile, to: "2026-10-15"), Number("05033100001", "08011112222", from: "2026-10-15"),
                Number("05033100002", PairedMobile, from: "2026-10-15"),
            ],
        });

        world.Rate(CallRecord.Mobile with { At = "2026-10-14T23:59:59" }).Number.ShouldBe("05033100001");
        world.Rate(CallRecord.Mobile with { At = "2026-10-15T00:00:01", Rings = 2 }).Number.ShouldBe("05033100001");
        world.Rate(CallRecord.Mobile with { At = "2026-10-15T00:00:00" }).Number.ShouldBe("05033100002");
        world.Rate(CallRecord.Mobile with { At = "2026-10-15T00:00:00", Presented = "05033100001" }).Reason.ShouldBe("pair-mismatch");
    }

    [Theory]
    [InlineData("C-OLD", "2026-06-01", "C-NEW", "2026-11-01", "C-OLD")]
    [InlineData("C-NEW", "2026-11-01", "C-OLD", "2026-06-01", "C-OLD")]
    public void Where_several_contracts_hold_a_number_the_open_one_counts(string first, string firstOpens, string second, string secondOpens, string expected)
    {
        var world = World.Of(Biz.Open(firstOpens, Ends(firstOpens)) with { Id = first }, Biz.Open(secondOpens, Ends(secondOpens)) with { Id = second });

        world.Rate(new CallRecord()).Contract.ShouldBe(expected);

        static string? Ends(string opens) => opens == "2026-06-01" ? "2026-11-01" : null;
    }

    [Fact]
    public void Where_no_holder_is_open_the_one_opened_last_names_the_contract()
    {
        var world = World.Of(
            Biz.Open("2026-04-01", "2026-05-01") with { Id = "C-1" },
            Biz.Open("2026-07-01", "2026-08-01") with { Id = "C-3" },
            Biz.Open("2026-05-01", "2026-07-01") with { Id = "C-2" });

        world.Rate(new CallRecord { Unanswered = true }).Contract.ShouldBe("C-3");
        world.Rate(new CallRecord()).Reason.ShouldBe("contract-not-active");
    }

    [Fact]
    public void R66_a_number_of_a_closed_biz_contract_has_no_mobile_mode_either() =>
        World.Of(Biz.Open("2026-04-01", "2026-05-01")).Rate(new CallRecord { Mode = "mobile" }).Reason.ShouldBe("mobile-mode-on-biz");
}
