using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Invoicing;

namespace Billing.Service.Tests.Invoicing;

/// <summary>Adjustments: granted on one invoice, carried by the next one of the contract, once.</summary>
public sealed class AdjustmentTests
{
    private const string Number = "05033000001";
    private const string Invoice = "202610-C-1";

    [Fact]
    public async Task S8_the_next_invoice_carries_an_adjustment_and_proves_byte_for_byte()
    {
        await using var world = await BilledAsync();
        (await world.CreditAsync(Invoice, Credits.Amounts(("S", 105), ("G", 3)), GrantAs.Adjustment)).Id.ShouldBe("202610-C-1-ADJ1");
        (await world.CreditAsync(Invoice, Credits.OfLines(new LineAmount(1, Yen.Whole(7))), GrantAs.Adjustment)).Id.ShouldBe("202610-C-1-ADJ2");
        (await world.DraftAsync(BilledWorld.November)).Invoices.Single().Subtotal.ShouldBe(Yen.Whole(300 - 105 - 3 - 7));

        await world.IssueAsync(BilledWorld.November);

        var issued = await world.IssuedAsync("C-1", BilledWorld.November);
        BilledWorld.Lines(issued.Invoice, "adjustment").ShouldBe(
            ["adjustment base-fee 2026-10 1 -7 S", "adjustment credit 2026-10 1 -3 G", "adjustment credit 2026-10 1 -105 S"]);
        issued.Invoice.Lines.Select(line => line.Detail).ShouldContain("202610-C-1-ADJ1");
        issued.Adjustments.ShouldBe(["202610-C-1-ADJ1", "202610-C-1-ADJ2"]);
        issued.Invoice.Taxes.Select(tax => $"{tax.Category} {tax.Taxable} {tax.Tax}").ShouldBe(["G -3 0", "S 188 18"]);
        (await world.VerifyAsync("C-1", BilledWorld.November)).Fault.ShouldBeNull();
        (await world.Database.ScalarAsync<string>("select string_agg(number || ' ' || settled_by, ', ' order by number) from billing.adjustments"))
            .ShouldBe("202610-C-1-ADJ1 202611-C-1, 202610-C-1-ADJ2 202611-C-1");

        // never again, and not with a document of its own either
        await world.IssueAsync(new UsageMonth(2026, 12));
        BilledWorld.Lines(await world.InvoiceAsync("C-1", new UsageMonth(2026, 12)), "adjustment").ShouldBeEmpty();
        (await world.CountEventsAsync("credit_note_issued.v1")).ShouldBe(0);
        (await world.CountEventsAsync("adjustment_settled.v1")).ShouldBe(2);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task S8_an_invoice_without_adjustments_is_stored_as_it_always_was()
    {
        await using var world = await BilledAsync();
        (await world.Database.ScalarAsync<bool>("select bool_or(data ? 'adjustments' or data::text like '%\"rate\": null%') from billing.mt_events where type = 'invoice_issued.v1'")).ShouldBeFalse();
    }

    [Fact]
    public async Task S8_a_contract_without_calls_or_fees_still_gets_the_invoice_that_gives_back()
    {
        await using var world = await BilledAsync();
        await world.CreditAsync(Invoice, Credits.Amounts(("S", 50)), GrantAs.Adjustment);
        await world.ImportAsync(BilledWorld.Contract("C-1", Number) with { TerminatedOn = new NodaTime.LocalDate(2026, 11, 1) });

        (await world.IssueAsync(BilledWorld.November)).Issued.ShouldBe(1);

        // more is given back than is charged: a negative total is a refund
        var invoice = await world.InvoiceAsync("C-1", BilledWorld.November);
        (invoice.Subtotal, invoice.Tax, invoice.Total).ShouldBe((Yen.Whole(-50), Yen.Whole(-5), Yen.Whole(-55)));
        (await world.VerifyAsync("C-1", BilledWorld.November)).Fault.ShouldBeNull();
        using var text = new StringWriter();
        InvoiceText.Write(text, invoice, digest: null);
        text.ToString().ShouldContain("Refund (返金)");
    }

    [Fact]
    public async Task S8_an_adjustment_waits_for_a_later_month_than_the_one_it_corrects()
    {
        await using var world = await BilledAsync();
        await world.CreditAsync(Invoice, Credits.Amounts(("S", 50)), GrantAs.Adjustment);

        await world.IssueAsync(BilledWorld.September);

        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.September), "adjustment").ShouldBeEmpty();
        await world.IssueAsync(BilledWorld.November);
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.November), "adjustment").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task S8_an_adjustment_may_raise_a_charge()
    {
        await using var world = await BilledAsync();
        (await world.CreditAsync(Invoice, Credits.Amounts(("S", -40)), GrantAs.Adjustment)).Refusal.ShouldBeNull();
        (await world.CreditAsync(Invoice, Credits.Amounts(("S", -40)), GrantAs.CreditNote)).Refusal!.Message.ShouldContain("only gives back");

        await world.IssueAsync(BilledWorld.November);

        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.November), "adjustment").ShouldBe(["adjustment credit 2026-10 1 40 S"]);
    }

    [Fact]
    public async Task S8_an_adjustment_keeps_the_tax_rate_of_the_invoice_that_it_corrects()
    {
        await using var world = await BilledAsync();
        var rates = BilledWorld.Tariff().Replace(
            "\"standard\": \"0.10\" }", "\"standard\": \"0.10\" }, { \"from\": \"2026-11-01\", \"standard\": \"0.12\" }", StringComparison.Ordinal);
        await world.PublishAsync(BilledWorld.Read<TariffsDocument>(rates));
        await world.CreditAsync(Invoice, Credits.Amounts(("S", 100)), GrantAs.Adjustment);

        await world.IssueAsync(BilledWorld.November);

        var invoice = await world.InvoiceAsync("C-1", BilledWorld.November);
        invoice.Taxes.Select(tax => $"{tax.Category} {tax.Taxable} {tax.Rate} {tax.Tax}").ShouldBe(["S -100 0.10 -10", "S 300 0.12 36"]);
        invoice.Lines.Single(line => line.Section == "adjustment").Rate!.Value.Fraction.ShouldBe(0.10m);
        (await world.VerifyAsync("C-1", BilledWorld.November)).Fault.ShouldBeNull();

        // and what that invoice charges itself can be credited at its own rate
        (await world.CreditAsync("202611-C-1", Credits.Amounts(("S", 200)))).Refusal.ShouldBeNull();
        (await ShowCreditNote.FindAsync(world.Database.Database, "202611-C-1-CN1", default))!.Note.Tax.ShouldBe(Yen.Whole(-24));
    }

    [Fact]
    public async Task S8_runs_that_race_for_the_adjustments_of_many_contracts_carry_each_once()
    {
        var contracts = Enumerable.Range(1, 30).Select(i => BilledWorld.Contract($"C-{i:D2}", $"050330000{i:D2}")).ToArray();
        await using var world = await BilledWorld.NewAsync(contracts);
        await world.IssueAsync(BilledWorld.October);
        foreach (var contract in contracts.Take(15))
        {
            await world.GrantAsync($"202610-{contract.Id}", Credits.Request(GrantAs.Adjustment, "S", -10));
        }

        // two months at once, the same month twice, and more adjustments meanwhile
        await Task.WhenAll(
            Task.Run(() => world.IssueAsync(BilledWorld.November)),
            Task.Run(() => world.IssueAsync(BilledWorld.November)),
            Task.Run(() => world.IssueAsync(new UsageMonth(2026, 12))),
            Task.Run(async () =>
            {
                foreach (var contract in contracts)
                {
                    (await world.GrantAsync($"202610-{contract.Id}", Credits.Request(GrantAs.Adjustment, "S", -5))).Refusal.ShouldBeNull();
                }
            }));
        await world.IssueAsync(new UsageMonth(2027, 1));

        var carried = new List<InvoiceIssued>();
        foreach (var month in (UsageMonth[])[BilledWorld.November, new(2026, 12), new(2027, 1)])
        {
            carried.AddRange(await world.AllIssuedAsync(month));
        }

        var granted = await world.Database.ScalarAsync<long>("select count(*) from billing.adjustments");
        granted.ShouldBe(45);
        carried.SelectMany(issued => issued.Adjustments ?? []).Order(StringComparer.Ordinal).Distinct().Count().ShouldBe(45);
        carried.Sum(issued => issued.Adjustments?.Count ?? 0).ShouldBe(45);
        carried.SelectMany(issued => issued.Invoice.Lines).Count(line => line.Section == "adjustment").ShouldBe(45);
        (await world.Database.ScalarAsync<long>(
            "select count(*) from billing.adjustments a join billing.mt_events e on e.type = 'invoice_issued.v1' and e.data->'adjustments' ? a.number and e.data->'invoice'->>'number' = a.settled_by")).ShouldBe(45);
        foreach (var issued in carried.Where(issued => issued.Adjustments is not null).Take(10))
        {
            (await world.VerifyAsync(issued.Invoice.Contract, issued.Invoice.Month)).Fault.ShouldBeNull();
        }

        await world.ShouldBeSoundAsync();
    }

    /// <summary>October of one contract is issued: S 300 + 8, G 9.</summary>
    private static async Task<BilledWorld> BilledAsync()
    {
        var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Fixed, "2026-10-03T10:00:00"),
            world.Call(Number, BilledWorld.NewYork, "2026-10-03T12:00:00"));
        await world.IssueAsync(BilledWorld.October);
        return world;
    }
}
