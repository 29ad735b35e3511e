using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Corrections;
using Billing.Service.Explaining;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Corrections;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Explaining;

/// <summary>Explanations of what was corrected: by whom, why, on which document, and what stands instead.</summary>
public sealed class ExplainCorrectionsTests
{
    private const string Number = "05033000001";

    [Fact]
    public async Task A_voided_and_replaced_call_is_told_with_both_records_and_the_chain_between_them()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "1"));
        await world.VoidAsync("sw-1/1");
        await world.IngestAsync(world.Call(Number, BilledWorld.Mobile, "2026-09-03T10:00:00", id: "1"));
        await world.VoidAsync("sw-1/1");
        await world.IngestAsync(world.Call(Number, BilledWorld.NewYork, "2026-09-03T10:00:00", id: "1"));

        var call = await world.Database.ExplainAsync("sw-1/1");

        call.Faults.ShouldBeEmpty();
        (call.Outcome, call.Result!.Class).ShouldBe(("rated", "international"));
        call.Events.Select(happened => happened.Event).ShouldBe(["recorded", "voided", "recorded", "voided", "recorded"]);
        var (first, second, third) = (call.Events[0], call.Events[2], call.Events[4]);
        (first.Replaces, second.Replaces, third.Replaces).ShouldBe((null, first.Id, second.Id));
        (call.Events[1].Call, call.Events[1].ReplacedBy, call.Events[3].Call, call.Events[3].ReplacedBy).ShouldBe((first.Id, second.Id, second.Id, third.Id));
        second.Differs.ShouldBe(["calledNumber"]);
        call.Events[1].En.ShouldBe("finance voided it: wrongly metered; evidence: ticket 4711.");
        third.En.ShouldEndWith($"It takes the place of record {second.Id}, which was voided.");
        third.Ja.ShouldEndWith($"取り消された記録{second.Id}に代わるものである。");
    }

    [Fact]
    public async Task A_call_voided_on_an_invoice_names_the_document_that_carries_the_money()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Mobile, "2026-09-03T10:00:00", id: "1"));
        await world.IssueAsync(BilledWorld.September);
        await CorrectAsync(world, "credit-note", CorrectedWorld.Void("sw-1/1"));

        var call = await world.Database.ExplainAsync("sw-1/1");

        call.Faults.ShouldBeEmpty();
        (call.Outcome, call.Invoice!.Number).ShouldBe(("voided", "202609-C-1"));
        call.Events[^1].Grounds!.Document.ShouldBe("202609-C-1-CN1");
        call.Events[^1].En.ShouldEndWith("; the money is on 202609-C-1-CN1.");
        call.Events[^1].ReplacedBy.ShouldBeNull();
    }

    [Fact]
    public async Task A_corrected_call_shows_both_facts()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "1"));
        (await world.Database.ExplainAsync("sw-1/1")).Captured.ShouldBeNull();
        await world.CorrectAsync(CorrectedWorld.Facts("sw-1/1", new CorrectedFactsDocument { CalledNumber = BilledWorld.Mobile }));

        var call = await world.Database.ExplainAsync("sw-1/1");

        call.Faults.ShouldBeEmpty();
        (call.Captured!.CalledNumber, call.Record!.CalledNumber, call.Result!.Charge).ShouldBe(("031234****", "0901234****", Yen.Whole(16)));
        call.Events[^1].Differs.ShouldBe(["calledNumber"]);
        using var text = new StringWriter();
        CallText.Write(text, call, "en");
        CallText.Write(text, call, "ja");
        foreach (var part in (string[])["Record as captured", "Record as corrected", "記録（取得時）", "記録（訂正後）", "031234****", "finance set its facts right: wrongly metered; evidence: ticket 4711."])
        {
            text.ToString().ShouldContain(part);
        }
    }

    [Fact]
    public async Task An_adjustment_line_names_the_invoice_it_corrects_who_granted_it_and_why()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Mobile, "2026-09-03T10:00:00", id: "1"));
        await world.IssueAsync(BilledWorld.September);
        (await world.GrantAsync("202609-C-1", Credits.Request(GrantAs.Adjustment, "S", -10) with { Dispute = "D-202611-1" })).Refusal.ShouldBeNull();
        await CorrectAsync(world, "adjustment", CorrectedWorld.Void("sw-1/1"));
        await world.IssueAsync(BilledWorld.October);
        var issued = await world.IssuedAsync("C-1", BilledWorld.October);
        var lines = issued.Invoice.Lines.Select((line, i) => (line, Number: i + 1)).Where(line => line.line.Section == "adjustment").ToList();

        var origins = new List<AdjustmentOrigin>();
        foreach (var (_, number) in lines)
        {
            var explained = await world.Database.ExplainLineAsync(issued, number);
            explained.Faults.ShouldBeEmpty();
            explained.Steps.ShouldHaveSingleItem().En.ShouldContain("of invoice 202609-C-1");
            explained.Steps[0].Ja.ShouldContain("請求書202609-C-1");
            origins.Add(((AdjustmentFigures)explained.Steps[0].Figures).Origin.ShouldNotBeNull());
        }

        origins.Select(origin => $"{origin.Adjustment} {origin.Invoice} {origin.Dispute} {origin.Reason} {origin.By}").ShouldBe(
            ["202609-C-1-ADJ1 202609-C-1 D-202611-1 correction finance-1", "202609-C-1-ADJ2 202609-C-1  wrongly metered finance"]);
        (await world.Database.ExplainLineAsync(issued, lines[0].Number)).Steps[0].En.ShouldContain(" in dispute D-202611-1; reason: correction.");

        await world.Database.ExecuteAsync("update billing.mt_events set data = jsonb_set(data, '{lines,0,amount}', '\"-9\"') where data->>'adjustment' = '202609-C-1-ADJ1' and type = 'adjustment_granted.v1'");
        (await world.Database.ExplainLineAsync(issued, lines[0].Number)).Faults.ShouldBe(["adjustment 202609-C-1-ADJ1 has granted no such line"]);
    }

    private static async Task CorrectAsync(BilledWorld world, string document, CallToCorrect call)
    {
        var (_, refusal) = await world.TryCorrectAsync(CorrectedWorld.Terms(invoiced: new InvoicedCorrection(document, null)), [call]);
        refusal.ShouldBeNull();
    }
}
