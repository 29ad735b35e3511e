using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Corrections;
using Billing.Service.Evidence;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Disputes;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Corrections;

/// <summary>An issued invoice never changes: a correction of what it covers goes on a document, or is refused.</summary>
public class InvoicedCorrectionTests
{
    private const string Number = "05033000001";

    private static readonly InvoicedCorrection AsNote = new("credit-note", null);
    private static readonly InvoicedCorrection AsAdjustment = new("adjustment", null);

    [Fact]
    public async Task A_call_on_an_invoice_is_not_corrected_directly_and_a_late_one_is()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "billed"));
        await world.IssueAsync(BilledWorld.September);
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-04T10:00:00", id: "late"), world.Call(Number, BilledWorld.Fixed, "2026-09-05T10:00:00", id: "later"));

        foreach (var call in new[] { CorrectedWorld.Void("sw-1/billed"), CorrectedWorld.Facts("sw-1/billed", new CorrectedFactsDocument { CalledNumber = BilledWorld.Mobile }) })
        {
            var refusal = await world.RefusedAsync(call);
            refusal.Rule.ShouldBe("§8");
            refusal.Message.ShouldContain("202609-C-1");
            refusal.Message.ShouldContain("dispute");
        }

        await world.VoidAsync("sw-1/late");
        await world.IssueAsync(BilledWorld.October);
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.October), "prior-usage").ShouldBe(["prior-usage fixed 2026-09 1 8 S"]);
        await ProveAsync(world);

        // on the next invoice it is covered as well
        (await world.RefusedAsync(CorrectedWorld.Void("sw-1/later"))).Message.ShouldContain("202610-C-1");
    }

    [Fact]
    public async Task A_call_is_given_back_once_by_a_dispute_or_by_a_correction()
    {
        await using var world = await DisputedWorld.NewAsync();
        var (first, second) = (await world.OpenAsync("m1"), await world.OpenAsync("m1", "m2"));
        (await world.ResolveAsync(first, "upheld", GrantAs.CreditNote)).Refusal.ShouldBeNull();

        var (_, refusal) = await world.TryCorrectAsync(CorrectedWorld.Terms(invoiced: AsNote), [CorrectedWorld.Void("sw-1/m1")]);
        refusal!.Message.ShouldBe("sw-1/m1 was given back by 202610-C-1-CN1");
        (await world.ResolveAsync(second, "upheld", GrantAs.CreditNote)).Refusal!.Message.ShouldContain("sw-1/m1 was given back by 202610-C-1-CN1");

        (await world.TryCorrectAsync(CorrectedWorld.Terms(invoiced: AsNote), [CorrectedWorld.Void("sw-1/f1")])).Refusal.ShouldBeNull();
        var third = await world.OpenAsync("m2");
        (await world.TryCorrectAsync(CorrectedWorld.Terms(invoiced: AsNote), [CorrectedWorld.Void("sw-1/m2")])).Refusal.ShouldBeNull();
        (await world.ResolveAsync(third, "upheld", GrantAs.CreditNote)).Refusal!.Message.ShouldContain("sw-1/m2 was given back by 202610-C-1-CN3");
        (await world.ResolveAsync(third, "rejected")).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task With_a_document_the_call_is_voided_and_late_usage_stays_what_it_was()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Mobile, "2026-09-03T10:00:00", id: "billed"), world.Call(Number, BilledWorld.Fixed, "2026-09-03T11:00:00"),
            world.Unanswered(Number, BilledWorld.Fixed, "2026-09-03T12:00:00"));
        await world.IssueAsync(BilledWorld.September);
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-04T10:00:00", id: "late"));

        var (report, refusal) = await world.TryCorrectAsync(
            CorrectedWorld.Terms(invoiced: AsNote), [CorrectedWorld.Void("sw-1/billed"), CorrectedWorld.Void("sw-1/late"), CorrectedWorld.Void("sw-1/r000002")]);

        refusal.ShouldBeNull();
        report!.Adjustments.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            one => one.Document.ShouldBe("202609-C-1-CN1"),
            one => one.Invoice.ShouldBe("202609-C-1"),
            one => one.Lines.ShouldHaveSingleItem().Amount.ShouldBe(Yen.Whole(-16)),
            one => one.Covered.Unanswered.ShouldBe(-1));
        (await world.Database.ScalarAsync<string>("select string_agg(coalesce(document, '-'), ' ' order by version) from billing.call_corrections")).ShouldBe("202609-C-1-CN1 - 202609-C-1-CN1");
        await world.IssueAsync(BilledWorld.October);
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.October), "prior-usage").ShouldBeEmpty();
        await ProveAsync(world);
    }

    [Fact]
    public async Task A_price_set_right_after_the_invoice_goes_on_a_document_with_the_limit_of_its_month()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number, limit: 100), BilledWorld.Contract("C-2", "05033000002"));
        await world.IngestAsync([.. Enumerable.Range(0, 15).Select(i => world.Call(Number, BilledWorld.Fixed, $"2026-09-{i + 1:D2}T10:00:00")), world.Call("05033000002", BilledWorld.Fixed, "2026-09-03T10:00:00")]);
        await world.IssueAsync(BilledWorld.September, "C-1");
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-20T10:00:00"));
        await world.PublishAsync(RerateUsageTests.FixedAt("6"));

        // 15 × 8 = 120, the limit took 20; 15 × 6 = 90: 10 yen too much. The late call is rerated, and no part of it
        var refused = await world.RerateAsync(BilledWorld.September);
        refused.Refused.ShouldHaveSingleItem().ShouldSatisfyAllConditions(one => one.Contract.ShouldBe("C-1"), one => one.Refusal.Rule.ShouldBe("§8"));
        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe("128");
        (await world.ChargeAsync("C-2", BilledWorld.September)).ShouldBe("6");

        var report = await world.RerateAsync(BilledWorld.September, "C-1", CorrectedWorld.Terms(invoiced: AsNote));

        report.Adjustments.ShouldHaveSingleItem().Lines.Select(line => $"{line.Code} {line.Amount}").ShouldBe(["fixed -30", "usage-limit 20"]);
        await world.IssueAsync(BilledWorld.October);
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.October), "prior-usage", "limit").ShouldBe(["prior-usage fixed 2026-09 1 6 S"]);
        await ProveAsync(world);
    }

    [Fact]
    public async Task R14_a_limit_raised_after_the_invoice_goes_on_a_document()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number, limit: 100));
        await world.IngestAsync([.. Enumerable.Range(0, 15).Select(i => world.Call(Number, BilledWorld.Fixed, $"2026-09-{i + 1:D2}T10:00:00"))]);
        await world.IssueAsync(BilledWorld.September);
        await world.ImportAsync(BilledWorld.Contract("C-1", Number, limit: 110));

        var report = await world.RerateAsync(BilledWorld.September, terms: CorrectedWorld.Terms(invoiced: AsAdjustment));

        report.Adjustments.ShouldHaveSingleItem().Lines.Select(line => $"{line.Code} {line.Amount}").ShouldBe(["usage-limit 10"]);
        await world.IssueAsync(BilledWorld.October);
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.October), "prior-usage", "limit", "adjustment").ShouldBe(["adjustment usage-limit 2026-09 1 10 S"]);
        await ProveAsync(world);
    }

    [Fact]
    public async Task Where_no_document_is_written_nothing_is()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "billed"), world.Call(Number, "05033000009", "2026-09-03T10:00:00", id: "free"));
        await world.IssueAsync(BilledWorld.September);
        var invoice = await world.InvoiceAsync("C-1", BilledWorld.September);
        (await world.CreditAsync(invoice.Number!, Credits.Amounts(("S", (long)invoice.Subtotal.ToDecimal())))).Refusal.ShouldBeNull();
        var before = await world.StateAsync();

        foreach (var (call, form, said) in new[]
        {
            ("sw-1/billed", AsNote, "not credited yet"), ("sw-1/billed", AsAdjustment, "not credited yet"), ("sw-1/free", AsNote, "stays as it was billed"),
            ("sw-1/billed", new InvoicedCorrection("credit-note", "D-404"), "no dispute D-404"),
            ("sw-1/billed", new InvoicedCorrection("credit-note", null, RefusesSample: true), "set BILLING_ISSUER_NAME and BILLING_ISSUER_NUMBER"),
        })
        {
            var (_, refusal) = await world.TryCorrectAsync(CorrectedWorld.Terms(invoiced: form), [CorrectedWorld.Void(call)]);
            refusal!.Rule.ShouldBe("§8");
            refusal.Message.ShouldContain(said);
            (await world.StateAsync()).ShouldBe(before);
        }
    }

    /// <summary>The read tables are what the log says, and both invoices can be made again.</summary>
    private static async Task ProveAsync(BilledWorld world)
    {
        await world.ShouldBeWhatTheLogSaysAsync();
        (await world.VerifyAsync("C-1", BilledWorld.September)).Fault.ShouldBeNull();
        (await world.VerifyAsync("C-1", BilledWorld.October)).Fault.ShouldBeNull();
        await world.ShouldBeSoundAsync();
        (await new VerifyStore(world.Database.Database).RunAsync(null, null, null, default)).Holds.ShouldBeTrue();
    }
}
