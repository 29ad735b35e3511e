using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>
/// The first reason that applies is the reason (rating rules, section 2). A record that has them all is mended
/// step by step; each step uncovers the next reason.
/// </summary>
public sealed class SuspenseOrderTests
{
    private static readonly World Hopeless = new()
    {
        Contracts =
        [
            Biz,
            WMode.Open("2026-04-01", "2026-10-01") with { Numbers = [Number(WModeNumber, "09044445555")] },
            WMode with { Id = "C-OPEN", Numbers = [Number("05033100002", "09044445556")] },
        ],
        Tariffs = [SampleTariff.Standard with { Prices = [SampleTariff.Row("mobile", "mobile")] }],
        Reference = SampleReference.Standard with { SecondaryLines = ["09044445555", "09044445556"] },
    };

    [Fact]
    public void A_record_with_every_fault_of_mobile_mode_uncovers_them_in_order()
    {
        var record = new CallRecord
        {
            Kind = "sms",
            Mode = "mobile",
            Calling = BizNumber,
            Called = "#31#0312345678",
            Seconds = 90_000,
            Presented = "05033100001",
            Device = "pc",
            Origin = "US",
        };

        Expect(record, "sms-not-offered");
        Expect(record = record with { Kind = "call" }, "mobile-mode-on-biz");
        Expect(record = record with { Calling = "09099999999" }, "unknown-number");
        Expect(record = record with { Calling = "09044445555" }, "contract-not-active");
        Expect(record = record with { Calling = "09044445556" }, "too-long");
        Expect(record = record with { Seconds = 60 }, "pair-mismatch");
        Expect(record = record with { Presented = "05033100002" }, "pc-in-mobile-mode");
        Expect(record = record with { Device = "android" }, "mobile-mode-abroad");
        Expect(record = record with { Origin = "JP" }, "secondary-line");
    }

    [Fact]
    public void A_record_with_every_fault_of_ip_mode_uncovers_them_in_order()
    {
        var record = new CallRecord { Kind = "sms", Calling = "05099999999", Seconds = 90_000, Device = "feature-phone", Called = "#", Origin = "US", Presented = "x" };

        Expect(record, "sms-not-offered");
        Expect(record = record with { Kind = "call" }, "unknown-number");
        Expect(record = record with { Calling = WModeNumber }, "contract-not-active");
        Expect(record = record with { Calling = BizNumber }, "too-long");
        Expect(record = record with { Seconds = 86_400 }, "feature-phone-in-ip-mode");
        Expect(record = record with { Device = "" }, "barred-hash");
        Expect(record = record with { Called = "0312345678" }, "no-price");
        Expect(record with { Called = "09012345678" }, "mobile");
    }

    [Fact]
    public void The_faults_of_the_caller_come_before_those_of_the_called_number() =>
        (Hopeless with { Reference = SampleReference.Standard with { SecondaryLines = ["09044445556"] } })
            .Rate(CallRecord.Mobile with { Calling = "09044445556", Called = "110" }).ClassOrReason.ShouldBe("secondary-line");

    [Fact]
    public void The_faults_of_the_called_number_come_before_a_missing_price() =>
        (World.Standard with { Tariffs = [SampleTariff.Standard with { Prices = [] }] }).ClassOf("110").ShouldBe("three-digit-number");

    [Fact]
    public void R39_the_faults_of_a_service_number_come_in_order()
    {
        var reference = SampleReference.Standard with { No050Access = ["0120850000", "0120444444"] };
        var world = World.Standard with { Reference = reference };
        var record = CallRecord.Mobile with { Called = "0120850000", Device = "android", AppVersion = "1.7.9" };

        world.Rate(record).ClassOrReason.ShouldBe("service-number-in-mobile-mode");
        world.Rate(record = record with { Mode = "ip", Calling = BizNumber }).ClassOrReason.ShouldBe("service-number-of-other-carrier");
        world.Rate(record = record with { Called = "0120444444" }).ClassOrReason.ShouldBe("service-number-refuses-050");
        world.Rate(record = record with { Called = "0120444445" }).ClassOrReason.ShouldBe("app-too-old");
        world.Rate(record with { AppVersion = "1.8" }).ClassOrReason.ShouldBe("free-dial");
    }

    private static void Expect(CallRecord record, string reason) => Hopeless.Rate(record).ClassOrReason.ShouldBe(reason);
}
