using Billing.Contracts;
using Billing.Contracts.Documents;
using static Billing.Rating.Tests.SampleContracts;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>What users of other billing systems suffer from, by the number of the complaint, and what happens here instead.</summary>
public sealed class PainTests
{
    [Fact]
    public void Pain01_small_increments_are_summed_exactly_and_rounded_once_per_call()
    {
        var exact = Flat("0.0007", 60, increment: 6).Compile();
        var rounded = (Flat("0.0007", 60, increment: 7) with { Rounding = Round(RoundingMethod.HalfUp, 4) }).Compile();

        exact.PriceOf(0, 86_400_000).Charge.ShouldBe(Yen("1.008"));
        rounded.PriceOf(0, 86_400_000).Charge.ShouldBe(Yen("1.008"));
    }

    [Fact]
    public void Pain01_a_month_of_small_calls_is_right_to_the_last_decimal()
    {
        var world = World.Standard with { Tariffs = [Standard.With("fixed", Flat("0.0101", 1))] };
        var calls = Enumerable.Range(0, 500).Select(i => new CallRecord { RecordId = $"r{i}", Seconds = 1 }).ToArray();

        world.Usage("C-BIZ", "2026-10", calls).Lines.Single().Sum.ShouldBe(Yen("5.05"));
    }

    [Fact]
    public void Pain04_without_a_price_a_call_is_neither_free_nor_lost()
    {
        var unpriced = World.Standard with { Tariffs = [Standard with { Prices = [Row("mobile", "mobile")] }] };
        var call = new CallRecord { Seconds = 181 };

        var held = unpriced.Rate(call);

        (held.Outcome, held.Reason, held.Contract).ShouldBe(("suspended", "no-price", ""));
        unpriced.Usage("C-BIZ", "2026-10", call).Calls.ShouldBe(0);
        World.Standard.Rate(call).Charge.ShouldBe("16");
    }

    [Fact]
    public void Pain04_no_tariff_at_all_holds_every_call_and_refuses_the_month()
    {
        var world = World.Standard with { Tariffs = [] };

        world.Rate(new CallRecord()).Reason.ShouldBe("no-price");
        world.TryInvoice("C-BIZ", "2026-10").Refusal.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("2026-10-31T23:59:59.999", "2026-10")]
    [InlineData("2026-11-01T00:00:00.000", "2026-11")]
    [InlineData("2026-12-31T23:59:59.999", "2026-12")]
    [InlineData("2027-01-01T00:00:00.000", "2027-01")]
    [InlineData("2028-02-29T23:59:59.999", "2028-02")]
    public void Pain07_the_month_is_decided_in_Tokyo_to_the_millisecond(string at, string month) =>
        World.Standard.Rate(new CallRecord { At = at, Seconds = 7200 }).Month.ShouldBe(month);

    [Fact]
    public void Pain07_a_call_across_the_month_edge_is_one_call_of_the_month_of_its_answer()
    {
        var call = new CallRecord { At = "2026-10-31T23:50:00", Seconds = 1200 };

        World.Standard.Usage("C-BIZ", "2026-10", call).Lines.Single().Amount.ShouldBe(Yen("56"));
        World.Standard.Usage("C-BIZ", "2026-11", call).Calls.ShouldBe(0);
    }

    [Fact]
    public void Pain08_measured_tail_and_billed_time_are_kept_apart()
    {
        var rated = World.Standard.Rate(new CallRecord { Seconds = 500, SpeechLostAfter = 100, EndCause = "mobile-interrupt" });

        (rated.ChargeableMs, rated.TailMs, rated.TailOverLimit).ShouldBe((270_000, 170_000, true));
        (rated.Charge, rated.TailCharge).ShouldBe(("16", "8"));
    }

    [Theory]
    [InlineData(86_400, "rated")]
    [InlineData(86_400.001, "suspended")]
    [InlineData(2_000_000, "suspended")]
    public void Pain08_a_call_that_never_hung_up_is_held_and_not_billed(double seconds, string outcome) =>
        World.Standard.Rate(new CallRecord { Seconds = (decimal)seconds }).Outcome.ShouldBe(outcome);

    [Fact]
    public void Pain09_the_limit_holds_in_every_order_of_arrival_and_is_explained()
    {
        CallRecord[] calls =
        [
            new CallRecord { RecordId = "a", At = "2026-10-05T08:00:00", Called = "09012345678", Seconds = 600 },
            new CallRecord { RecordId = "b", At = "2026-10-05T09:00:00", Called = "010441234567", Seconds = 600 },
            new CallRecord { RecordId = "c", At = "2026-10-05T10:00:00", Called = "05010001234", Seconds = 600 },
            new CallRecord { RecordId = "d", At = "2026-10-05T11:00:00" },
        ];
        var world = World.Of(Biz.Limited(200));

        foreach (var order in Permutations(calls))
        {
            var invoice = world.Invoice("C-BIZ", "2026-10", order);

            (invoice.Usage.Amount + invoice.Usage.Adjustment).ShouldBe(Yen("200"));
            invoice.Summary("limit").ShouldBe(["limit usage-limit - 1 -260 G", "limit usage-limit - 1 -49 S"]);
        }
    }

    [Fact]
    public void Pain10_peak_off_peak_and_holidays_split_a_call_where_the_tariff_says()
    {
        var plan = InPeriods(
            Period(EveryDay, "00:00", Step(0, "1", 60, 60)),
            Period(EveryDay, "08:00", Step(0, "10", 60, 60)),
            Period(["holiday"], "00:00", Step(0, "2", 60, 60))).Compile("2026-11-03");

        plan.PriceOf(CallRecord.Ms("2026-11-02T23:58:00"), 240_000).Charge.ShouldBe(Yen("24"));
        plan.PriceOf(CallRecord.Ms("2026-11-02T07:58:00"), 240_000).Charge.ShouldBe(Yen("22"));
        plan.PriceOf(CallRecord.Ms("2026-11-03T07:58:00"), 240_000).Charge.ShouldBe(Yen("8"));
    }

    [Fact]
    public void Pain10_the_version_that_priced_a_call_stands_in_its_record()
    {
        var world = World.Standard with { Tariffs = [Version("2026-04", "2026-04-01", "2026-10-01"), Version("2026-10", "2026-10-01")] };

        world.Rate(new CallRecord { At = "2026-09-30T12:00:00" }).TariffVersion.ShouldBe("2026-04");
        world.Rate(new CallRecord { At = "2026-10-01T12:00:00" }).TariffVersion.ShouldBe("2026-10");
    }

    [Fact]
    public void Pain11_new_prices_hold_from_their_date_whatever_is_rated_later()
    {
        var before = World.Standard with { Tariffs = [Version("old", "2026-04-01")] };
        var after = World.Standard with { Tariffs = [Version("old", "2026-04-01", "2026-11-01"), Version("new", "2026-11-01").With("fixed", Flat("9", 180))] };
        var october = new CallRecord { At = "2026-10-31T23:59:59.999" };

        after.Rate(october).ShouldBe(before.Rate(october));
        after.Rate(october with { At = "2026-11-01T00:00:00" }).Charge.ShouldBe("9");
    }

    [Fact]
    public void Pain11_a_tariff_that_leaves_a_gap_in_the_week_or_repeats_a_row_is_refused_before_it_prices_anything()
    {
        Refused(Standard.With("plan", InPeriods(Period([.. EveryDay.Skip(1)], "00:00", Step(0, "1", 60, 60))))).ShouldBe("$.tariffs[0].plans.plan.periods");
        Refused(Standard with { Prices = [Row("fixed", "fixed"), Row("fixed", "free")] }).ShouldBe("$.tariffs[0].prices[1]");
    }

    [Fact]
    public void Pain14_tax_is_computed_once_per_document_so_that_a_full_credit_ends_at_0()
    {
        var contracts = SampleContracts.Book(Biz.Open("2026-04-01", "2026-05-01"));
        var month = Billing.Rating.Invoicing.BillingMonth.Prepare(UsageMonth.Parse("2026-10"), SampleTariff.Book(Standard), contracts).Month.ShouldNotBeNull();
        InvoiceLineDocument[] lines = [.. Enumerable.Range(0, 7).Select(i => Line("9", $"c{i}")), Line("33", "x")];

        var invoice = Invoice(lines);
        var credit = Invoice([.. lines.Select(line => line with { Amount = -line.Amount })]);

        (invoice.Tax, credit.Tax).ShouldBe((Yen("9"), Yen("-9")));
        (invoice.Total + credit.Total).ShouldBe(Contracts.Yen.Zero);

        InvoiceDocument Invoice(InvoiceLineDocument[] adjustments) => Billing.Rating.Invoicing.InvoiceCalculator
            .Calculate(contracts.Contracts[0], month, new Billing.Rating.Invoicing.MonthUsage(null), [], adjustments).Invoice.ShouldNotBeNull();
    }

    private static string? Refused(TariffDocument tariff) =>
        Billing.Rating.Tariffs.TariffBook.Compile(new TariffsDocument { Tariffs = [tariff] }).Fault?.Path;

    private static InvoiceLineDocument Line(string amount, string code) =>
        new() { Section = "adjustment", Code = code, Month = UsageMonth.Parse("2026-10"), Quantity = 1, Amount = Yen(amount), TaxCategory = "S" };

    private static IEnumerable<CallRecord[]> Permutations(CallRecord[] calls) =>
        calls.Length < 2 ? [calls] : calls.SelectMany(first => Permutations([.. calls.Where(call => call != first)]).Select(rest => (CallRecord[])[first, .. rest]));
}
