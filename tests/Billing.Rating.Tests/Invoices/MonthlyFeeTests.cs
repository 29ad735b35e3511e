using Billing.Contracts;
using Billing.Contracts.Documents;
using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>Base fees and options: days in service, proration, stretches (rating rules, section 8).</summary>
public sealed class MonthlyFeeTests
{
    private static readonly TariffDocument Whole = SampleTariff.Standard with { Proration = Proration.None };

    [Theory]
    [InlineData("2026-04-01", null, "300")]
    [InlineData("2026-10-01", null, "300")]
    [InlineData("2026-10-02", null, "290")]
    [InlineData("2026-10-31", null, "9")]
    [InlineData("2026-11-01", null, null)]
    [InlineData("2026-04-01", "2026-10-31", "290")]
    [InlineData("2026-04-01", "2026-10-02", "9")]
    [InlineData("2026-04-01", "2026-10-01", null)]
    [InlineData("2026-10-10", "2026-10-20", "96")]
    public void R60_the_base_fee_of_a_number_is_prorated_by_days_and_rounded_down(string from, string? to, string? amount)
    {
        var world = World.Of(Biz with { Numbers = [Number("05033000099", from: "2026-04-01"), Number(BizNumber, null, from, to)] });

        LineOf(world.Invoice("C-BIZ", "2026-10"), BizNumber)?.Amount.ToString().ShouldBe(amount);
        (LineOf(world.Invoice("C-BIZ", "2026-10"), BizNumber) is null).ShouldBe(amount is null);
    }

    [Theory]
    [InlineData("2026-02", 28, "10")]
    [InlineData("2026-04", 30, "10")]
    [InlineData("2026-12", 31, "9")]
    [InlineData("2028-02", 29, "10")]
    public void A_day_is_a_share_of_the_days_of_its_month(string month, int days, string oneDay)
    {
        UsageMonth.Parse(month).Days.ShouldBe(days);
        var tariff = SampleTariff.Version("always", "2020-01-01");
        var contract = Biz.Open("2020-01-01") with { Numbers = [Number(BizNumber, null, $"{month}-{days}")] };

        (World.Of(contract) with { Tariffs = [tariff] }).Invoice("C-BIZ", month).AmountOf("base-fee").ShouldBe(oneDay);
    }

    [Theory]
    [InlineData("2026-10-05", null, "2026-10-01", null, 27)]
    [InlineData("2026-10-01", null, "2026-10-05", null, 27)]
    [InlineData("2026-10-05", "2026-10-15", "2026-10-01", "2026-10-31", 10)]
    [InlineData("2026-10-05", "2026-10-15", "2026-10-10", "2026-10-20", 5)]
    [InlineData("2026-10-05", "2026-10-15", "2026-10-14", "2026-10-20", 1)]
    [InlineData("2026-10-05", "2026-10-15", "2026-10-15", "2026-10-20", 0)]
    public void A_number_is_in_service_while_it_is_valid_and_its_contract_open(string opened, string? terminated, string from, string? to, int days)
    {
        var world = World.Of(Biz.Open(opened, terminated) with { Numbers = [Number(BizNumber, null, from, to)] });

        var (invoice, _) = world.TryInvoice("C-BIZ", "2026-10");

        invoice?.AmountOf("base-fee").ShouldBe((300 * days / 31).ToString(System.Globalization.CultureInfo.InvariantCulture));
        (invoice is null).ShouldBe(days == 0);
    }

    [Fact]
    public void A_number_with_two_stretches_has_one_line_for_all_its_days()
    {
        var contract = Biz with { Numbers = [Number(BizNumber, from: "2026-10-01", to: "2026-10-02"), Number(BizNumber, from: "2026-10-30")] };

        World.Of(contract).Invoice("C-BIZ", "2026-10").Summary("monthly").ShouldBe([$"monthly base-fee {BizNumber} 1 29 S"]);
        (World.Of(contract) with { Tariffs = [Whole] }).Invoice("C-BIZ", "2026-10").Summary("monthly").ShouldBe([$"monthly base-fee {BizNumber} 1 300 S"]);
    }

    [Theory]
    [InlineData("2026-10-31", null)]
    [InlineData("2026-04-01", "2026-10-02")]
    public void Without_proration_any_day_in_service_costs_the_whole_fee_rounded_down(string from, string? to)
    {
        var tariff = Whole with { Monthly = Whole.Monthly with { Biz = new BaseFeeDocument { Base = SampleTariff.Yen("300.9") } } };

        (World.Of(Biz with { Numbers = [Number(BizNumber, null, from, to)] }) with { Tariffs = [tariff] })
            .Invoice("C-BIZ", "2026-10").AmountOf("base-fee").ShouldBe("300");
    }

    [Fact]
    public void W_mode_and_biz_have_base_fees_of_their_own()
    {
        World.Standard.Invoice("C-BIZ", "2026-10").AmountOf("base-fee").ShouldBe("300");
        World.Standard.Invoice("C-WMODE", "2026-10").AmountOf("base-fee").ShouldBe("500");
    }

    [Fact]
    public void R60_a_number_has_one_fee_whatever_the_number_of_devices()
    {
        CallRecord[] calls = [new CallRecord { RecordId = "a", Device = "ios" }, new CallRecord { RecordId = "b", Device = "pc" }];

        World.Standard.Invoice("C-BIZ", "2026-10", calls).Summary("monthly").Length.ShouldBe(1);
    }

    [Fact]
    public void R2_fees_accrue_every_month_from_opening_to_termination()
    {
        var world = World.Of(Biz.Open("2026-04-10", "2026-08-01"));

        string?[] amounts = [.. new[] { "2026-04", "2026-05", "2026-06", "2026-07", "2026-08" }.Select(month => world.TryInvoice("C-BIZ", month).Invoice?.Total.ToString())];

        amounts.ShouldBe(["231", "330", "330", "330", null]);
    }

    [Theory]
    [InlineData("2026-04-01", null, 30, "3000")]
    [InlineData("2026-10-16", null, 30, "1530")]
    [InlineData("2026-10-31", null, 30, "90")]
    [InlineData("2026-10-31", null, 0, "0")]
    [InlineData("2026-10-01", "2026-10-11", 7, "224")]
    public void R17_the_web_phonebook_costs_its_price_per_contracted_id_the_administrators_too(string from, string? to, int ids, string amount) =>
        World.Of(Biz with { Options = [Option("web-phonebook", ids, from, to)] }).Invoice("C-BIZ", "2026-10").AmountOf("web-phonebook").ShouldBe(amount);

    [Fact]
    public void An_option_is_rounded_per_unit_and_not_per_line()
    {
        var world = World.Of(Biz with { Options = [Option("recording", 3, "2026-10-01")] });

        world.Invoice("C-BIZ", "2026-10").AmountOf("recording").ShouldBe("165");
        (world with { Tariffs = [Whole] }).Invoice("C-BIZ", "2026-10").AmountOf("recording").ShouldBe("165");
    }

    [Fact]
    public void An_option_has_a_line_per_stretch_in_the_order_of_their_beginnings()
    {
        var contract = Biz with
        {
            Options =
            [
                Option("web-phonebook", 40, "2026-10-21"), Option("web-phonebook", 30, "2026-10-01", "2026-10-11"),
                Option("web-phonebook", 35, "2026-10-11", "2026-10-21"), Option("recording", 1, "2026-10-31"),
            ],
        };

        World.Of(contract).Invoice("C-BIZ", "2026-10").Summary("monthly").Skip(1).ShouldBe(
            ["monthly recording - 1 1 S", "monthly web-phonebook - 30 960 S", "monthly web-phonebook - 35 1120 S", "monthly web-phonebook - 40 1400 S"]);
        (World.Of(contract) with { Tariffs = [Whole] }).Invoice("C-BIZ", "2026-10").Summary("monthly").Skip(1).ShouldBe(
            ["monthly recording - 1 55 S", "monthly web-phonebook - 30 3000 S", "monthly web-phonebook - 35 3500 S", "monthly web-phonebook - 40 4000 S"]);
    }

    [Fact]
    public void R15_an_option_ends_with_its_contract() =>
        World.Of(Biz.Open("2026-04-01", "2026-10-11") with { Options = [Option("web-phonebook", 10, "2026-04-01")] })
            .Invoice("C-BIZ", "2026-10").AmountOf("web-phonebook").ShouldBe("320");

    [Theory]
    [InlineData("2026-10-31", null, true)]
    [InlineData("2026-11-01", null, false)]
    [InlineData("2026-04-01", "2026-10-01", false)]
    public void An_option_without_a_price_refuses_the_invoice_while_it_is_in_service(string from, string? to, bool refused)
    {
        var (invoice, refusal) = World.Of(Biz with { Options = [Option("fax", 1, from, to)] }).TryInvoice("C-BIZ", "2026-10");

        (invoice is null, refusal is not null).ShouldBe((refused, refused));
        refusal?.Message.ShouldContain("fax");
    }

    [Fact]
    public void A_base_fee_or_station_without_a_price_refuses_the_invoice_too()
    {
        var unpriced = SampleTariff.Standard with { Monthly = new MonthlyFeesDocument() };

        (World.Standard with { Tariffs = [unpriced] }).TryInvoice("C-BIZ", "2026-10").Refusal.ShouldNotBeNull();
        (World.Of(Biz with { Numbers = [], BillingStation = Station() }) with { Tariffs = [unpriced] }).TryInvoice("C-BIZ", "2026-10").Refusal.ShouldNotBeNull();
        (World.Of(Biz with { Numbers = [] }) with { Tariffs = [unpriced] }).TryInvoice("C-BIZ", "2026-10").ShouldBe((null, null));
    }

    [Fact]
    public void R33_an_invoice_holds_our_fees_and_calls_and_nothing_else()
    {
        var invoice = World.Standard.Invoice("C-WMODE", "2026-10", CallRecord.Mobile with { Origin = "JP" });

        invoice.Lines.Select(line => line.Code).ShouldBe(["base-fee", "fixed"]);
    }

    private static InvoiceLineDocument? LineOf(InvoiceDocument invoice, string detail) => invoice.Lines.SingleOrDefault(line => line.Detail == detail);
}
