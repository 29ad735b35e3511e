using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Invoicing;
using static Billing.Rating.Tests.SampleContracts;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>Statutory fees, the standard rate of a month, tax once per category, totals (rating rules, section 8).</summary>
public sealed class StatutoryAndTaxTests
{
    private static readonly TariffDocument WithFees = Standard with
    {
        Statutory = [Statutory("universal-service", "2026-01", "2026-11", "2"), Statutory("universal-service", "2026-11", null, "3"), Statutory("telephone-relay", "2026-10", "2026-11", "1.5")],
    };

    [Theory]
    [InlineData("2026-09", "universal-service 3 6")]
    [InlineData("2026-10", "telephone-relay 3 4,universal-service 3 6")]
    [InlineData("2026-11", "universal-service 3 9")]
    public void A_statutory_fee_is_the_months_amount_times_the_numbers_rounded_down(string month, string expected)
    {
        var contract = Biz with { Numbers = [Number("05033000001"), Number("05033000002"), Number("05033000003")] };

        Fees(contract, month).ShouldBe(expected);
    }

    [Theory]
    [InlineData("2026-10-31", null, 1)]
    [InlineData("2026-11-01", null, 0)]
    [InlineData("2026-04-01", "2026-10-31", 0)]
    [InlineData("2026-04-01", "2026-11-01", 1)]
    public void The_numbers_in_service_on_the_last_day_count(string from, string? to, int counted) =>
        Fees(Biz with { Numbers = [Number("05033000001"), Number("05033000002", null, from, to)] }, "2026-10")
            .ShouldEndWith($"universal-service {counted + 1} {2 * (counted + 1)}");

    [Theory]
    [InlineData("2026-10-31", "")]
    [InlineData("2026-11-01", "telephone-relay 1 1,universal-service 1 2")]
    public void A_contract_that_is_closed_on_the_last_day_has_none(string terminated, string expected) =>
        Fees(Biz.Open("2026-04-01", terminated), "2026-10").ShouldBe(expected);

    [Fact]
    public void A_number_in_two_stretches_counts_once() =>
        Fees(Biz with { Numbers = [Number(BizNumber, to: "2026-10-10"), Number(BizNumber, from: "2026-10-20")] }, "2026-10").ShouldEndWith("universal-service 1 2");

    [Fact]
    public void A_fee_of_0_or_below_1_yen_has_no_line()
    {
        var tariff = Standard with { Statutory = [Statutory("a", "2026-01", null, "0"), Statutory("b", "2026-01", null, "0.9")] };

        (World.Standard with { Tariffs = [tariff] }).Invoice("C-BIZ", "2026-10").Summary("statutory").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2019-09", "0.08")]
    [InlineData("2019-10", "0.10")]
    [InlineData("2026-10", "0.10")]
    [InlineData("2014-03", "0.05")]
    [InlineData("2014-04", "0.08")]
    public void The_standard_rate_is_that_of_the_last_day_of_the_month(string month, string rate)
    {
        var tariff = Version("always", "2000-01-01") with { TaxRates = [Rate("2019-10-01", 0.10m), Rate("1997-04-01", 0.05m), Rate("2014-04-01", 0.08m)] };

        BillingMonth.Prepare(UsageMonth.Parse(month), Book(tariff), SampleContracts.Book(Biz)).Month.ShouldNotBeNull().StandardRate.ToString().ShouldBe(rate);
    }

    [Fact]
    public void A_rate_that_begins_on_the_last_day_counts_for_the_whole_month()
    {
        var tariff = Standard with { TaxRates = [Rate("2019-10-01", 0.10m), Rate("2026-10-31", 0.12m)] };

        (World.Standard with { Tariffs = [tariff] }).Invoice("C-BIZ", "2026-10").Tax.ToString().ShouldBe("36");
    }

    [Theory]
    [InlineData("2026-10-31", false)]
    [InlineData("2026-11-01", true)]
    public void With_no_version_on_the_last_day_the_run_is_refused(string to, bool prepared) =>
        (BillingMonth.Prepare(UsageMonth.Parse("2026-10"), Book(Version("v", "2026-04-01", to)), SampleContracts.Book(Biz)).Month is not null).ShouldBe(prepared);

    [Fact]
    public void What_the_month_costs_is_of_the_version_of_its_last_day()
    {
        var cheap = Version("cheap", "2026-10-31") with { Monthly = Standard.Monthly with { Biz = new BaseFeeDocument { Base = Yen("31") } } };
        var world = World.Standard with { Tariffs = [Version("dear", "2026-04-01", "2026-10-31"), cheap] };

        world.Invoice("C-BIZ", "2026-10").AmountOf("base-fee").ShouldBe("31");
        world.Invoice("C-BIZ", "2026-09").AmountOf("base-fee").ShouldBe("300");
    }

    [Fact]
    public void Tax_is_computed_once_per_category_and_never_per_line()
    {
        var lines = Enumerable.Range(0, 9).Select(_ => Line("9", "S")).ToList();

        InvoiceCalculator.Taxes(lines, new TaxRate(0.10m)).ShouldBe([new InvoiceTaxDocument { Category = "S", Taxable = Yen("81"), Rate = new TaxRate(0.10m), Tax = Yen("8") }]);
    }

    [Theory]
    [InlineData("9", "0")]
    [InlineData("10", "1")]
    [InlineData("19", "1")]
    [InlineData("-9", "0")]
    [InlineData("-10", "-1")]
    [InlineData("-19", "-1")]
    [InlineData("0", "0")]
    public void Tax_is_rounded_toward_zero(string sum, string tax) => InvoiceCalculator.Taxes([Line(sum, "S")], new TaxRate(0.10m))[0].Tax.ToString().ShouldBe(tax);

    [Fact]
    public void R13_zero_rated_lines_and_deposits_bear_no_tax()
    {
        var taxes = InvoiceCalculator.Taxes([Line("100", "S"), Line("50000", "O"), Line("30", "G")], new TaxRate(0.10m));

        taxes.Select(row => $"{row.Category} {row.Taxable} {row.Rate} {row.Tax}").ShouldBe(["G 30 0 0", "O 50000 0 0", "S 100 0.10 10"]);
    }

    [Fact]
    public void A_category_without_a_line_has_no_tax_row_and_one_with_lines_of_0_has()
    {
        var invoice = World.Standard.Invoice("C-BIZ", "2026-10", new CallRecord { Called = "010881612345678", Seconds = 0 });

        invoice.Taxes.Select(row => row.Category).ShouldBe(["G", "S"]);
        World.Standard.Invoice("C-BIZ", "2026-10").Taxes.Select(row => row.Category).ShouldBe(["S"]);
        InvoiceCalculator.Taxes([Line("0", "G")], default).Count.ShouldBe(1);
    }

    [Fact]
    public void The_total_is_the_lines_and_their_tax()
    {
        CallRecord[] calls = [new CallRecord { RecordId = "1" }, new CallRecord { RecordId = "2", Called = "010441234567", Seconds = 61 }];
        var invoice = (World.Standard with { Tariffs = [WithFees] }).Invoice("C-BIZ", "2026-10", calls);

        invoice.Summary().ShouldBe(
        [
            $"monthly base-fee {BizNumber} 1 300 S", "statutory telephone-relay - 1 1 S", "statutory universal-service - 1 2 S",
            "usage fixed - 1 8 S", "usage international - 1 60 G",
        ]);
        (invoice.Subtotal, invoice.Tax, invoice.Total).ShouldBe((Yen("371"), Yen("31"), Yen("402")));
    }

    private static string Fees(ContractDocument contract, string month) =>
        string.Join(',', ((World.Of(contract) with { Tariffs = [WithFees] }).TryInvoice("C-BIZ", month).Invoice?.Lines ?? [])
            .Where(line => line.Section == "statutory").Select(line => $"{line.Code} {line.Quantity} {line.Amount}"));

    private static InvoiceLineDocument Line(string amount, string category) =>
        new() { Section = "adjustment", Code = "x", Month = UsageMonth.Parse("2026-10"), Quantity = 1, Amount = Yen(amount), TaxCategory = category };
}
