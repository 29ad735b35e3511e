using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Disputes;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Invoicing;
using static Billing.Service.Tests.Disputes.DisputedWorld;

namespace Billing.Service.Tests.Disputes;

/// <summary>Disputes from their opening to what they lead to, on a real database.</summary>
public sealed class DisputesTests
{
    [Fact]
    public async Task A_dispute_is_opened_furnished_and_upheld_and_its_credit_note_comes_with_it()
    {
        await using var world = await DisputedWorld.NewAsync();
        var id = await world.OpenAsync("m1", "m2");
        id.ShouldBe("D-202612-1");
        await world.Database.InvokeAsync(new AddEvidence(id, "switch log", "ticket 7", null, "dispute-1", Today));
        await world.Database.InvokeAsync(new AttachReplay(id, new AttachedReplay(3, SampleDispute.Sha256, 2, Yen.Whole(383), Yen.Whole(348)), "dispute-1", Today));
        await world.Database.InvokeAsync(new AttachComparison(id, new AttachedComparison("theirs.csv", SampleDispute.Sha256, [new ComparedClass("equal", 2)]), "dispute-1", Today));

        (await world.ResolveAsync(id, "upheld", GrantAs.CreditNote)).Id.ShouldBe("202610-C-1-CN1");

        var dispute = await world.ShowAsync(id);
        (dispute.State, dispute.Opened.Amount, dispute.Version).ShouldBe(("upheld", Yen.Whole(32), 5));
        (await world.Database.ScalarAsync<string>("select string_agg(type, ' ' order by version) from billing.mt_events where stream_id = 'dispute-D-202612-1'"))
            .ShouldBe("dispute_opened.v1 dispute_evidence_added.v1 dispute_replay_attached.v1 dispute_comparison_attached.v1 dispute_resolved.v1");
        dispute.Resolved!.Document.ShouldBe("202610-C-1-CN1");
        var note = (await ShowCreditNote.FindAsync(world.Database.Database, "202610-C-1-CN1", default))!.Note;
        (note.Dispute, note.Subtotal, note.Tax).ShouldBe((id, Yen.Whole(-32), Yen.Whole(-3)));
        note.Lines.ShouldHaveSingleItem().Detail.ShouldBe("sw-1/m1 sw-1/m2");
        (await world.Database.ScalarAsync<string>("select id || ' ' || state || ' ' || amount || ' ' || credited || ' ' || document || ' ' || attachments || ' ' || closed_on from billing.disputes"))
            .ShouldBe("D-202612-1 upheld 32 32 202610-C-1-CN1 3 2026-12-01");
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_dispute_upheld_on_the_next_invoice_is_named_there_and_has_no_credit_note()
    {
        await using var world = await DisputedWorld.NewAsync();
        var id = await world.OpenAsync("m1");

        (await world.ResolveAsync(id, "upheld", GrantAs.Adjustment)).Id.ShouldBe("202610-C-1-ADJ1");
        await world.IssueAsync(BilledWorld.November);

        var invoice = await world.InvoiceAsync("C-1", BilledWorld.November);
        var line = invoice.Lines.Single(line => line.Section == "adjustment");
        (line.Code, line.Detail, line.Month, line.Amount).ShouldBe(("mobile", $"202610-C-1-ADJ1 {id} sw-1/m1", BilledWorld.October, Yen.Whole(-16)));
        (await world.Database.ScalarAsync<long>("select count(*) from billing.credit_notes")).ShouldBe(0);
        (await world.VerifyAsync("C-1", BilledWorld.November)).Fault.ShouldBeNull();
        (await world.VerifyAsync("C-1", BilledWorld.October)).Fault.ShouldBeNull();
    }

    [Theory]
    [InlineData("other")]
    [InlineData("absent")]
    [InlineData("late")]
    public async Task A_call_that_the_invoice_did_not_bill_is_not_disputed_on_it(string call)
    {
        await using var world = await DisputedWorld.NewAsync();
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-10-05T10:00:00", id: "late"));
        await world.IssueAsync(BilledWorld.November);

        (await world.Database.InvokeAsync(Opening(call))).Refusal!.Message.ShouldBe($"call sw-1/{call} is not on invoice 202610-C-1");

        // it is on the invoice that carries it as prior usage
        if (call == "late")
        {
            (await world.Database.InvokeAsync(Opening("late") with { Invoice = "202611-C-1" })).Refusal.ShouldBeNull();
            (await world.Database.InvokeAsync(Opening("m1") with { Invoice = "202611-C-1" })).Refusal!.Message.ShouldContain("is not on invoice 202611-C-1");
        }
    }

    [Fact]
    public async Task Ids_are_given_one_after_the_other_and_one_that_is_taken_is_refused()
    {
        await using var world = await DisputedWorld.NewAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.OpenAsync()));
        ids.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(1, 8).Select(i => $"D-202612-{i}"));

        (await world.Database.InvokeAsync(Opening() with { Id = "CASE.7" })).Id.ShouldBe("CASE.7");
        var again = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => world.Database.InvokeAsync(Opening() with { Id = "CASE.7" })));
        again.ShouldAllBe(answer => answer.Refusal!.Message == "there is a dispute CASE.7 already");

        // a given id that looks like one of ours is counted behind; of two that want the same new one, one has it
        var racing = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => world.Database.InvokeAsync(Opening() with { Id = "D-202612-20" })));
        racing.Count(answer => answer.Refusal is null).ShouldBe(1);
        (await world.OpenAsync()).ShouldBe("D-202612-21");
    }

    [Fact]
    public async Task Of_resolutions_that_race_one_decides_and_credits()
    {
        await using var world = await DisputedWorld.NewAsync();
        var id = await world.OpenAsync("m1");

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => i == 0
            ? world.ResolveAsync(id, "rejected")
            : world.ResolveAsync(id, "upheld", i % 2 == 0 ? GrantAs.CreditNote : GrantAs.Adjustment)));

        answers.Count(answer => answer.Refusal is null).ShouldBe(1);
        answers.Where(answer => answer.Refusal is not null).ShouldAllBe(answer => answer.Refusal!.Message.Contains("ended on 2026-12-01"));
        var document = (await world.ShowAsync(id)).Resolved!.Document;
        var documents = await world.Database.ScalarAsync<long>("select (select count(*) from billing.credit_notes) + (select count(*) from billing.adjustments)");
        documents.ShouldBe(document is null ? 0 : 1);
        (await world.CountEventsAsync("dispute_resolved.v1")).ShouldBe(1);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Disputes_about_one_invoice_that_are_decided_at_once_never_exceed_it_together()
    {
        await using var world = await DisputedWorld.NewAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await world.OpenAsync());
        }

        // 340 yen of category S: of five times 100 three fit
        var answers = await Task.WhenAll(ids.Select(id => world.ResolveAsync(id, "upheld", GrantAs.CreditNote, Credits.Amounts(("S", 100)))));

        answers.Count(answer => answer.Refusal is null).ShouldBe(3);
        (await world.Database.ScalarAsync<string>("select string_agg(number, ' ' order by number) from billing.credit_notes")).ShouldBe("202610-C-1-CN1 202610-C-1-CN2 202610-C-1-CN3");
        (await world.Database.ScalarAsync<long>("select count(*) from billing.disputes where state = 'open'")).ShouldBe(2);
    }

    [Fact]
    public async Task Resolutions_and_invoice_runs_at_once_leave_every_adjustment_on_one_invoice()
    {
        var contracts = Enumerable.Range(1, 12).Select(i => BilledWorld.Contract($"C-{i:D2}", $"050330000{i:D2}")).ToArray();
        await using var world = await BilledWorld.NewAsync(contracts);
        await world.IssueAsync(BilledWorld.October);
        var ids = new List<string>();
        foreach (var contract in contracts)
        {
            ids.Add((await world.Database.InvokeAsync(Opening() with { Invoice = $"202610-{contract.Id}" })).Id!);
        }

        await Task.WhenAll(
            Task.Run(async () =>
            {
                foreach (var id in ids)
                {
                    (await world.ResolveAsync(id, "upheld", GrantAs.Adjustment, Credits.Amounts(("S", 50)))).Refusal.ShouldBeNull();
                }
            }),
            Task.Run(async () =>
            {
                foreach (var contract in contracts)
                {
                    await world.IssueAsync(BilledWorld.November, contract.Id);
                }
            }));
        await world.IssueAsync(new UsageMonth(2026, 12));

        var carried = (await world.AllIssuedAsync(BilledWorld.November)).Concat(await world.AllIssuedAsync(new UsageMonth(2026, 12))).ToList();
        carried.SelectMany(issued => issued.Adjustments ?? []).Order(StringComparer.Ordinal).ShouldBe(contracts.Select(contract => $"202610-{contract.Id}-ADJ1"));
        (await world.Database.ScalarAsync<long>("select count(*) from billing.adjustments where settled_by is null")).ShouldBe(0);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task The_list_knows_age_and_deadline_and_names_what_is_overdue()
    {
        await using var world = await DisputedWorld.NewAsync();
        var overdue = (await world.Database.InvokeAsync(Opening() with { OpenedOn = Today.PlusDays(-40), Deadline = Today.PlusDays(-10) })).Id!;
        var due = (await world.Database.InvokeAsync(Opening() with { Invoice = "202610-C-2", Deadline = Today })).Id!;
        var rejected = await world.OpenAsync();
        await world.ResolveAsync(rejected, "rejected");
        var withdrawn = await world.OpenAsync();
        await world.Database.InvokeAsync(new WithdrawDispute(withdrawn, "a mistake", "dispute-1", Today));

        var all = await ListDisputes.RunAsync(world.Database.Database, new DisputeFilter(), Today, default);

        all.Select(entry => (entry.Id, entry.State, entry.AgeDays, entry.IsOverdue)).ShouldBe(
            [(overdue, "open", 40, true), (due, "open", 0, false), (rejected, "rejected", 0, false), (withdrawn, "withdrawn", 0, false)], ignoreOrder: true);
        (await IdsAsync(world, new DisputeFilter(OverdueOn: Today))).ShouldBe([overdue]);
        (await IdsAsync(world, new DisputeFilter(Contracts: ["C-2"]))).ShouldBe([due]);
        (await IdsAsync(world, new DisputeFilter(Invoice: "202610-C-2"))).ShouldBe([due]);
        (await IdsAsync(world, new DisputeFilter(State: "withdrawn"))).ShouldBe([withdrawn]);
        (await IdsAsync(world, new DisputeFilter(After: all[0].Id, Most: 2))).ShouldBe([all[1].Id, all[2].Id]);
    }

    [Fact]
    public async Task The_table_of_disputes_is_the_same_after_a_rebuild()
    {
        await using var world = await DisputedWorld.NewAsync();
        var upheld = await world.OpenAsync("m1");
        await world.Database.InvokeAsync(new AddEvidence(upheld, "switch log", "ticket 7", null, "dispute-1", Today));
        await world.ResolveAsync(upheld, "upheld", GrantAs.CreditNote);
        await world.Database.InvokeAsync(new RevealNumbers(upheld, "court order", "auditor-1", Today));
        await world.OpenAsync();
        var withdrawn = await world.OpenAsync("n1");
        await world.Database.InvokeAsync(new WithdrawDispute(withdrawn, "a mistake", "dispute-1", Today));
        var before = await world.TablesAsync();
        before.ShouldContain("withdrawn");

        await world.RebuildAsync("disputes");

        (await world.TablesAsync()).ShouldBe(before);
    }

    private static async Task<IReadOnlyList<string>> IdsAsync(BilledWorld world, DisputeFilter filter) =>
        [.. (await ListDisputes.RunAsync(world.Database.Database, filter, Today, default)).Select(entry => entry.Id)];
}
