using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Invoicing;
using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>The month's usage and its limit (rating rules, section 7; R14).</summary>
public sealed class UsageLimitTests
{
    [Theory]
    [InlineData(100, "0")]
    [InlineData(80, "0")]
    [InlineData(79, "-1")]
    [InlineData(40, "-40")]
    [InlineData(0, "-80")]
    public void R14_usage_never_costs_more_than_the_limit(long limit, string adjustment)
    {
        var invoice = World.Of(Biz.Limited(limit)).Invoice("C-BIZ", "2026-10", Fixed(10));

        invoice.Usage.Amount.ToString().ShouldBe("80");
        invoice.Usage.Limit.ShouldBe(Yen.Whole(limit));
        invoice.Usage.Adjustment.ToString().ShouldBe(adjustment);
        invoice.Summary("limit").ShouldBe(adjustment == "0" ? [] : [$"limit usage-limit - 1 {adjustment} S"]);
    }

    [Fact]
    public void R14_without_a_limit_nothing_is_adjusted()
    {
        var invoice = World.Standard.Invoice("C-BIZ", "2026-10", Fixed(10));

        invoice.Usage.Limit.ShouldBeNull();
        invoice.Summary("limit").ShouldBeEmpty();
    }

    [Fact]
    public void R14_the_limit_compares_the_rounded_lines_and_not_the_exact_sum()
    {
        var calls = new[] { Paid("a"), Paid("b") with { Called = "05011001234" } };

        World.Of(Biz.Limited(20)).Invoice("C-BIZ", "2026-10", calls).Usage.Adjustment.ToString().ShouldBe("0");
        World.Of(Biz.Limited(19)).Invoice("C-BIZ", "2026-10", calls).Usage.Adjustment.ToString().ShouldBe("-1");
    }

    [Theory]
    [InlineData("08:00:00", "09:00:00", "G -30")]
    [InlineData("09:00:00", "08:00:00", "S -30")]
    public void R14_what_comes_last_is_what_lies_beyond(string domestic, string abroad, string expected)
    {
        var calls = new[]
        {
            new CallRecord { RecordId = "d", Called = "09012345678", At = $"2026-10-05T{domestic}", Seconds = 120 },
            new CallRecord { RecordId = "i", Called = "010441234567", At = $"2026-10-05T{abroad}", Seconds = 60 },
        };

        Adjustments(32, 62, calls).ShouldBe([expected]);
    }

    [Fact]
    public void R14_the_call_that_straddles_the_limit_is_split_between_within_and_beyond()
    {
        CallRecord[] calls =
        [
            new CallRecord { RecordId = "1", Called = "09012345678", At = "2026-10-05T08:00:00", Seconds = 60 },
            new CallRecord { RecordId = "2", Called = "010441234567", At = "2026-10-05T09:00:00", Seconds = 60 },
            new CallRecord { RecordId = "3", Called = "09012345678", At = "2026-10-05T10:00:00", Seconds = 60 },
        ];

        Adjustments(20, 62, calls).ShouldBe(["G -26", "S -16"]);
        Adjustments(46, 62, calls).ShouldBe(["S -16"]);
        Adjustments(45, 62, calls).ShouldBe(["G -1", "S -16"]);
        Adjustments(16, 62, calls).ShouldBe(["G -30", "S -16"]);
        Adjustments(0, 62, calls).ShouldBe(["G -30", "S -32"]);
        Adjustments(61, 62, calls).ShouldBe(["S -1"]);
        Adjustments(62, 62, calls).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2026-10-05T10:00:00", "2026-10-05T10:00:00.001", "sw1", "sw1", "r1", "r2")]
    [InlineData("2026-10-05T10:00:00", "2026-10-05T10:00:00", "SW", "sw", "r2", "r1")]
    [InlineData("2026-10-05T10:00:00", "2026-10-05T10:00:00", "sw1", "sw2", "r2", "r1")]
    [InlineData("2026-10-05T10:00:00", "2026-10-05T10:00:00", "sw", "sw1", "r2", "r1")]
    [InlineData("2026-10-05T10:00:00", "2026-10-05T10:00:00", "sw1", "sw1", "r1", "r2")]
    [InlineData("2026-10-05T10:00:00", "2026-10-05T10:00:00", "sw1", "sw1", "r10", "r9")]
    [InlineData("2026-10-05T10:00:00", "2026-10-05T10:00:00", "sw1", "sw1", "R1", "r0")]
    [InlineData("2026-10-05T10:00:00", "2026-10-05T10:00:00", "sw1", "sw1", "r", "r0")]
    public void R14_calls_are_walked_by_answer_then_source_then_record_id_in_ordinal_order(string at1, string at2, string source1, string source2, string id1, string id2)
    {
        var first = new CallRecord { At = at1, Source = source1, RecordId = id1, Called = "010441234567" };
        var second = new CallRecord { At = at2, Source = source2, RecordId = id2, Called = "09012345678" };

        Adjustments(30, 46, [first, second]).ShouldBe(["S -16"]);
        Adjustments(30, 46, [second, first]).ShouldBe(["S -16"]);
    }

    [Fact]
    public void R14_the_overflow_abroad_is_rounded_down_to_whole_yen()
    {
        var tariff = SampleTariff.Standard.With("world", SampleTariff.Flat("10.7", 60)).With("mobile", SampleTariff.Flat("10.6", 60));
        var world = World.Of(Biz.Limited(15)) with { Tariffs = [tariff] };
        CallRecord[] calls =
        [
            new CallRecord { RecordId = "1", Called = "09012345678", At = "2026-10-05T08:00:00" },
            new CallRecord { RecordId = "2", Called = "010441234567", At = "2026-10-05T09:00:00" },
        ];

        // lines 10 + 10, excess 5; beyond 15 lie 6.3 yen, all abroad: never more than the excess
        world.Invoice("C-BIZ", "2026-10", calls).Summary("limit").ShouldBe(["limit usage-limit - 1 -5 G"]);
    }

    [Fact]
    public void R14_no_more_is_taken_from_a_category_than_its_lines()
    {
        LimitShares.Of(Yen.Whole(100), Yen.Whole(3), Yen.Whole(10), SampleTariff.Yen("50.5")).ShouldBe(new LimitShares(Yen.Whole(87), Yen.Whole(3)));
        LimitShares.Of(Yen.Whole(100), Yen.Whole(60), Yen.Whole(10), SampleTariff.Yen("50.9999")).ShouldBe(new LimitShares(Yen.Whole(40), Yen.Whole(50)));
        LimitShares.Of(Yen.Whole(100), Yen.Whole(60), Yen.Whole(90), SampleTariff.Yen("50")).ShouldBe(new LimitShares(Yen.Zero, Yen.Whole(10)));
        LimitShares.Of(Yen.Whole(100), Yen.Whole(60), Yen.Whole(100), SampleTariff.Yen("50")).ShouldBe(LimitShares.None);
        LimitShares.Of(Yen.Whole(100), Yen.Whole(60), Yen.Whole(99), Yen.Zero).ShouldBe(new LimitShares(Yen.Whole(1), Yen.Zero));
    }

    [Theory]
    [InlineData("2026-10-31", null, 50L)]
    [InlineData("2026-10-30", "2026-11-01", 50L)]
    [InlineData("2026-04-01", "2026-10-31", null)]
    [InlineData("2026-11-01", null, null)]
    public void R14_the_limit_of_a_month_is_the_one_in_force_on_its_last_day(string from, string? to, long? expected)
    {
        var book = Book(Biz with { UsageLimits = [Limit(50, from, to)] });

        BillingMonth.LimitOf(book.Contracts[0], UsageMonth.Parse("2026-10")).ShouldBe(expected is { } yen ? Yen.Whole(yen) : null);
    }

    [Fact]
    public void R14_the_limit_covers_usage_only()
    {
        var contract = Biz.Limited(0) with { Options = [Option("web-phonebook", 1, "2026-04-01")], BillingStation = Station() };

        var invoice = World.Of(contract).Invoice("C-BIZ", "2026-10", Fixed(1));

        invoice.Subtotal.ToString().ShouldBe("1400");
    }

    [Fact]
    public void R14_free_calls_are_outside_the_walk()
    {
        var usage = World.Of(Biz.Limited(0)).Usage("C-BIZ", "2026-10", new CallRecord { Called = "0120123456" });

        usage.LimitShares.ShouldBe(LimitShares.None);
        usage.Calls.ShouldBe(1);
    }

    [Fact]
    public void R14_a_limit_of_1_000_000_yen_holds_to_the_yen()
    {
        var walk = new LimitWalk(Yen.Whole(1_000_000));
        for (var i = 0; i < 10; i++)
        {
            walk.Add(i, "s"u8, "r"u8, Yen.Whole(100_000), TaxCategory.G);
        }

        walk.OverflowG.ShouldBe(Yen.Zero);
        walk.Add(10, "s"u8, "r"u8, SampleTariff.Yen("0.0001"), TaxCategory.G);
        walk.OverflowG.ShouldBe(SampleTariff.Yen("0.0001"));
        walk.Add(-1, "s"u8, "r"u8, Yen.Whole(1), TaxCategory.S);
        walk.OverflowG.ShouldBe(SampleTariff.Yen("1.0001"));
    }

    private static CallRecord[] Fixed(int count) => [.. Enumerable.Range(0, count).Select(i => new CallRecord { RecordId = $"r{i}" })];

    private static CallRecord Paid(string id) => new() { RecordId = id, Called = "05010001234" };

    private static string[] Adjustments(long limit, long lines, CallRecord[] calls)
    {
        InvoiceDocument invoice = World.Of(Biz.Limited(limit)).Invoice("C-BIZ", "2026-10", calls);
        invoice.Usage.Amount.ShouldBe(Yen.Whole(lines));
        return [.. invoice.Lines.Where(line => line.Section == "limit").Select(line => $"{line.TaxCategory} {line.Amount}")];
    }
}
