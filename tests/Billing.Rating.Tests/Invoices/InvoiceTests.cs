using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.Invoicing;
using static Billing.Rating.Tests.SampleContracts;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>Usage lines, the order of lines, prior usage, adjustments and when there is no invoice (rating rules, sections 7 and 8).</summary>
public sealed class InvoiceTests
{
    private static readonly UsageMonth October = UsageMonth.Parse("2026-10");

    [Fact]
    public void Usage_lines_group_calls_by_class_carrier_and_tax_category()
    {
        CallRecord[] calls =
        [
            new CallRecord { RecordId = "1", Called = "05010001234", Seconds = 200.5m },
            new CallRecord { RecordId = "2", Called = "05011001234", Seconds = 1 },
            new CallRecord { RecordId = "3", Called = "05010001234", Seconds = 0 },
            new CallRecord { RecordId = "4", Called = "05033001234", Seconds = 60.001m },
            new CallRecord { RecordId = "5", Called = "01012025550100", Seconds = 61 },
            new CallRecord { RecordId = "6", Called = "010441234567", Seconds = 60 },
            CallRecord.Forward with { RecordId = "7", Called = "0312345678" },
            new CallRecord { RecordId = "8", Seconds = 1 },
        ];

        var lines = World.Standard.Invoice("C-BIZ", "2026-10", calls).Lines.Where(line => line.Section == "usage");

        lines.Select(line => $"{line.Code} {line.Detail ?? "-"} {line.Quantity} {line.Seconds} {line.Amount} {line.TaxCategory}").ShouldBe(
        [
            "fixed - 2 61 16 S", "international - 2 121 48 G", "on-net-050 ntt-com 1 60.001 0 S", "paid-050 kddi 2 200.5 31 S", "paid-050 softbank 1 1 10 S",
        ]);
    }

    [Fact]
    public void A_usage_line_is_rounded_down_once_for_all_its_calls()
    {
        var calls = Enumerable.Range(0, 5).Select(i => new CallRecord { RecordId = $"r{i}", Called = "05010001234" }).ToArray();

        World.Standard.Invoice("C-BIZ", "2026-10", calls).AmountOf("paid-050").ShouldBe("52");
    }

    [Fact]
    public void The_usage_block_tells_calls_unanswered_records_and_tails()
    {
        CallRecord[] calls =
        [
            new CallRecord { RecordId = "1", SpeechLostAfter = 170, Seconds = 200.5m, EndCause = "mobile-interrupt" },
            new CallRecord { RecordId = "2", SpeechLostAfter = 10, Seconds = 20, EndCause = "app-interrupt" },
            new CallRecord { RecordId = "3", Unanswered = true },
            new CallRecord { RecordId = "4", Unanswered = true, At = "2026-11-01T00:00:00" },
            new CallRecord { RecordId = "5", Called = "110" },
            new CallRecord { RecordId = "6", At = "2026-09-30T23:59:59" },
        ];

        var usage = World.Standard.Invoice("C-BIZ", "2026-10", calls).Usage;

        (usage.Calls, usage.Unanswered).ShouldBe((2, 1));
        (usage.Amount, usage.TailSeconds.ToString(), usage.TailCharge).ShouldBe((Yen("24"), "40.5", Yen("8")));
    }

    [Fact]
    public void Lines_are_sorted_by_section_code_detail_month_category_and_stretch()
    {
        InvoiceLineDocument[] adjustments =
        [
            Line("adjustment", "credit", "b", "2026-10", "S"), Line("adjustment", "credit", null, "2026-10", "S"), Line("adjustment", "credit", "a", "2026-10", "S"),
            Line("adjustment", "credit", "a", "2026-09", "S"), Line("adjustment", "credit", "a", "2026-09", "G"), Line("adjustment", "Credit", "z", "2026-10", "S"),
        ];

        var invoice = Calculate(new MonthUsage(null), [], adjustments);

        invoice.Lines.Skip(1).Select(line => $"{line.Code} {line.Detail ?? "-"} {line.Month} {line.TaxCategory}").ShouldBe(
        [
            "Credit z 2026-10 S", "credit - 2026-10 S", "credit a 2026-09 G", "credit a 2026-09 S", "credit a 2026-10 S", "credit b 2026-10 S",
        ]);
    }

    [Fact]
    public void Texts_are_sorted_by_code_point_outside_the_basic_plane_too()
    {
        string[] details = ["\U00020BB7", "\uFF46", "z", "\u3042", "\uD83D\uDE00", "\uE000"];

        var invoice = Calculate(new MonthUsage(null), [], [.. details.Select(detail => Line("adjustment", "credit", detail, "2026-10", "S"))]);

        invoice.Lines.Skip(1).Select(line => line.Detail).ShouldBe(["z", "\u3042", "\uE000", "\uFF46", "\uD83D\uDE00", "\U00020BB7"]);
    }

    [Fact]
    public void Prior_usage_stands_per_original_month_behind_the_usage_of_the_month()
    {
        var usage = World.Standard.Usage("C-BIZ", "2026-10", new CallRecord());
        PriorUsage[] prior =
        [
            new(UsageMonth.Parse("2026-09"), [Usage(CallClass.Fixed, TaxCategory.S, "17.9"), Usage(CallClass.International, TaxCategory.G, "30")], Yen("-7"), Yen("-3")),
            new(UsageMonth.Parse("2026-08"), [Usage(CallClass.Fixed, TaxCategory.S, "8")], Contracts.Yen.Zero, Contracts.Yen.Zero),
        ];

        var invoice = Calculate(usage, prior, []);

        invoice.Lines.Skip(1).Select(line => $"{line.Section} {line.Code} {line.Month} {line.Amount} {line.TaxCategory}").ShouldBe(
        [
            "usage fixed 2026-10 8 S", "prior-usage fixed 2026-08 8 S", "prior-usage fixed 2026-09 17 S", "prior-usage international 2026-09 30 G",
            "limit usage-limit 2026-09 -3 G", "limit usage-limit 2026-09 -7 S",
        ]);
        invoice.Usage.Amount.ShouldBe(Yen("8"));
        invoice.Usage.Adjustment.ShouldBe(Contracts.Yen.Zero);
        invoice.Subtotal.ShouldBe(Yen("353"));
    }

    [Fact]
    public void A_month_without_rated_calls_and_amounts_gives_no_invoice()
    {
        var idle = World.Of(Biz.Open("2026-04-01", "2026-05-01"));

        idle.TryInvoice("C-BIZ", "2026-10").ShouldBe((null, null));
        idle.TryInvoice("C-BIZ", "2026-10", new CallRecord { Unanswered = true }).ShouldBe((null, null));
        World.Of(WMode with { BillingStation = Station(), Numbers = [] }).TryInvoice("C-WMODE", "2026-10").ShouldBe((null, null));
    }

    [Fact]
    public void A_free_call_alone_makes_an_invoice()
    {
        var world = World.Standard with { Tariffs = [Standard with { Monthly = Standard.Monthly with { Biz = new BaseFeeDocument { Base = Contracts.Yen.Zero } } }] };

        world.TryInvoice("C-BIZ", "2026-10").Invoice.ShouldBeNull();
        world.Invoice("C-BIZ", "2026-10", new CallRecord { Called = "0120123456" }).Total.ShouldBe(Contracts.Yen.Zero);
    }

    [Fact]
    public void A_free_prior_call_or_an_adjustment_alone_makes_an_invoice_too()
    {
        var closed = Biz.Open("2026-04-01", "2026-05-01");
        PriorUsage[] prior = [new(UsageMonth.Parse("2026-04"), [Usage(CallClass.FreeDial, TaxCategory.S, "0")], Contracts.Yen.Zero, Contracts.Yen.Zero)];

        Calculate(new MonthUsage(null), prior, [], closed).Lines.Count.ShouldBe(1);
        Calculate(new MonthUsage(null), [], [Line("adjustment", "credit", null, "2026-04", "S") with { Amount = Yen("-11") }], closed).Total.ShouldBe(Yen("-12"));
    }

    [Fact]
    public void R70_R72_no_credit_is_given_by_itself() => World.Standard.Invoice("C-BIZ", "2026-10", new CallRecord { EndCause = "network" }).Summary("adjustment").ShouldBeEmpty();

    [Fact]
    public void R47_a_call_from_abroad_brings_no_roaming_line() =>
        World.Standard.Invoice("C-BIZ", "2026-10", new CallRecord { Origin = "US" }).Summary()
            .ShouldBe(World.Standard.Invoice("C-BIZ", "2026-10", new CallRecord { Origin = "JP" }).Summary());

    [Fact]
    public void A_draft_says_null_for_no_limit_and_leaves_out_what_only_an_issued_invoice_has()
    {
        var json = JsonSerializer.Serialize(World.Standard.Invoice("C-BIZ", "2026-10"), BillingJson.Options);

        json.ShouldContain("\"limit\":null");
        json.ShouldNotContain("issuedAt");
        json.ShouldNotContain("\"detail\":null");
        json.ShouldNotContain("seconds\":null");
    }

    private static InvoiceDocument Calculate(MonthUsage usage, PriorUsage[] prior, InvoiceLineDocument[] adjustments, ContractDocument? contract = null)
    {
        var contracts = SampleContracts.Book(contract ?? Biz);
        var month = BillingMonth.Prepare(October, SampleTariff.Book(Standard), contracts).Month.ShouldNotBeNull();
        return InvoiceCalculator.Calculate(contracts.Contracts[0], month, usage, prior, adjustments).Invoice.ShouldNotBeNull();
    }

    private static UsageLine Usage(CallClass callClass, TaxCategory category, string sum) => new(new UsageKey(callClass, null, category), 1, 1000, Yen(sum));

    private static InvoiceLineDocument Line(string section, string code, string? detail, string month, string category) =>
        new() { Section = section, Code = code, Detail = detail, Month = UsageMonth.Parse(month), Quantity = 1, Amount = Yen("1"), TaxCategory = category };
}
