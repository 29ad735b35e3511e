using Billing.Contracts.Documents;

namespace Billing.Rating.Tests;

/// <summary>0120, 0800, 0570, 0180 and the other 0XX0 numbers, and 050 numbers (rating rules, section 4, steps 11 to 13).</summary>
public sealed class ServiceNumberTests
{
    [Theory]
    [InlineData("0120123456", "free-dial")]
    [InlineData("08001234567", "free-dial")]
    [InlineData("0570123456", "navi-dial")]
    [InlineData("0180991234", "teledome")]
    public void R38_service_numbers_of_the_home_carrier_are_reached_in_ip_mode(string called, string expected)
    {
        World.Standard.ClassOf(called).ShouldBe(expected);
        World.Standard.ClassOf(called, "mobile").ShouldBe("service-number-in-mobile-mode");
    }

    [Theory]
    [InlineData("0120123456")]
    [InlineData("0120850000")]
    [InlineData("0120444444")]
    [InlineData("08009991234")]
    [InlineData("0570999999")]
    [InlineData("0180000000")]
    public void R42_mobile_mode_reaches_no_service_number_whoever_holds_it(string called) =>
        World.Standard.ClassOf(called, "mobile").ShouldBe("service-number-in-mobile-mode");

    [Theory]
    [InlineData("0120800999", "free-dial")]
    [InlineData("0120801000", "service-number-of-other-carrier")]
    [InlineData("0120901000", "service-number-of-other-carrier")]
    [InlineData("08004991234", "free-dial")]
    [InlineData("08005001234", "service-number-of-other-carrier")]
    [InlineData("08006001234", "service-number-of-other-carrier")]
    [InlineData("0570499999", "navi-dial")]
    [InlineData("0570500000", "service-number-of-other-carrier")]
    [InlineData("0180989999", "service-number-of-other-carrier")]
    [InlineData("0180990000", "teledome")]
    [InlineData("0180100000", "service-number-of-other-carrier")]
    public void R39_blocks_of_other_or_unknown_carriers_are_not_reached(string called, string expected) =>
        World.Standard.ClassOf(called).ShouldBe(expected);

    [Theory]
    [InlineData("0120444444", "service-number-refuses-050")]
    [InlineData("0120444443", "free-dial")]
    [InlineData("0120444445", "free-dial")]
    public void R39_the_holder_of_a_service_number_may_refuse_050_callers(string called, string expected) =>
        World.Standard.ClassOf(called).ShouldBe(expected);

    [Theory]
    [InlineData("android", "1.7.9", "app-too-old")]
    [InlineData("android", "1.8.0", "free-dial")]
    [InlineData("android", "1.8", "free-dial")]
    [InlineData("android", "1.7.999999999", "app-too-old")]
    [InlineData("android", "1.10.0", "free-dial")]
    [InlineData("android", "01.08.00", "free-dial")]
    [InlineData("android", "1.8.0.0.1", "free-dial")]
    [InlineData("android", "1", "app-too-old")]
    [InlineData("android", "2", "free-dial")]
    [InlineData("android", "0.99.99", "app-too-old")]
    [InlineData("android", "", "free-dial")]
    [InlineData("ios", "1.6.99", "app-too-old")]
    [InlineData("ios", "1.7.0", "free-dial")]
    [InlineData("ios", "1.7", "free-dial")]
    [InlineData("ios", "10.0", "free-dial")]
    [InlineData("pc", "0.1", "free-dial")]
    [InlineData("", "0.1", "free-dial")]
    public void R39_an_old_app_cannot_call_service_numbers(string device, string version, string expected) =>
        World.Standard.Rate(new CallRecord { Called = "0120123456", Device = device, AppVersion = version }).ClassOrReason.ShouldBe(expected);

    [Fact]
    public void R39_an_old_app_may_call_everything_else() =>
        World.Standard.Rate(new CallRecord { Device = "android", AppVersion = "1.0" }).ClassOrReason.ShouldBe("fixed");

    [Theory]
    [InlineData("012012345", "service-number-barred")]
    [InlineData("01201234567", "service-number-barred")]
    [InlineData("012012345#", "service-number-barred")]
    [InlineData("0170123456", "service-number-barred")]
    [InlineData("01701", "service-number-barred")]
    [InlineData("018099123", "service-number-barred")]
    [InlineData("05701234567", "service-number-barred")]
    [InlineData("0800123456", "service-number-barred")]
    [InlineData("080012345678", "service-number-barred")]
    [InlineData("0910123456", "service-number-barred")]
    [InlineData("0990123456", "service-number-barred")]
    [InlineData("0120", "service-number-barred")]
    [InlineData("0190123456", "fixed")]
    [InlineData("0970123456", "fixed")]
    public void R38_other_0XX0_numbers_are_barred(string called, string expected)
    {
        World.Standard.ClassOf(called).ShouldBe(expected);
        World.Standard.ClassOf(called, "mobile").ShouldBe(expected);
    }

    [Theory]
    [InlineData("05033000000", "on-net-050")]
    [InlineData("05038629999", "on-net-050")]
    [InlineData("05032999999", "unconnected-050")]
    [InlineData("05038630000", "unconnected-050")]
    [InlineData("05052001234", "partner-050")]
    [InlineData("05010001234", "paid-050")]
    [InlineData("05010991234", "paid-050")]
    [InlineData("05060001234", "unconnected-050")]
    [InlineData("05070001234", "unconnected-050")]
    [InlineData("05003001234", "unknown-destination")]
    [InlineData("0503300123", "unknown-destination")]
    [InlineData("050330012345", "unknown-destination")]
    [InlineData("0503300123*", "unknown-destination")]
    public void R29_R32_R40_a_050_number_has_the_class_of_its_carrier_and_strangers_are_denied(string called, string expected)
    {
        World.Standard.ClassOf(called).ShouldBe(expected);
        World.Standard.ClassOf(called, "mobile").ShouldBe(expected);
    }

    [Theory]
    [InlineData("05033001234", "kddi", "paid-050", "kddi")]
    [InlineData("05010001234", "ntt-com", "on-net-050", "ntt-com")]
    [InlineData("05010001234", "tnc", "partner-050", "tnc")]
    [InlineData("05099991234", "softbank", "paid-050", "softbank")]
    [InlineData("05033001234", "optage", "unconnected-050", "")]
    [InlineData("05033001234", "stranger", "unconnected-050", "")]
    [InlineData("05033001234", "nobody", "unconnected-050", "")]
    [InlineData("05033001234", "KDDI", "unconnected-050", "")]
    [InlineData("05033001234", "", "on-net-050", "ntt-com")]
    public void Step_13_a_number_portability_look_up_wins_over_the_block(string called, string terminating, string expected, string carrier)
    {
        var rated = World.Standard.Rate(new CallRecord { Called = called, Carrier = terminating });

        (rated.ClassOrReason, rated.Carrier).ShouldBe((expected, carrier));
    }

    [Theory]
    [InlineData("0312345678")]
    [InlineData("09012345678")]
    [InlineData("0120123456")]
    public void Step_13_the_terminating_carrier_matters_for_050_numbers_only(string called) =>
        World.Standard.Rate(new CallRecord { Called = called, Carrier = "nobody" }).ShouldBe(World.Standard.Rate(new CallRecord { Called = called }));

    [Fact]
    public void R31_a_carrier_may_have_any_code_of_the_reference()
    {
        var world = World.Standard with
        {
            Reference = SampleReference.Standard with { Relations = [SampleReference.Relation("東京電話", CarrierRelation.Paid)] },
        };

        world.Rate(new CallRecord { Called = "05033001234", Carrier = "東京電話" }).Carrier.ShouldBe("東京電話");
    }
}
