using Billing.Contracts;
using Billing.Contracts.Documents;
using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>Billing Station: its fee, when it is free, and when it ends (rating rules, section 8; R10 to R12).</summary>
public sealed class BillingStationTests
{
    private static readonly TariffDocument Always = SampleTariff.Version("always", "2020-01-01");

    [Theory]
    [InlineData("2026-04-01", null, "1000")]
    [InlineData("2026-10-02", null, "967")]
    [InlineData("2026-10-31", null, "32")]
    [InlineData("2026-11-01", null, null)]
    [InlineData("2026-04-01", "2026-10-01", null)]
    [InlineData("2026-04-01", "2026-10-02", "32")]
    public void On_a_biz_contract_it_costs_its_fee_for_the_days_in_service(string from, string? to, string? amount) =>
        World.Of(Biz with { BillingStation = Station(from, to) }).Invoice("C-BIZ", "2026-10").AmountOf("billing-station").ShouldBe(amount);

    [Theory]
    [InlineData("2026-10-02", "967")]
    [InlineData("2026-10-31", "32")]
    public void On_a_biz_contract_it_is_in_service_while_the_contract_is_open(string opened, string amount) =>
        World.Of(Biz.Open(opened) with { BillingStation = Station() }).Invoice("C-BIZ", "2026-10").AmountOf("billing-station").ShouldBe(amount);

    [Fact]
    public void Without_proration_any_day_costs_the_whole_fee() =>
        (World.Of(Biz with { BillingStation = Station("2026-10-31") }) with { Tariffs = [SampleTariff.Standard with { Proration = Proration.None }] })
            .Invoice("C-BIZ", "2026-10").AmountOf("billing-station").ShouldBe("1000");

    [Fact]
    public void Without_billing_station_there_is_no_line() => World.Standard.Invoice("C-BIZ", "2026-10").AmountOf("billing-station").ShouldBeNull();

    [Fact]
    public void R11_on_a_w_mode_contract_it_is_listed_with_amount_0() =>
        World.Of(WMode with { BillingStation = Station() }).Invoice("C-WMODE", "2026-10").Summary("monthly")
            .ShouldBe([$"monthly base-fee {WModeNumber} 1 500 S", "monthly billing-station - 1 0 S"]);

    [Theory]
    [InlineData("2026-04-01", null, true)]
    [InlineData("2026-10-31", null, true)]
    [InlineData("2026-11-01", null, false)]
    [InlineData("2026-04-01", "2026-10-02", true)]
    [InlineData("2026-04-01", "2026-10-01", false)]
    [InlineData("2026-10-15", "2026-10-16", true)]
    [InlineData("2026-10-15", "2026-10-15", false)]
    public void R11_it_is_free_in_a_month_in_which_the_same_corporation_has_w_mode_on_any_day(string opened, string? terminated, bool free)
    {
        var world = World.Of(
            Biz.CorporateNumber("1180301018771") with { BillingStation = Station() },
            WMode.Open(opened, terminated).CorporateNumber("1180301018771"));

        world.Invoice("C-BIZ", "2026-10").AmountOf("billing-station").ShouldBe(free ? "0" : "1000");
    }

    [Theory]
    [InlineData("1180301018771", "1180301018772")]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData(null, "1180301018771")]
    [InlineData("1180301018771", null)]
    public void R11_w_mode_of_another_or_an_unknown_corporation_does_not_count(string? biz, string? wMode) =>
        World.Of(Biz.CorporateNumber(biz) with { BillingStation = Station() }, WMode.CorporateNumber(wMode))
            .Invoice("C-BIZ", "2026-10").AmountOf("billing-station").ShouldBe("1000");

    [Fact]
    public void R11_another_biz_contract_of_the_corporation_does_not_make_it_free() =>
        World.Of(
            Biz.CorporateNumber("1180301018771") with { BillingStation = Station() },
            Biz.CorporateNumber("1180301018771") with { Id = "C-2", Numbers = [Number("05033000002")] })
            .Invoice("C-BIZ", "2026-10").AmountOf("billing-station").ShouldBe("1000");

    [Theory]
    [InlineData("2024-12-10", "2025-02", "2025-03")]
    [InlineData("2023-12-31", "2024-02", "2024-03")]
    [InlineData("2025-07-15", "2025-09", "2025-10")]
    [InlineData("2025-01-01", "2025-03", "2025-04")]
    [InlineData("2024-11-30", "2025-01", "2025-02")]
    [InlineData("2024-10-31", "2024-12", "2025-01")]
    public void R12_after_w_mode_it_ends_with_the_second_month_after_the_month_of_termination(string terminated, string last, string after)
    {
        Listed(terminated, null, last).ShouldBeTrue();
        Listed(terminated, null, after).ShouldBeFalse();
    }

    [Fact]
    public void R12_until_its_end_it_costs_nothing_and_an_open_contract_has_no_end()
    {
        var ended = World.Of(WMode.Open("2020-01-01", "2024-12-10") with { BillingStation = Station("2020-01-01"), Options = [] }) with { Tariffs = [Always] };

        ended.TryInvoice("C-WMODE", "2025-01").ShouldBe((null, null));
        Listed(null, null, "2035-01").ShouldBeTrue();
    }

    [Theory]
    [InlineData("2025-01-15", "2025-01", "2025-02")]
    [InlineData("2025-06-01", "2025-05", "2025-06")]
    public void R12_an_end_that_is_set_is_kept(string to, string last, string after)
    {
        Listed("2024-12-10", to, last).ShouldBeTrue();
        Listed("2024-12-10", to, after).ShouldBeFalse();
    }

    /// <summary>Whether the station is on the invoice of a terminated contract; a late call makes an invoice of any month.</summary>
    private static bool Listed(string? terminated, string? to, string month)
    {
        var contract = WMode.Open("2020-01-01", terminated) with { BillingStation = Station("2020-01-01", to), Numbers = [Number(WModeNumber, from: "2020-01-01")] };
        var contracts = Book(contract);
        var prepared = Billing.Rating.Invoicing.BillingMonth.Prepare(UsageMonth.Parse(month), SampleTariff.Book(Always), contracts).Month.ShouldNotBeNull();
        var usage = new Billing.Rating.Invoicing.MonthUsage(null);
        usage.Add(new Billing.Rating.Invoicing.UsageLine(new(CallClass.Fixed, null, TaxCategory.S), 1, 1, Yen.Whole(8)), 0, Yen.Zero);

        var invoice = Billing.Rating.Invoicing.InvoiceCalculator.Calculate(contracts.Contracts[0], prepared, usage, [], []).Invoice.ShouldNotBeNull();

        var line = invoice.Lines.SingleOrDefault(line => line.Code == "billing-station");
        line?.Amount.ShouldBe(Yen.Zero);
        return line is not null;
    }
}
