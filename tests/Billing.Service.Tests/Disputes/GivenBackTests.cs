using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Corrections;
using Billing.Service.Disputes;
using Billing.Service.Evidence;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Corrections;
using Billing.Service.Tests.Explaining;
using Billing.Service.Tests.Invoicing;
using static Billing.Service.Tests.Disputes.DisputedWorld;

namespace Billing.Service.Tests.Disputes;

/// <summary>What was given back of a line or for a call is given back once, and not charged again.</summary>
public sealed class GivenBackTests
{
    private const string OfMobile =
        """
        select coalesce(sum((line ->> 'amount')::numeric), 0)
        from billing.mt_events e cross join lateral jsonb_array_elements(coalesce(e.data -> 'note' -> 'lines', e.data -> 'lines')) line
        where e.type in ('credit_note_issued.v1', 'adjustment_granted.v1') and line ->> 'code' = 'mobile'
        """;

    private static readonly InvoicedCorrection AsNote = new("credit-note", null);

    [Fact]
    public async Task S8_a_line_given_back_is_not_given_back_again_by_line_amount_call_void_or_correction()
    {
        await using var world = await DisputedWorld.NewAsync();
        var line = await MobileAsync(world);
        (await world.ResolveAsync(await OpenLineAsync(world, line), "upheld", GrantAs.CreditNote)).Id.ShouldBe("202610-C-1-CN1");
        var (again, call) = (await OpenLineAsync(world, line), await world.OpenAsync("m1"));

        foreach (var refused in new[]
        {
            await world.ResolveAsync(again, "upheld", GrantAs.CreditNote),
            await world.ResolveAsync(again, "upheld", GrantAs.Adjustment),
            await world.ResolveAsync(again, "partly-upheld", GrantAs.CreditNote, Credits.OfLines(new LineAmount(line))),
            await world.ResolveAsync(again, "partly-upheld", GrantAs.CreditNote, Credits.OfLines(new LineAmount(line, Yen.Whole(1)))),
            await world.ResolveAsync(again, "partly-upheld", GrantAs.CreditNote, Credits.Amounts(("S", 1))),
            await world.ResolveAsync(call, "upheld", GrantAs.CreditNote),
            await world.ResolveAsync(call, "partly-upheld", GrantAs.CreditNote, Credits.Amounts(("S", 16))),
            await world.CreditAsync(Invoice, Credits.OfLines(new LineAmount(line))),
        })
        {
            refused.Refusal!.Message.ShouldBe($"line {line} of invoice 202610-C-1 was given back by 202610-C-1-CN1");
        }

        foreach (var correction in new[]
        {
            CorrectedWorld.Void("sw-1/m2"), CorrectedWorld.Facts("sw-1/m2", new CorrectedFactsDocument { CalledNumber = BilledWorld.Fixed }),
            CorrectedWorld.Facts("sw-1/m2", new CorrectedFactsDocument { EndedAt = "2026-10-03T12:05:00+09:00" }),
        })
        {
            var (_, refusal) = await world.TryCorrectAsync(CorrectedWorld.Terms(invoiced: AsNote), [correction]);
            refusal!.Message.ShouldBe("sw-1/m2 was given back by 202610-C-1-CN1");
        }

        (await world.Database.ScalarAsync<decimal>(OfMobile)).ShouldBe(-32);
    }

    [Fact]
    public async Task S8_a_line_of_which_calls_were_given_back_gives_back_the_rest_and_then_nothing()
    {
        await using var world = await DisputedWorld.NewAsync();
        var line = await MobileAsync(world);
        (await world.ResolveAsync(await world.OpenAsync("m1"), "upheld", GrantAs.CreditNote)).Id.ShouldBe("202610-C-1-CN1");
        var dispute = await OpenLineAsync(world, line);

        (await world.ResolveAsync(dispute, "partly-upheld", GrantAs.Adjustment, Credits.OfLines(new LineAmount(line, Yen.Whole(17))))).Refusal!.Message
            .ShouldBe($"17 yen are more than the 16 yen of line {line} of invoice 202610-C-1 that are left after 202610-C-1-CN1");
        (await world.ResolveAsync(await world.OpenAsync("m1"), "partly-upheld", GrantAs.CreditNote, Credits.Amounts(("S", 1)))).Refusal!.Message
            .ShouldBe("sw-1/m1 was given back by 202610-C-1-CN1");
        (await world.ResolveAsync(await world.OpenAsync("m1", "f1"), "partly-upheld", GrantAs.CreditNote, Credits.Amounts(("S", 9)))).Refusal!.Message
            .ShouldBe("9 yen are more than the 8 in question that were not given back by 202610-C-1-CN1");
        (await world.ResolveAsync(dispute, "upheld", GrantAs.Adjustment)).Id.ShouldBe("202610-C-1-ADJ1");

        (await world.Database.ScalarAsync<decimal>(OfMobile)).ShouldBe(-32);
        (await world.CreditAsync(Invoice, Credits.OfLines(new LineAmount(line)))).Refusal!.Message
            .ShouldBe($"line {line} of invoice 202610-C-1 was given back by 202610-C-1-CN1, 202610-C-1-ADJ1");
        (await world.TryCorrectAsync(CorrectedWorld.Terms(invoiced: AsNote), [CorrectedWorld.Void("sw-1/m2")])).Refusal!.Message
            .ShouldBe("sw-1/m2 was given back by 202610-C-1-CN1, 202610-C-1-ADJ1");
    }

    [Fact]
    public async Task S8_what_asks_for_a_line_at_once_gives_back_the_line_and_no_yen_more()
    {
        await using var world = await DisputedWorld.NewAsync();
        var line = await MobileAsync(world);
        var disputes = new[] { await OpenLineAsync(world, line), await OpenLineAsync(world, line), await world.OpenAsync("m1"), await world.OpenAsync("m1", "m2") };

        var refusals = await Task.WhenAll(
            disputes.Select(async (dispute, i) => (await world.ResolveAsync(dispute, "upheld", i % 2 == 0 ? GrantAs.CreditNote : GrantAs.Adjustment)).Refusal)
                .Append(Task.Run(async () => (await world.TryCorrectAsync(CorrectedWorld.Terms(invoiced: AsNote), [CorrectedWorld.Void("sw-1/m2")])).Refusal))
                .Append(Task.Run(async () => (await world.CreditAsync(Invoice, Credits.OfLines(new LineAmount(line)))).Refusal)));

        (await world.Database.ScalarAsync<decimal>(OfMobile)).ShouldBe(-32);
        refusals.OfType<Refusal>().ShouldAllBe(refusal => refusal.Message.Contains("was given back by"));
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task S8_a_line_whose_price_was_corrected_is_not_taken_for_given_back()
    {
        await using var world = await DisputedWorld.NewAsync();
        foreach (var (mobile, given) in new[] { ("0", "mobile -32"), ("17", "mobile 34"), ("15", "mobile -4") })
        {
            await PublishAsync(world, mobile);
            var report = await world.RerateAsync(BilledWorld.October, "C-1", CorrectedWorld.Terms(invoiced: new InvoicedCorrection("adjustment", null)));
            report.Adjustments.ShouldHaveSingleItem().Lines.Select(line => $"{line.Code} {line.Amount}").ShouldBe([given]);
        }

        // 30 yen stand of the 32 that were billed
        (await world.ResolveAsync(await OpenLineAsync(world, await MobileAsync(world)), "upheld", GrantAs.CreditNote)).Refusal.ShouldBeNull();
        (await ShowCreditNote.FindAsync(world.Database.Database, "202610-C-1-CN1", default))!.Note.Subtotal.ShouldBe(Yen.Whole(-30));
        (await new VerifyStore(world.Database.Database).RunAsync(null, null, null, default)).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task S8_calls_that_were_given_back_are_neither_charged_again_nor_credited_by_a_rerating()
    {
        await using var world = await DisputedWorld.NewAsync();
        var (m1, line) = (await world.OpenAsync("m1"), await OpenLineAsync(world, await LineAsync(world, "fixed")));
        (await world.ResolveAsync(m1, "upheld", GrantAs.CreditNote)).Id.ShouldBe("202610-C-1-CN1");
        (await world.ResolveAsync(line, "upheld", GrantAs.CreditNote)).Id.ShouldBe("202610-C-1-CN2");
        (await world.TryCorrectAsync(CorrectedWorld.Terms(invoiced: AsNote), [CorrectedWorld.Void("sw-1/n1")])).Report!.Adjustments[0].Document.ShouldBe("202610-C-1-CN3");

        await PublishAsync(world, mobile: "17", @fixed: "9", abroad: "10");
        var terms = CorrectedWorld.Terms(invoiced: new InvoicedCorrection("adjustment", null));
        var report = await world.RerateAsync(BilledWorld.October, "C-1", terms);

        // m2 alone: 17 − 16
        report.Adjustments.ShouldHaveSingleItem().Lines.Select(one => $"{one.Code} {one.Amount}").ShouldBe(["mobile 1"]);
        (await world.Database.ScalarAsync<string>("select string_agg(record_id || ' ' || charge, ', ' order by record_id) from billing.rated_calls where contract = 'C-1' and outcome = 'rated'"))
            .ShouldBe("f1 8, m1 16, m2 17");
        (await world.RerateAsync(BilledWorld.October, "C-1", terms)).Unchanged.ShouldBe(1);
        (await world.TryCorrectAsync(terms, [CorrectedWorld.Facts("sw-1/m1", new CorrectedFactsDocument { EndedAt = "2026-10-03T11:05:00+09:00" })])).Refusal!.Message
            .ShouldBe("sw-1/m1 was given back by 202610-C-1-CN1");

        await ShouldExplainAsync(world, "m1", "rated", 16, ["recorded", "given-back", "not-rerated"], $"Dispute {m1} about it was upheld: counted twice; the money is on 202610-C-1-CN1.");
        await ShouldExplainAsync(world, "f1", "rated", 8, ["recorded", "given-back", "not-rerated"], "of invoice 202610-C-1 were given back: counted twice; the money is on 202610-C-1-CN2.");
        await ShouldExplainAsync(world, "m2", "rated", 17, ["recorded", "rerated"], "rated with knowledge");

        // a voided call stays what it was when it was voided
        var voided = await world.Database.ExplainAsync("sw-1/n1");
        (voided.Outcome, voided.Result!.Charge, voided.Events[^1].Event).ShouldBe(("voided", Yen.Parse("9.4"), "voided"));

        await world.ShouldBeWhatTheLogSaysAsync();
        await world.IssueAsync(BilledWorld.November);
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.November), "prior-usage", "adjustment").ShouldBe(["adjustment mobile 2026-10 1 1 S"]);
        (await world.VerifyAsync("C-1", BilledWorld.October)).Fault.ShouldBeNull();
        (await new VerifyStore(world.Database.Database).RunAsync(null, null, null, default)).Holds.ShouldBeTrue();
    }

    private static async Task ShouldExplainAsync(BilledWorld world, string call, string outcome, long charge, string[] events, string said)
    {
        var explained = await world.Database.ExplainAsync($"sw-1/{call}");
        explained.Faults.ShouldBeEmpty();
        (explained.Outcome, explained.Result!.Charge).ShouldBe((outcome, Yen.Whole(charge)));
        explained.Events.Select(happened => happened.Event).ShouldBe(events);
        explained.Events[1].En.ShouldContain(said);
    }

    /// <summary>October's prices as they should have been.</summary>
    private static Task PublishAsync(BilledWorld world, string mobile, string @fixed = "8", string abroad = "9.4") =>
        world.PublishAsync(BilledWorld.Read<TariffsDocument>(BilledWorld.Tariff()
            .Replace("\"price\": \"16\"", $"\"price\": \"{mobile}\"", StringComparison.Ordinal)
            .Replace("\"price\": \"8\"", $"\"price\": \"{@fixed}\"", StringComparison.Ordinal)
            .Replace("\"price\": \"9.4\"", $"\"price\": \"{abroad}\"", StringComparison.Ordinal)));

    private static Task<int> MobileAsync(BilledWorld world) => LineAsync(world, "mobile");

    private static async Task<int> LineAsync(BilledWorld world, string code) =>
        (await world.InvoiceAsync("C-1", BilledWorld.October)).Lines.ToList().FindIndex(line => line.Code == code) + 1;

    private static async Task<string> OpenLineAsync(BilledWorld world, int line) =>
        (await world.Database.InvokeAsync(Opening() with { Lines = [line], Amount = null })).Id!;
}
