using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Tariffs;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>What refuses a tariff outside its plans: price rows, versions, statutory fees, tax rates, tail limits.</summary>
public sealed class TariffTableRefusalTests
{
    [Theory]
    [InlineData("fixed", true)]
    [InlineData("mobile", true)]
    [InlineData("international", true)]
    [InlineData("satellite", true)]
    [InlineData("free-dial", true)]
    [InlineData("extension", true)]
    [InlineData("on-net-050", false)]
    [InlineData("partner-050", false)]
    [InlineData("paid-050", false)]
    public void A_carrier_stands_only_in_rows_of_050_classes(string callClass, bool refused)
    {
        var tariff = Rows(Row("teledome", "free"), Row(callClass, "free", carrier: "kddi"));

        FaultOf(tariff)?.Path.ShouldBe(refused ? "$.tariffs[0].prices[1].carrier" : null);
        (FaultOf(tariff) is not null).ShouldBe(refused);
    }

    [Theory]
    [InlineData("fixed", true)]
    [InlineData("paid-050", true)]
    [InlineData("international", false)]
    [InlineData("satellite", false)]
    public void A_prefix_stands_only_in_rows_of_international_and_satellite(string callClass, bool refused) =>
        (FaultOf(Rows(Row(callClass, "free", prefix: "1")))?.Path == "$.tariffs[0].prices[0].prefix").ShouldBe(refused);

    [Theory]
    [InlineData("")]
    [InlineData("+1")]
    [InlineData("1a")]
    [InlineData("１")]
    [InlineData("1234567890123456")]
    public void A_prefix_is_digits(string prefix) =>
        FaultOf(Rows(Row("international", "free", prefix: prefix)))?.Path.ShouldBe("$.tariffs[0].prices[0].prefix");

    [Fact]
    public void No_two_rows_have_the_same_keys()
    {
        PathOf(Rows(Row("fixed", "free"), Row("mobile", "free"), Row("fixed", "paid"))).ShouldBe("$.tariffs[0].prices[2]");
        PathOf(Rows(Row("paid-050", "free", carrier: "kddi", kind: "call"), Row("paid-050", "free", carrier: "kddi", kind: "call"))).ShouldBe("$.tariffs[0].prices[1]");
        PathOf(Rows(Row("international", "free", prefix: "1"), Row("international", "paid", prefix: "1"))).ShouldBe("$.tariffs[0].prices[1]");
        PathOf(Rows(Row("fixed", "free"), Row("fixed", "free", mode: "ip"), Row("fixed", "free", kind: "call"), Row("fixed", "free", "call", "ip"))).ShouldBeNull();
    }

    [Fact]
    public void The_words_of_a_row_are_those_of_the_formats()
    {
        PathOf(Rows(Row("Fixed", "free"))).ShouldBe("$.tariffs[0].prices[0].class");
        PathOf(Rows(Row("", "free"))).ShouldBe("$.tariffs[0].prices[0].class");
        PathOf(Rows(Row("fixed", "free", kind: "voice"))).ShouldBe("$.tariffs[0].prices[0].kind");
        PathOf(Rows(Row("fixed", "free", mode: "IP"))).ShouldBe("$.tariffs[0].prices[0].mode");
    }

    [Fact]
    public void Every_plan_named_exists() => PathOf(Rows(Row("fixed", "nowhere"))).ShouldBe("$.tariffs[0].prices[0].plan");

    [Theory]
    [InlineData("2026-04-01", "2026-10-01", "2026-10-01", null, true)]
    [InlineData("2026-04-01", "2026-10-02", "2026-10-01", null, false)]
    [InlineData("2026-04-01", null, "2026-10-01", null, false)]
    [InlineData("2026-10-01", null, "2026-04-01", "2026-10-01", true)]
    [InlineData("2026-04-01", "2026-05-01", "2026-06-01", null, true)]
    [InlineData("2026-04-01", null, "2026-04-01", null, false)]
    public void The_versions_do_not_overlap(string from, string? to, string otherFrom, string? otherTo, bool accepted) =>
        FaultOf([Version("a", from, to), Version("b", otherFrom, otherTo)])?.Path.ShouldBe(accepted ? null : "$.tariffs[1]");

    [Fact]
    public void The_versions_share_one_id() =>
        FaultOf([Version("a", "2026-04-01", "2026-05-01"), Version("b", "2026-05-01") with { Id = "other" }])?.Path.ShouldBe("$.tariffs[1].id");

    [Theory]
    [InlineData("2026-01", "2026-04", "2026-04", null, true)]
    [InlineData("2026-01", "2026-05", "2026-04", null, false)]
    [InlineData("2026-04", null, "2026-01", null, false)]
    [InlineData("2026-04", null, "2026-01", "2026-04", true)]
    public void Two_statutory_entries_of_one_code_do_not_share_a_month(string from, string? to, string otherFrom, string? otherTo, bool accepted)
    {
        var tariff = Standard with { Statutory = [Statutory("u", from, to, "2"), Statutory("t", from, to, "1"), Statutory("u", otherFrom, otherTo, "3")] };

        PathOf(tariff).ShouldBe(accepted ? null : "$.tariffs[0].statutory[2]");
    }

    [Fact]
    public void A_tail_limit_names_an_end_cause_and_seconds()
    {
        PathOf(Tail("lost", 1)).ShouldBe("$.tariffs[0].interruptTailLimitSeconds.lost");
        PathOf(Tail("network", -1)).ShouldBe("$.tariffs[0].interruptTailLimitSeconds.network");
        PathOf(Tail("network", 0.0001m)).ShouldBe("$.tariffs[0].interruptTailLimitSeconds.network");
        PathOf(Tail("network", 0)).ShouldBeNull();
        PathOf(Tail("network", null)).ShouldBeNull();

        static TariffDocument Tail(string cause, decimal? seconds) =>
            Standard with { InterruptTailLimitSeconds = new Dictionary<string, decimal?> { [cause] = seconds } };
    }

    [Fact]
    public void A_tax_rate_lies_between_0_and_1_and_begins_alone()
    {
        PathOf(Standard with { TaxRates = [Rate("2019-10-01", 1.01m)] }).ShouldBe("$.tariffs[0].taxRates[0].standard");
        PathOf(Standard with { TaxRates = [Rate("2019-10-01", -0.1m)] }).ShouldBe("$.tariffs[0].taxRates[0].standard");
        PathOf(Standard with { TaxRates = [Rate("2019-10-01", 0.1m), Rate("2019-10-01", 0.08m)] }).ShouldBe("$.tariffs[0].taxRates[1].from");
        PathOf(Standard with { TaxRates = [Rate("2019-10-01", 0m), Rate("2019-10-02", 1m)] }).ShouldBeNull();
    }

    private static TariffDocument Rows(params IReadOnlyList<PriceRowDocument> rows) => Standard with { Prices = rows };

    private static string? PathOf(TariffDocument tariff) => FaultOf(tariff)?.Path;

    private static Billing.Contracts.Json.DocumentFault? FaultOf(params IReadOnlyList<TariffDocument> versions) =>
        TariffBook.Compile(new TariffsDocument { Tariffs = versions }).Fault;
}
