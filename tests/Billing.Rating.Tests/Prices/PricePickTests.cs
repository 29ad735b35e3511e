using Billing.Contracts.Documents;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>Which row of a tariff prices a call: the most specific one (rating rules, section 6). Each row's plan costs its own amount.</summary>
public sealed class PricePickTests
{
    [Theory]
    [InlineData("call", "ip", "1")]
    [InlineData("call", "mobile", "2")]
    [InlineData("forward", "ip", "3")]
    public void A_row_that_names_the_kind_or_mode_comes_before_one_that_does_not(string kind, string mode, string charge) =>
        Charge(kind, mode, "0312345678", "", Row("fixed", "1"), Row("fixed", "2", mode: "mobile"), Row("fixed", "3", kind: "forward")).ShouldBe(charge);

    [Fact]
    public void The_kind_comes_before_the_mode() =>
        Charge("call", "mobile", "0312345678", "", Row("fixed", "1", mode: "mobile"), Row("fixed", "2", kind: "call")).ShouldBe("2");

    [Fact]
    public void A_row_that_names_both_comes_first() =>
        Charge("call", "mobile", "0312345678", "", Row("fixed", "2", kind: "call"), Row("fixed", "3", kind: "call", mode: "mobile"), Row("fixed", "1", mode: "mobile")).ShouldBe("3");

    [Theory]
    [InlineData("forward", "ip", "no-price")]
    [InlineData("call", "mobile", "no-price")]
    [InlineData("call", "ip", "1")]
    public void A_row_that_names_another_kind_or_mode_does_not_match(string kind, string mode, string expected) =>
        Charge(kind, mode, "0312345678", "", Row("fixed", "1", kind: "call", mode: "ip")).ShouldBe(expected);

    [Theory]
    [InlineData("05010001234", "2")]
    [InlineData("05011001234", "1")]
    public void A_row_with_the_carrier_comes_before_one_without(string called, string charge) =>
        Charge("call", "ip", called, "", Row("paid-050", "1", kind: "call", mode: "ip"), Row("paid-050", "2", carrier: "kddi")).ShouldBe(charge);

    [Fact]
    public void A_carrier_row_of_another_kind_leaves_the_general_row() =>
        Charge("call", "ip", "05010001234", "", Row("paid-050", "1"), Row("paid-050", "2", carrier: "kddi", kind: "forward")).ShouldBe("1");

    [Fact]
    public void The_carrier_of_a_row_is_that_of_the_look_up() =>
        Charge("call", "ip", "05010001234", "softbank", Row("paid-050", "1", carrier: "kddi"), Row("paid-050", "2", carrier: "softbank")).ShouldBe("2");

    [Fact]
    public void A_carrier_row_prices_its_own_class_only() =>
        Charge("call", "ip", "05033001234", "", Row("paid-050", "1", carrier: "ntt-com"), Row("on-net-050", "2", carrier: "ntt-com")).ShouldBe("2");

    [Theory]
    [InlineData("01012025550100", "1")]
    [InlineData("01018085550100", "1808")]
    [InlineData("01018095550100", "180")]
    [InlineData("010441234567", "0")]
    [InlineData("0101808", "1808")]
    [InlineData("010180855501001234", "1808")]
    public void The_longest_prefix_wins(string called, string charge) =>
        Charge("call", "ip", called, "", Row("international", "180", prefix: "180"), Row("international", "0"), Row("international", "1808", prefix: "1808"), Row("international", "1", prefix: "1"))
            .ShouldBe(charge);

    [Fact]
    public void The_longest_prefix_comes_before_kind_and_mode() =>
        Charge("call", "ip", "01018085550100", "", Row("international", "1", prefix: "180", kind: "call", mode: "ip"), Row("international", "2", prefix: "1808")).ShouldBe("2");

    [Fact]
    public void A_longer_prefix_of_another_mode_leaves_the_shorter_one() =>
        Charge("call", "ip", "01018085550100", "", Row("international", "1", prefix: "18"), Row("international", "2", prefix: "1808", mode: "mobile")).ShouldBe("1");

    [Fact]
    public void A_prefix_equal_to_the_whole_number_matches() =>
        Charge("call", "ip", "0101234", "", Row("international", "1", prefix: "1234"), Row("international", "2", prefix: "12345")).ShouldBe("1");

    [Fact]
    public void Without_a_matching_prefix_or_a_general_row_there_is_no_price() =>
        Charge("call", "ip", "010441234567", "", Row("international", "1", prefix: "1"), Row("satellite", "2", prefix: "44")).ShouldBe("no-price");

    [Fact]
    public void Satellite_and_international_prefixes_are_kept_apart() =>
        Charge("call", "ip", "010881612345678", "", Row("international", "1", prefix: "881"), Row("satellite", "2", prefix: "8816"), Row("satellite", "0")).ShouldBe("2");

    [Fact]
    public void Every_class_can_have_a_price_of_its_own()
    {
        Charge("call", "ip", "0120123456", "", Row("free-dial", "5")).ShouldBe("5");
        Charge("extension", "ip", "201", "", Row("extension", "6")).ShouldBe("6");
        Charge("call", "ip", "05033001234", "", Row("on-net-050", "7")).ShouldBe("7");
    }

    [Fact]
    public void R68_a_forward_may_have_its_own_price() =>
        Charge("forward", "ip", "09012345678", "", Row("mobile", "1"), Row("mobile", "2", kind: "forward")).ShouldBe("2");

    private static string Charge(string kind, string mode, string called, string carrier, params IReadOnlyList<PriceRowDocument> rows)
    {
        var tariff = Standard with
        {
            Prices = rows,
            Plans = rows.Select(row => row.Plan).Distinct().ToDictionary(price => price, price => Flat(price, 60)),
        };
        var record = (mode == "ip" ? new CallRecord() : CallRecord.Mobile) with { Kind = kind, Called = called, Carrier = carrier, ForwardedBy = SampleContracts.BizNumber };
        var rated = (World.Standard with { Tariffs = [tariff] }).Rate(record);
        return rated.Outcome == "rated" ? rated.Charge : rated.Reason;
    }
}
