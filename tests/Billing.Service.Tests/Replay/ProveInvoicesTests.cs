using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Replay;
using Billing.Service.Tests.Invoicing;
using static Billing.Service.Tests.Invoicing.BilledWorld;

namespace Billing.Service.Tests.Replay;

/// <summary>An issued invoice comes out of the events again, byte for byte, or the first difference is shown.</summary>
public sealed class ProveInvoicesTests
{
    private const string Number = "05033000001";
    private const string Second = "05033000002";

    [Fact]
    public async Task Months_with_late_usage_and_limits_crossed_on_S_and_G_come_out_the_same_after_everything_has_changed()
    {
        await using var world = await NewAsync(Contract("C-1", Number, limit: 60), Contract("C-2", Second, limit: 20), Contract("C-3", "05033000003"));
        await world.IngestAsync(
            world.Call(Number, Mobile, "2026-09-03T10:00:00", 150),
            world.Call(Number, NewYork, "2026-09-04T10:00:00", 240),
            world.Call(Second, NewYork, "2026-09-04T10:00:00", 300),
            world.Call("05033000003", OnNet, "2026-09-04T10:00:00"),
            world.Unanswered(Number, Fixed, "2026-09-05T10:00:00"));
        await world.IssueAsync(September);
        await world.PublishAsync(Read<TariffsDocument>(Tariff().Replace("\"9.4\"", "\"11.3\"", StringComparison.Ordinal)));
        await world.IngestAsync(
            world.Call(Number, NewYork, "2026-09-02T10:00:00", 100),
            world.Call(Second, Mobile, "2026-09-30T23:59:00", 30),
            world.Call(Number, NewYork, "2026-10-02T10:00:00", 700));
        await world.ImportAsync(Contract("C-2", Second, limit: 500));
        await world.IssueAsync(October);
        await world.PublishAsync(Read<TariffsDocument>(Tariff().Replace("\"8\"", "\"9\"", StringComparison.Ordinal)));
        await world.ImportAsync(Contract("C-1", Number, limit: 1) with { Customer = new CustomerDocument { Name = "別会社", Kind = "corporate", Country = "JP" } });
        await world.IngestAsync(world.Call(Number, Fixed, "2026-09-02T11:00:00"), world.Call(Number, Fixed, "2026-10-02T11:00:00"));

        // the month meets what it is to prove
        Lines(await world.InvoiceAsync("C-1", September), "limit").ShouldContain(line => line.EndsWith(" G", StringComparison.Ordinal));
        Lines(await world.InvoiceAsync("C-2", October), "prior-usage").ShouldNotBeEmpty();
        Lines(await world.InvoiceAsync("C-1", October), "limit").Length.ShouldBeGreaterThan(1);
        foreach (var month in new[] { September, October })
        {
            var proof = await ProveAsync(world, month);
            proof.Differing.ShouldBeEmpty();
            (proof.Invoices, proof.Equal).ShouldBe((3, 3));
            proof.Calls.ShouldBeGreaterThan(4);
        }

        var one = await new ProveInvoices(world.Database.Database).OneAsync(await world.IssuedAsync("C-1", October), default);
        (one.Recomputed, one.Fault, one.Difference).ShouldBe((one.Digest, null, null));
    }

    [Fact]
    public async Task A_month_is_proved_in_as_many_groups_as_its_calls_need()
    {
        var contracts = Enumerable.Range(1, 70).Select(i => Contract($"C-{i:D2}", $"050330000{i:D2}", limit: 30)).ToArray();
        await using var world = await NewAsync(contracts);
        await world.IngestAsync([.. contracts.SelectMany((contract, i) => Enumerable.Range(0, 1 + (i % 4)).Select(call =>
            world.Call(contract.Numbers[0].Number, call == 1 ? NewYork : Mobile, $"2026-10-{1 + call:D2}T10:00:00", 70)))]);
        await world.IssueAsync(October);

        foreach (var calls in new[] { 20, 1000 })
        {
            var prove = new ProveInvoices(world.Database.Database) { MostCalls = calls };
            var proof = await MonthProof.OfAsync(October, prove.OfMonthAsync(October, null, default), default);
            (proof.Invoices, proof.Equal, proof.Calls).ShouldBe((70, 70, 173), $"{calls} calls a group");
        }
    }

    [Fact]
    public async Task A_tampered_event_is_shown_as_the_first_difference()
    {
        await using var world = await NewAsync(Contract("C-1", Number), Contract("C-2", Second));
        await world.IngestAsync(world.Call(Number, Mobile, "2026-10-03T10:00:00"), world.Call(Second, Mobile, "2026-10-03T10:00:00"));
        await world.IssueAsync(October);
        await world.Database.ExecuteAsync(
            "update billing.mt_events set data = jsonb_set(data, '{call,endedAt}', '\"2026-10-03T01:02:30Z\"') where stream_id = 'usage-C-1-2026-10' and type = 'call_recorded.v1'");

        var month = await ProveAsync(world, October);

        (month.Invoices, month.Equal).ShouldBe((2, 1));
        var proof = month.Differing.ShouldHaveSingleItem();
        (proof.Number, proof.Fault).ShouldBe(("202610-C-1", "the events of 2026-10 are not those that were covered"));
        proof.Recomputed.ShouldNotBe(proof.Digest);
        proof.Difference.ShouldBe(new DocumentDifference("$.lines[1].seconds", "usage mobile 2026-10 S", "\"60\"", "\"150\""));
    }

    [Fact]
    public async Task A_frozen_document_that_was_tampered_with_is_shown_beside_what_comes_out()
    {
        await using var world = await NewAsync(Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, Mobile, "2026-10-03T10:00:00"));
        await world.IssueAsync(October);
        await world.Database.ExecuteAsync("update billing.mt_events set data = jsonb_set(data, '{invoice,total}', '\"1\"') where type = 'invoice_issued.v1'");

        var proof = await new ProveInvoices(world.Database.Database).OneAsync(await world.IssuedAsync("C-1", October), default);

        proof.Fault.ShouldBe("the frozen document does not have its digest");
        proof.Recomputed.ShouldBe(proof.Digest);
        proof.Difference.ShouldBe(new DocumentDifference("$.total", null, "\"1\"", "\"347\""));
    }

    [Theory]
    [InlineData("{call,callingNumber}", "\"05033000009\"", "call sw-1/r000001 was recorded for contract C-1 in 2026-10, but by what was known at 2 it is suspended: unknown-number")]
    [InlineData("{known}", "99", "the latest knowledge has number 2")]
    [InlineData("{call,endedAt}", "\"yesterday\"", "an event can not be read or rated any more (JsonException)")]
    public async Task An_event_that_can_not_have_been_covered_spoils_its_own_invoice_only(string member, string value, string fault)
    {
        await using var world = await NewAsync(Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, Mobile, "2026-10-03T10:00:00"));
        await world.ImportAsync();
        await world.IssueAsync(October);
        await world.Database.ExecuteAsync($"update billing.mt_events set data = jsonb_set(data, '{member}', '{value}') where type = 'call_recorded.v1'");

        var proof = (await ProveAsync(world, October)).Differing.ShouldHaveSingleItem();

        proof.Fault.ShouldNotBeNull().ShouldStartWith(fault == "the latest knowledge has number 2" ? "the latest knowledge has number" : fault);
    }

    [Fact]
    public async Task An_invoice_without_its_event_or_its_entry_in_the_list_is_missed_in_the_proof_of_the_month()
    {
        await using var world = await NewAsync(Contract("C-1", Number), Contract("C-2", Second), Contract("C-3", "05033000003"));
        await world.IssueAsync(October);
        await world.Database.ExecuteAsync("delete from billing.mt_events where stream_id = 'invoice-C-1-2026-10'");
        await world.Database.ExecuteAsync("delete from billing.invoices where contract = 'C-2'");
        await world.Database.ExecuteAsync("update billing.invoices set digest = 'x' where contract = 'C-3'");

        (await ProveAsync(world, October)).Differing.Select(proof => $"{proof.Number}: {proof.Fault}").ShouldBe(
            [
                "202610-C-1: the log does not hold the event that issued it",
                "202610-C-2: it was issued and is not in the list of invoices",
                "202610-C-3: the list of invoices has another digest",
            ]);
    }

    [Fact]
    public async Task What_is_corrected_after_the_invoice_leaves_its_proof_alone()
    {
        await using var world = await NewAsync(Contract("C-1", Number, limit: 20));
        await world.IngestAsync(world.Call(Number, Mobile, "2026-10-03T10:00:00"), world.Call(Number, NewYork, "2026-10-04T10:00:00"));
        await world.IssueAsync(October);
        await CorrectionEvents.VoidAsync(world, "C-1", October, "r000001");
        await CorrectionEvents.RerateAsync(world, "C-1", October, known: 1);

        (await ProveAsync(world, October)).Holds.ShouldBeTrue();
    }

    private static Task<MonthProof> ProveAsync(BilledWorld world, UsageMonth month) =>
        MonthProof.OfAsync(month, new ProveInvoices(world.Database.Database).OfMonthAsync(month, null, default), default);
}
