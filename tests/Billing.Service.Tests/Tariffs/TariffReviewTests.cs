using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Tariffs;
using static Billing.Service.Tests.Subscriptions.Sample;
using static Billing.Service.Tests.Tariffs.SampleTariff;

namespace Billing.Service.Tests.Tariffs;

/// <summary>What a review of a tariff refuses, warns of and shows.</summary>
public sealed class TariffReviewTests
{
    [Fact]
    public void A_tariff_that_prices_everything_warns_of_nothing() => Warnings([], Standard).ShouldBeEmpty();

    [Fact]
    public void The_text_that_stands_is_no_change() => Review([Standard], Standard).Changed.ShouldBeEmpty();

    [Fact]
    public void The_order_of_members_is_no_change() =>
        Review([Standard], Standard with { Plans = Standard.Plans.Reverse().ToDictionary() }).Changed.ShouldBeEmpty();

    [Theory]
    [InlineData("fixed")]
    [InlineData("satellite")]
    [InlineData("extension")]
    [InlineData("navi-dial")]
    public void Pain11_a_class_without_a_price_is_named(string callClass) =>
        Warnings([], Standard.Without(callClass)).ShouldBe([$"2026-04: class {callClass} has no price"]);

    [Fact]
    public void Pain11_a_class_with_a_price_in_some_ways_only_is_named_with_the_others()
    {
        Warnings([], Standard.Without("fixed") with { Prices = [.. Standard.Without("fixed").Prices, Row("fixed", "fixed", mode: "ip")] })
            .ShouldBe(["2026-04: class fixed has no price for calls in mobile mode"]);
        Warnings([], Standard.Without("fixed") with { Prices = [.. Standard.Without("fixed").Prices, Row("fixed", "fixed", kind: "call")] })
            .ShouldBe(["2026-04: class fixed has no price for forwarded calls"]);
        // free dial is suspended in mobile mode before a price is looked for
        Warnings([], Standard.Without("free-dial") with { Prices = [.. Standard.Without("free-dial").Prices, Row("free-dial", "free", mode: "ip")] }).ShouldBeEmpty();
    }

    [Fact]
    public void Pain11_a_class_with_prices_for_some_carriers_or_prefixes_only_is_named_with_them()
    {
        Warnings([], Standard.Without("paid-050") with { Prices = [.. Standard.Without("paid-050").Prices, Row("paid-050", "fixed", carrier: "kddi")] })
            .ShouldBe(["2026-04: class paid-050 has a price for the carriers kddi only"]);
        Warnings([], Standard.Without("international") with { Prices = [.. Standard.Without("international").Prices, Row("international", "world", prefix: "1")] })
            .ShouldBe(["2026-04: class international has a price for the prefixes 1 only"]);
    }

    [Fact]
    public void Pain11_a_fee_or_tax_rate_that_is_missing_is_named()
    {
        Warnings([], Standard with { Monthly = Standard.Monthly with { WMode = null, BillingStation = null } })
            .ShouldBe(["2026-04: no base fee of w-mode: contracts that owe it get no invoice", "2026-04: no fee of billing-station: contracts that owe it get no invoice"]);
        Warnings([], Standard with { TaxRates = [new TaxRateDocument { From = Date("2026-04-02"), Standard = new TaxRate(0.1m) }] })
            .ShouldBe(["2026-04: no tax rate is in force on 2026-04-01"]);
    }

    [Theory]
    [InlineData("8", 180, null)]
    [InlineData("16", 180, null)] // twice is not more than twice
    [InlineData("16.1", 180, "a call of 1 s on Thursday 12:00 costs 16.1 yen, before 8")]
    [InlineData("4", 180, null)]
    [InlineData("3.9", 180, "costs 3.9 yen, before 8")]
    [InlineData("80", 180, "costs 80 yen, before 8")]
    [InlineData("8", 60, "a call of 180 s on Thursday 12:00 costs 24 yen, before 8")] // the unit slipped, not the price
    [InlineData("0", 180, "costs 0 yen, before 8")]
    public void Pain11_a_price_far_from_the_previous_one_is_suspect(string price, int unit, string? expected)
    {
        var next = Version("2026-10", "2026-10-01").With("fixed", Flat(price, unit));
        var warnings = Warnings([Version("2026-04", "2026-04-01", "2026-10-01")], next);
        if (expected is null)
        {
            warnings.ShouldBeEmpty();
            return;
        }

        // every row with the plan is named
        warnings.Select(warning => warning.Split(" is suspect")[0]).ShouldBe(
            ["2026-10: price of fixed", "2026-10: price of paid-050", "2026-10: price of navi-dial", "2026-10: price of teledome"]);
        warnings[0].ShouldContain(expected);
    }

    [Fact]
    public void Pain11_a_price_that_is_far_off_at_night_only_is_suspect()
    {
        var next = Version("2026-10", "2026-10-01").With("mobile", new PricePlanDocument
        {
            Periods = [Period("00:00", "160"), Period("08:00", "16")],
        });
        Warnings([Version("2026-04", "2026-04-01", "2026-10-01")], next)
            .ShouldBe(["2026-10: price of mobile is suspect: a call of 1 s on Thursday 00:00 costs 160 yen, before 16"]);
    }

    [Fact]
    public void Pain11_a_fee_or_tax_rate_far_from_the_previous_one_is_suspect()
    {
        var next = Version("2026-10", "2026-10-01") with
        {
            Monthly = Standard.Monthly with { Biz = new BaseFeeDocument { Base = Yen.Whole(3000) } },
            TaxRates = [new TaxRateDocument { From = Date("2019-10-01"), Standard = new TaxRate(0.01m) }],
        };
        Warnings([Version("2026-04", "2026-04-01", "2026-10-01")], next)
            .ShouldBe(["2026-10: base fee of biz is suspect: 3000 yen, before 300", "2026-10: tax rate is suspect: 0.01, before 0.10"]);
    }

    [Fact]
    public void Pain11_days_without_a_version_are_named() =>
        Warnings([Version("2026-04", "2026-04-01", "2026-10-01")], Version("2026-11", "2026-11-01"))
            .ShouldBe(["no version is in force from 2026-10-01 to 2026-10-31: calls of those days are suspended with no-price"]);

    [Fact]
    public void Pain11_an_end_without_a_successor_is_named()
    {
        Warnings([Standard], Standard with { To = Date("2026-10-01") })
            .ShouldBe(["no version is in force from 2026-10-01 on: calls of those days are suspended with no-price"]);
        // a version ends sooner than its successor, which stands already, begins
        Warnings([Version("2026-04", "2026-04-01", "2026-10-01"), Version("2026-10", "2026-10-01")], Version("2026-04", "2026-04-01", "2026-09-30"))
            .ShouldBe(["no version is in force from 2026-09-30 to 2026-09-30: calls of those days are suspended with no-price"]);
        // what is so already was warned of before
        Warnings([Version("2026-04", "2026-04-01", "2026-10-01")], Version("2026-03", "2026-03-01", "2026-04-01")).ShouldBeEmpty();
    }

    [Fact]
    public void Replacing_a_published_text_is_warned_of_but_setting_its_end_is_not()
    {
        Warnings([Standard], Standard.With("fixed", Flat("9", 180))).Single().ShouldStartWith("2026-04: replaces the published text");
        Warnings([Standard], Standard with { To = Date("2026-10-01") }).ShouldNotContain(warning => warning.Contains("replaces", StringComparison.Ordinal));
    }

    [Fact]
    public void Versions_that_overlap_what_stands_are_refused()
    {
        var (review, fault) = TariffReview.Of([Standard], Document(Version("2026-10", "2026-10-01")));
        review.ShouldBeNull();
        fault!.Path.ShouldBe("$.tariffs[0]");
        fault.Reason.ShouldContain("'2026-04'");
    }

    [Fact]
    public void An_earlier_version_stated_again_with_its_end_makes_room()
    {
        var review = TariffReview.Of([Standard], Document(Standard with { To = Date("2026-10-01") }, Version("2026-10", "2026-10-01"))).Review!;
        review.Changed.Select(version => version.Tariff.Version).ShouldBe(["2026-04", "2026-10"]);
        review.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void A_document_that_is_no_tariff_is_refused_with_the_path_of_its_fault()
    {
        TariffReview.Of([], Document()).Fault!.Path.ShouldBe("$.tariffs");
        TariffReview.Of([], Document(Standard with { Prices = [Row("fixed", "none")] })).Fault!.Path.ShouldBe("$.tariffs[0].prices[0].plan");
        TariffReview.Of([], Document(Version("1", "2026-04-01", "2026-05-01"), Version("1", "2026-05-01"))).Fault!.Reason.ShouldContain("more than once");
    }

    [Fact]
    public void Pain11_the_difference_to_the_previous_version_is_shown()
    {
        var next = Version("2026-10", "2026-10-01").With("fixed", Flat("8.5", 180)).With("kddi", Flat("10.4", 180)) with
        {
            Monthly = Standard.Monthly with { WMode = new BaseFeeDocument { Base = Yen.Whole(550) }, Options = null },
            Prices = [.. Standard.Without("satellite").Prices, Row("paid-050", "kddi", carrier: "kddi")],
            Holidays = [Date("2026-11-03")],
        };
        Review([Version("2026-04", "2026-04-01", "2026-10-01")], next).Changed.Single().Differences.ShouldBe(
        [
            "in force: 2026-04-01 to 2026-09-30 → from 2026-10-01",
            "base fee w-mode: 500 yen → 550 yen",
            "option web-phonebook: gone, was 100 yen",
            "holidays: new, 2026-11-03",
            "plan fixed: 8 yen per 180 s → 8.5 yen per 180 s",
            "plan kddi: new, 10.4 yen per 180 s",
            "price of paid-050, carrier kddi: new, plan kddi",
            "price of satellite: gone, was plan world",
        ]);
    }

    private static PricePeriodDocument Period(string from, string price) => new()
    {
        Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        From = from,
        Steps = Flat(price, 60).Steps!,
    };

    private static TariffReview Review(IReadOnlyList<TariffDocument> standing, params IReadOnlyList<TariffDocument> wanted)
    {
        var (review, fault) = TariffReview.Of(standing, Document(wanted));
        fault.ShouldBeNull();
        return review!;
    }

    private static List<string> Warnings(IReadOnlyList<TariffDocument> standing, params IReadOnlyList<TariffDocument> wanted) => [.. Review(standing, wanted).Warnings];
}
