namespace Billing.Rating.Tests;

/// <summary>184, 186 and carrier selection prefixes are taken off before the class is found (steps 2 and 3, R53).</summary>
public sealed class CarrierPrefixTests
{
    [Theory]
    [InlineData("1840312345678", "fixed", "0312345678")]
    [InlineData("1860312345678", "fixed", "0312345678")]
    [InlineData("184010441234567", "international", "010441234567")]
    [InlineData("1841840312345678", "unknown-destination", "")]
    [InlineData("1850312345678", "unknown-destination", "")]
    [InlineData("184", "three-digit-number", "")]
    [InlineData("186", "three-digit-number", "")]
    [InlineData("184*", "unknown-destination", "")]
    [InlineData("186#", "unknown-destination", "")]
    [InlineData("184110", "three-digit-number", "")]
    [InlineData("1841", "unknown-destination", "")]
    public void Step_2_a_caller_id_prefix_is_stripped_once(string called, string expected, string destination)
    {
        var rated = World.Standard.Rate(new CallRecord { Called = called });

        (rated.ClassOrReason, rated.Destination, rated.StrippedPrefix).ShouldBe((expected, destination, ""));
    }

    [Theory]
    [InlineData("00330312345678", "0033", "0312345678")]
    [InlineData("00770312345678", "0077", "0312345678")]
    [InlineData("007770312345678", "00777", "0312345678")]
    [InlineData("0091910312345678", "009191", "0312345678")]
    [InlineData("009100312345678", "00910", "0312345678")]
    [InlineData("0010312345678", "001", "0312345678")]
    [InlineData("18400330312345678", "0033", "0312345678")]
    [InlineData("003333", "0033", null)]
    public void R53_the_longest_carrier_prefix_is_stripped_and_kept_as_evidence(string called, string prefix, string? destination)
    {
        var rated = World.Standard.Rate(new CallRecord { Called = called });
        if (destination is null)
        {
            rated.Reason.ShouldBe("unknown-destination");
            return;
        }

        (rated.Class, rated.StrippedPrefix, rated.Destination).ShouldBe(("fixed", prefix, destination));
    }

    [Theory]
    [InlineData("0033")]
    [InlineData("001")]
    [InlineData("1840033")]
    public void R53_a_prefix_with_nothing_after_it_leads_nowhere(string called) =>
        World.Standard.ClassOf(called).ShouldBe("unknown-destination");

    [Theory]
    [InlineData("00330077" + "0312345678")]
    [InlineData("0034" + "0312345678")]
    [InlineData("00919" + "0312345678")]
    public void R53_one_prefix_of_the_table_is_stripped_and_no_other(string called) =>
        World.Standard.ClassOf(called).ShouldBe("unknown-destination");

    [Theory]
    [InlineData("001010441234567", "010441234567")]
    [InlineData("0033010441234567", "010441234567")]
    [InlineData("001441234567", "010441234567")]
    [InlineData("0033441234567", "010441234567")]
    [InlineData("00118455550100", "01018455550100")]
    [InlineData("001184555", "010184555")]
    public void R53_what_does_not_begin_with_0_is_an_international_number(string called, string destination)
    {
        var rated = World.Standard.Rate(new CallRecord { Called = called });

        (rated.Class, rated.Destination).ShouldBe(("international", destination));
    }

    [Theory]
    [InlineData("0011840312345678", "fixed", "0312345678")]
    [InlineData("00118609012345678", "mobile", "09012345678")]
    [InlineData("001184010441234567", "international", "010441234567")]
    [InlineData("003318601012025550100", "international", "01012025550100")]
    [InlineData("001184031234567", "international", "010184031234567")]
    [InlineData("001184031234567890", "international", "010184031234567890")]
    [InlineData("0011840312345678901", "unknown-destination", "")]
    [InlineData("00118403123456#8", "unknown-destination", "")]
    [InlineData("00118455551234", "international", "01018455551234")]
    [InlineData("1840011840312345678", "international", "0101840312345678")]
    [InlineData("001184", "unknown-destination", "")]
    public void Step_3_a_caller_id_prefix_behind_the_carrier_prefix_is_stripped_where_a_number_follows(string called, string expected, string destination)
    {
        var rated = World.Standard.Rate(new CallRecord { Called = called });

        (rated.ClassOrReason, rated.Destination).ShouldBe((expected, destination));
    }

    [Theory]
    [InlineData("0033", "ip")]
    [InlineData("0033", "mobile")]
    [InlineData("0077", "ip")]
    public void R53_a_carrier_prefix_never_changes_class_or_price(string prefix, string mode)
    {
        var record = (mode == "ip" ? new CallRecord() : CallRecord.Mobile) with { Called = "09012345678", Seconds = 100 };
        var plain = World.Standard.Rate(record);

        World.Standard.Rate(record with { Called = prefix + record.Called }).ShouldBe(plain with { StrippedPrefix = prefix });
    }

    [Fact]
    public void R53_only_what_the_reference_lists_is_a_carrier_prefix()
    {
        var world = World.Standard with { Reference = SampleReference.Standard with { CarrierPrefixes = null } };

        world.ClassOf("00330312345678").ShouldBe("unknown-destination");
    }

    [Theory]
    [InlineData("#0312345678")]
    [InlineData("#")]
    [InlineData("＃31#")]
    public void R35_a_number_that_begins_with_a_hash_is_barred(string called) => World.Standard.ClassOf(called).ShouldBe("barred-hash");

    [Theory]
    [InlineData("184#0312345678")]
    [InlineData("0033#0312345678")]
    [InlineData("*0312345678")]
    [InlineData("0312345678#")]
    public void R35_a_hash_or_star_elsewhere_is_an_unknown_destination(string called) =>
        World.Standard.ClassOf(called).ShouldBe("unknown-destination");
}
