using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Json;
using Billing.Service.Invoicing;

namespace Billing.Service.Tests.Invoicing;

/// <summary>Credit notes (適格返還請求書) on issued invoices.</summary>
public sealed class CreditNoteTests
{
    private const string Number = "05033000001";
    private const string Invoice = "202610-C-1";

    [Fact]
    public async Task S8_a_credit_note_names_the_original_and_has_every_required_item()
    {
        await using var world = await BilledAsync();

        (await world.CreditAsync(Invoice, Credits.Amounts(("S", 105), ("G", 9)))).Id.ShouldBe("202610-C-1-CN1");

        var issued = (await ShowCreditNote.FindAsync(world.Database.Database, "202610-C-1-CN1", default)).ShouldNotBeNull();
        var note = issued.Note;
        (note.Invoice.Number, $"{note.Invoice.IssuedOn:uuuu-MM-dd}", note.Invoice.Month).ShouldBe((Invoice, "2026-12-01", BilledWorld.October));
        note.Taxes.Select(tax => $"{tax.Category} {tax.Taxable} {tax.Rate} {tax.Tax}").ShouldBe(["G -9 0 0", "S -105 0.10 -10"]);
        (note.Subtotal, note.Tax, note.Total).ShouldBe((Yen.Whole(-114), Yen.Whole(-10), Yen.Whole(-124)));
        (note.Customer, note.Issuer, note.IssuedAt, note.Dispute).ShouldBe(("株式会社C-1", Credits.Issuer, world.Now, null));
        issued.Digest.ShouldBe(InvoiceKeys.Digest(note));
        JsonSerializer.Serialize(note, BillingJson.Options).ShouldContain("\"rate\":\"0.10\"");

        using var text = new StringWriter();
        CreditNoteText.Write(text, note, issued.Digest);
        foreach (var item in (string[])["適格返還請求書", "T8999900000001", "株式会社C-1", "202610-C-1, 2026-12-01", "2026-10-01", "2026-10-31", "対象額 / Taxable S 10 %: -105", "消費税額 / Tax S 10 %: -10", "返還年月日 / Date of return: 2026-12-01", "-124"])
        {
            text.ToString().ShouldContain(item);
        }
    }

    [Fact]
    public async Task Pain14_an_invoice_credited_in_parts_ends_at_exactly_its_total()
    {
        await using var world = await BilledAsync();
        var invoice = await world.InvoiceAsync("C-1", BilledWorld.October);
        foreach (var selection in (CreditSelection[])[Credits.Amounts(("S", 111)), Credits.Amounts(("S", 101), ("G", 5)), Credits.Amounts(("S", 112), ("G", 4))])
        {
            (await world.CreditAsync(Invoice, selection)).Refusal.ShouldBeNull();
        }

        (await world.Database.ScalarAsync<string>("select sum(total) || ' ' || sum(tax) || ' ' || string_agg(number, ' ' order by number) from billing.credit_notes"))
            .ShouldBe($"{-invoice.Total} {-invoice.Tax} 202610-C-1-CN1 202610-C-1-CN2 202610-C-1-CN3");
        var refused = await world.CreditAsync(Invoice, Credits.Amounts(("S", 1)));
        refused.Refusal!.Rule.ShouldBe("§8");
        refused.Refusal.Message.ShouldContain("more than the 0 yen of invoice 202610-C-1");
        (await world.VerifyAsync("C-1", BilledWorld.October)).Fault.ShouldBeNull();
    }

    [Fact]
    public async Task S8_lines_are_credited_whole_or_in_part_and_never_beyond_themselves()
    {
        await using var world = await BilledAsync();
        var lines = (await world.InvoiceAsync("C-1", BilledWorld.October)).Lines;
        var mobile = lines.ToList().FindIndex(line => line.Code == "mobile") + 1;

        (await world.CreditAsync(Invoice, Credits.OfLines(new LineAmount(mobile, Yen.Whole(17))))).Refusal!.Message.ShouldContain($"more than line {mobile}");
        (await world.CreditAsync(Invoice, Credits.OfLines(new LineAmount(99)))).Refusal!.Message.ShouldContain($"lines 1 to {lines.Count}, not 99");
        (await world.CreditAsync(Invoice, Credits.OfLines(new LineAmount(1), new LineAmount(1)))).Refusal!.Message.ShouldContain("named twice");
        (await world.CreditAsync(Invoice, Credits.OfLines(new LineAmount(mobile), new LineAmount(1, Yen.Whole(100))))).Id.ShouldBe("202610-C-1-CN1");

        (await ShowCreditNote.FindAsync(world.Database.Database, "202610-C-1-CN1", default))!.Note.Lines.Select(line => $"{line.Code} {line.Detail} {line.Amount}")
            .ShouldBe(["mobile  -16", $"base-fee {Number} -100"]);
    }

    [Fact]
    public async Task S8_an_invoice_that_is_not_there_is_not_credited()
    {
        await using var world = await BilledAsync();
        foreach (var number in (string[])["202611-C-1", "202610-C-9", "nonsense", "202613-C-1"])
        {
            (await world.CreditAsync(number, Credits.Amounts(("S", 1)))).Refusal!.Message.ShouldBe($"there is no invoice {number}");
        }

        (await world.CountEventsAsync("credit_note_issued.v1")).ShouldBe(0);
    }

    [Fact]
    public async Task S8_credits_that_race_never_exceed_the_invoice_together()
    {
        await using var world = await BilledAsync();

        // 324 yen of category S: of eight times 100, by sessions and by transactions of their own, three fit
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i => i % 2 == 0
            ? (await world.CreditAsync(Invoice, Credits.Amounts(("S", 100)), i % 4 == 0 ? GrantAs.CreditNote : GrantAs.Adjustment)).Refusal
            : (await world.GrantAsync(Invoice, Credits.Request(GrantAs.CreditNote, "S", -100))).Refusal));

        results.Count(refusal => refusal is null).ShouldBe(3);
        results.OfType<Refusal>().ShouldAllBe(refusal => refusal.Message.Contains("more than the 24 yen"));
        (await world.Database.ScalarAsync<decimal>(
            "select sum(yen) from (select subtotal yen from billing.credit_notes union all select amount from billing.adjustments) x")).ShouldBe(-300);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task S8_a_grant_that_is_asked_for_again_under_its_key_is_granted_once()
    {
        await using var world = await BilledAsync();
        var request = Credits.Request(GrantAs.CreditNote, "S", -50, key: "correction-7");

        var granted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => world.GrantAsync(Invoice, request)));

        granted.ShouldAllBe(answer => answer.Grant!.Document == "202610-C-1-CN1" && answer.Grant.Subtotal == Yen.Whole(-50));
        granted.Count(answer => answer.Grant!.Event is not null).ShouldBe(1);
        (await world.CountEventsAsync("credit_note_issued.v1")).ShouldBe(1);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task S8_a_transaction_that_is_rolled_back_leaves_no_document_and_no_gap()
    {
        await using var world = await BilledAsync();
        await using (var connection = await world.Database.Database.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            (await GrantDocument.WriteAsync(connection, Invoice, Credits.Request(GrantAs.CreditNote, "S", -50), world.Now, default)).Grant!.Document.ShouldBe("202610-C-1-CN1");
        }

        (await world.CreditAsync(Invoice, Credits.Amounts(("S", 1)))).Id.ShouldBe("202610-C-1-CN1");
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task S8_what_a_document_takes_back_of_the_usage_is_no_late_usage_and_no_fault_of_the_read_tables()
    {
        await using var world = await BilledAsync();
        var covered = (await world.IssuedAsync("C-1", BilledWorld.October)).Covered.Single();
        var mobile = covered.Lines.Single(line => line.Class == "mobile");
        var taken = covered with
        {
            Lines = [mobile with { Calls = -mobile.Calls, ChargeableMs = -mobile.ChargeableMs, Sum = -mobile.Sum, Amount = -mobile.Amount }],
            Unanswered = 0,
            TailMs = 0,
            TailCharge = Yen.Zero,
            LimitChangeS = Yen.Zero,
            LimitChangeG = Yen.Zero,
            StreamVersion = covered.StreamVersion + 1,
        };
        (await world.GrantAsync(Invoice, Credits.Request(GrantAs.CreditNote, "S", -16) with { Covered = [taken] })).Refusal.ShouldBeNull();

        // the call itself stands here, so what is not covered any more comes back as late usage
        await world.IssueAsync(BilledWorld.November);

        var november = await world.InvoiceAsync("C-1", BilledWorld.November);
        BilledWorld.Lines(november, "prior-usage").ShouldBe(["prior-usage mobile 2026-10 1 16 S"]);
        (await world.Database.ScalarAsync<string>("select string_agg(invoice || ' ' || calls || ' ' || amount, ', ' order by invoice) from billing.invoiced_usage where usage_month = '2026-10-01'"))
            .ShouldBe("202610-C-1 3 33, 202610-C-1-CN1 -1 -16, 202611-C-1 1 16");
        (await world.VerifyAsync("C-1", BilledWorld.October)).Fault.ShouldBeNull();
        (await world.VerifyAsync("C-1", BilledWorld.November)).Fault.ShouldBeNull();
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task The_tables_of_credits_are_the_same_after_a_rebuild()
    {
        await using var world = await BilledAsync();
        await world.CreditAsync(Invoice, Credits.Amounts(("S", 10)));
        await world.GrantAsync(Invoice, Credits.Request(GrantAs.CreditNote, "G", -2, key: "k"));
        await world.CreditAsync(Invoice, Credits.Amounts(("S", 20)), GrantAs.Adjustment);
        await world.IssueAsync(BilledWorld.November);
        await world.GrantAsync(Invoice, Credits.Request(GrantAs.Adjustment, "S", -3));
        var before = await world.TablesAsync();
        before.ShouldContain("202611-C-1");

        await world.RebuildAsync("invoices");

        (await world.TablesAsync()).ShouldBe(before);
    }

    /// <summary>October of one contract is issued: S 300 + 8 + 16, G 9.</summary>
    private static async Task<BilledWorld> BilledAsync()
    {
        var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Fixed, "2026-10-03T10:00:00"),
            world.Call(Number, BilledWorld.Mobile, "2026-10-03T11:00:00"),
            world.Call(Number, BilledWorld.NewYork, "2026-10-03T12:00:00"));
        await world.IssueAsync(BilledWorld.October);
        return world;
    }
}
