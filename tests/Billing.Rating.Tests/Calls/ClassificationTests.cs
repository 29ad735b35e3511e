namespace Billing.Rating.Tests;

/// <summary>The class of a called number, step by step (rating rules, section 4, steps 4 to 10 and 14 to 16).</summary>
public sealed class ClassificationTests
{
    [Theory]
    [InlineData("0101234", "international")]
    [InlineData("010123", "unknown-destination")]
    [InlineData("010", "unknown-destination")]
    [InlineData("010123456789012345", "international")]
    [InlineData("0101234567890123456", "unknown-destination")]
    [InlineData("0100441234567", "unknown-destination")]
    [InlineData("01044123*567", "unknown-destination")]
    [InlineData("+441234567890", "international")]
    public void Step_4_an_international_number_has_4_to_15_digits(string called, string expected) =>
        World.Standard.ClassOf(called).ShouldBe(expected);

    [Fact]
    public void R56_an_international_call_in_mobile_mode_is_charged_to_the_pair()
    {
        var rated = World.Standard.Rate(CallRecord.Mobile with { Called = "+12025550100", Seconds = 61 });

        (rated.Class, rated.Number, rated.TaxCategory, rated.Charge).ShouldBe(("international", SampleContracts.WModeNumber, "G", "18"));
    }

    [Theory]
    [InlineData("010870123456789")]
    [InlineData("010881612345678")]
    [InlineData("010882161234567")]
    [InlineData("010883130123456")]
    public void R43_satellite_numbers_are_reached_in_ip_mode_only(string called)
    {
        World.Standard.ClassOf(called).ShouldBe("satellite");
        World.Standard.ClassOf(called, "mobile").ShouldBe("satellite-in-mobile-mode");
    }

    [Theory]
    [InlineData("010871123456789")]
    [InlineData("010880123456789")]
    [InlineData("010884123456789")]
    [InlineData("01087")]
    public void R43_the_neighbours_of_satellite_codes_are_none(string called)
    {
        var expected = called.Length > 6 ? "international" : "unknown-destination";

        World.Standard.ClassOf(called).ShouldBe(expected);
        World.Standard.ClassOf(called, "mobile").ShouldBe(expected);
    }

    [Theory]
    [InlineData("01081312345678", "fixed", "0312345678")]
    [InlineData("010810312345678", "fixed", "0312345678")]
    [InlineData("0108190" + "12345678", "mobile", "09012345678")]
    [InlineData("0018150" + "33001234", "on-net-050", "05033001234")]
    [InlineData("0108110", "three-digit-number", "")]
    [InlineData("01081110", "unknown-destination", "")]
    [InlineData("010811", "unknown-destination", "")]
    [InlineData("01081010441234567", "unknown-destination", "")]
    [InlineData("0108120", "three-digit-number", "")]
    [InlineData("01081201234567", "barred-020", "")]
    [InlineData("01081120123456", "free-dial", "0120123456")]
    public void Step_4_country_code_81_is_a_number_in_Japan(string called, string expected, string destination)
    {
        var rated = World.Standard.Rate(new CallRecord { Called = called });

        (rated.ClassOrReason, rated.Destination).ShouldBe((expected, destination));
    }

    [Theory]
    [InlineData("110", "three-digit-number")]
    [InlineData("118", "three-digit-number")]
    [InlineData("119", "three-digit-number")]
    [InlineData("177", "three-digit-number")]
    [InlineData("020", "three-digit-number")]
    [InlineData("000", "three-digit-number")]
    [InlineData("11", "unknown-destination")]
    [InlineData("1100", "unknown-destination")]
    [InlineData("11#", "unknown-destination")]
    [InlineData("1", "unknown-destination")]
    public void R34_three_digit_numbers_are_barred_emergency_calls_too(string called, string expected)
    {
        World.Standard.ClassOf(called).ShouldBe(expected);
        World.Standard.ClassOf(called, "mobile").ShouldBe(expected);
    }

    [Theory]
    [InlineData("0200", "barred-020")]
    [InlineData("02012345678", "barred-020")]
    [InlineData("02001234567890", "barred-020")]
    [InlineData("020#", "barred-020")]
    [InlineData("0212345678", "fixed")]
    [InlineData("0601", "barred-060")]
    [InlineData("06012345678", "barred-060")]
    [InlineData("0612345678", "fixed")]
    public void R35_020_and_060_are_barred(string called, string expected) => World.Standard.ClassOf(called).ShouldBe(expected);

    [Theory]
    [InlineData("06012345678", "mobile")]
    [InlineData("06092345678", "mobile")]
    [InlineData("06002345678", "barred-060")]
    [InlineData("0601234567", "barred-060")]
    [InlineData("060123456789", "barred-060")]
    [InlineData("060123456*8", "barred-060")]
    public void R35_once_060_is_open_a_mobile_number_has_11_digits_and_no_0_behind(string called, string expected) =>
        (World.Standard with { Reference = SampleReference.Standard with { Mobile060From = SampleContracts.Date("2026-07-01") } })
            .ClassOf(called).ShouldBe(expected);

    [Theory]
    [InlineData("0903101400", "docomo-remote-control")]
    [InlineData("0903101499", "docomo-remote-control")]
    [InlineData("0903101655", "docomo-remote-control")]
    [InlineData("0903101500", "unknown-destination")]
    [InlineData("0903101399", "unknown-destination")]
    [InlineData("0903101654", "unknown-destination")]
    [InlineData("0903101656", "unknown-destination")]
    [InlineData("09031014001", "mobile")]
    [InlineData("09031016550", "mobile")]
    [InlineData("090310149", "unknown-destination")]
    [InlineData("09031014*0", "unknown-destination")]
    public void R36_remote_control_numbers_have_exactly_10_digits(string called, string expected) =>
        World.Standard.ClassOf(called).ShouldBe(expected);

    [Theory]
    [InlineData("09066517000", "softbank-control")]
    [InlineData("0312349999", "softbank-control")]
    [InlineData("09066517001", "mobile")]
    [InlineData("03123499990", "unknown-destination")]
    public void R37_control_numbers_are_those_of_the_list(string called, string expected) => World.Standard.ClassOf(called).ShouldBe(expected);

    [Fact]
    public void R37_nothing_is_guessed_where_the_list_is_absent() =>
        (World.Standard with { Reference = SampleReference.Standard with { SoftbankControl = null } }).ClassOf("09066517000").ShouldBe("mobile");

    [Theory]
    [InlineData("09030212345", "ip", "mobile")]
    [InlineData("09030212345", "mobile", "satellite-in-mobile-mode")]
    [InlineData("09030112345", "mobile", "mobile")]
    [InlineData("09030312345", "mobile", "mobile")]
    [InlineData("0903021234", "mobile", "unknown-destination")]
    public void R43_ship_telephones_090_302_are_not_reached_in_mobile_mode(string called, string mode, string expected) =>
        World.Standard.ClassOf(called, mode).ShouldBe(expected);

    [Theory]
    [InlineData("07012345678", "mobile")]
    [InlineData("08012345678", "mobile")]
    [InlineData("09012345678", "mobile")]
    [InlineData("09092345678", "mobile")]
    [InlineData("09002345678", "unknown-destination")]
    [InlineData("07002345678", "unknown-destination")]
    [InlineData("0901234567", "unknown-destination")]
    [InlineData("0701234567", "unknown-destination")]
    [InlineData("0801234567", "unknown-destination")]
    [InlineData("0501234567", "unknown-destination")]
    [InlineData("090123456789", "unknown-destination")]
    [InlineData("0901234567#", "unknown-destination")]
    public void Step_14_a_mobile_number_has_11_digits(string called, string expected) => World.Standard.ClassOf(called).ShouldBe(expected);

    [Theory]
    [InlineData("0312345678", "fixed")]
    [InlineData("0111234567", "fixed")]
    [InlineData("0999999999", "fixed")]
    [InlineData("0280123456", "fixed")]
    [InlineData("0460123456", "fixed")]
    [InlineData("0470123456", "fixed")]
    [InlineData("0480123456", "fixed")]
    [InlineData("0550123456", "fixed")]
    [InlineData("0980123456", "fixed")]
    [InlineData("0911234567", "unknown-destination")]
    [InlineData("0921234567", "fixed")]
    [InlineData("0301234567", "unknown-destination")]
    [InlineData("0022345678", "unknown-destination")]
    [InlineData("1312345678", "unknown-destination")]
    [InlineData("031234567", "unknown-destination")]
    [InlineData("03123456789", "unknown-destination")]
    [InlineData("031234567*", "unknown-destination")]
    public void Step_15_a_fixed_number_has_10_digits(string called, string expected) => World.Standard.ClassOf(called).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("US")]
    public void R46_in_ip_mode_a_call_from_abroad_is_priced_as_in_Japan(string origin) =>
        World.Standard.Rate(new CallRecord { Origin = origin }).ShouldBe(World.Standard.Rate(new CallRecord { Origin = "JP" }));
}
