using Billing.Contracts.Documents;

namespace Billing.Service.Tests.Invoicing;

public class ParkedInvoiceTests
{
    private const string Parked = "05033000001";
    private const string Other = "05033000002";

    [Fact]
    public async Task Pain12_a_parked_contract_does_not_hold_up_the_others_and_stays_open()
    {
        await using var world = await BilledWorld.NewAsync(
            BilledWorld.Contract("C-1", Parked, option: "recording"), BilledWorld.Contract("C-2", Other));
        await world.IngestAsync(
            world.Call(Parked, BilledWorld.Fixed, "2026-10-03T10:00:00"), world.Call(Other, BilledWorld.Fixed, "2026-10-03T10:00:00"));

        var report = await world.IssueAsync(BilledWorld.October);

        report.Issued.ShouldBe(1);
        report.Parked.ShouldHaveSingleItem().Contract.ShouldBe("C-1");
        report.Parked[0].Refusal.Message.ShouldContain("recording");
        (await world.Database.ScalarAsync<string>("select contract || ' ' || rule from billing.parked_invoices")).ShouldBe("C-1 §8");
        (await world.Database.ScalarAsync<long>("select version from billing.mt_streams where id = 'usage-C-1-2026-10'")).ShouldBe(1);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.mt_streams where id = 'invoice-C-1-2026-10'")).ShouldBe(0);
    }

    [Fact]
    public async Task Pain12_once_the_cause_is_mended_the_parked_contract_is_issued_with_what_came_meanwhile()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Parked, option: "recording"));
        await world.IngestAsync(world.Call(Parked, BilledWorld.Fixed, "2026-10-03T10:00:00"));
        await world.IssueAsync(BilledWorld.October);
        await world.IngestAsync(world.Call(Parked, BilledWorld.Fixed, "2026-10-04T10:00:00"));
        (await world.DraftAsync(BilledWorld.October)).WorkList.Refused.ShouldHaveSingleItem().Contract.ShouldBe("C-1");
        await world.PublishAsync(BilledWorld.Read<TariffsDocument>(BilledWorld.Tariff("""{ "recording": "50" }""")));
        (await world.DraftAsync(BilledWorld.October)).WorkList.Parked.ShouldHaveSingleItem().Contract.ShouldBe("C-1");

        var report = await world.IssueAsync(BilledWorld.October);

        report.Issued.ShouldBe(1);
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.October), "monthly", "usage")
            .ShouldBe(["monthly base-fee 2026-10 1 300 S", "monthly recording 2026-10 1 50 S", "usage fixed 2026-10 2 16 S"]);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.parked_invoices")).ShouldBe(0);
    }

    [Fact]
    public async Task S7_nothing_is_issued_from_read_tables_that_lack_calls_of_the_log()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Parked), BilledWorld.Contract("C-2", Other));
        await world.IngestAsync(
            world.Call(Parked, BilledWorld.Fixed, "2026-10-03T10:00:00"), world.Call(Other, BilledWorld.Fixed, "2026-10-03T10:00:00"));
        await using (var command = world.Database.Database.CreateCommand("delete from billing.month_usage where contract = 'C-1'"))
        {
            await command.ExecuteNonQueryAsync();
        }

        var report = await world.IssueAsync(BilledWorld.October);

        report.Issued.ShouldBe(1);
        report.Parked.ShouldHaveSingleItem().Refusal.Message.ShouldContain("do not agree with the log");
    }

    [Fact]
    public async Task S8_without_a_tariff_on_the_last_day_the_run_is_refused()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Parked));
        var issue = new Service.Invoicing.IssueInvoices(
            world.Database.Database, await world.KnowledgeAsync(), Service.Invoicing.InvoiceTerms.Sample, NodaTime.SystemClock.Instance);

        var (report, refusal) = await issue.RunAsync(new(2025, 12), null, null, default);

        report.ShouldBeNull();
        refusal!.Message.ShouldContain("2025-12-31");
        (await issue.RunAsync(BilledWorld.October, "C-9", null, default)).Refusal!.Message.ShouldBe("there is no contract C-9");
    }
}
