using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Contracts.Json;
using Billing.Service.Offline;

namespace Billing.Service.Tests.Invoicing;

public class IssueInvoicesTests
{
    private static readonly UsageMonth October = BilledWorld.October;

    [Fact]
    public async Task Invoices_of_the_demo_month_equal_those_of_the_offline_command_byte_for_byte()
    {
        var contracts = BilledWorld.Repository("deploy/demo/contracts.json");
        var reference = BilledWorld.Repository("deploy/demo/reference.json");
        var tariff = BilledWorld.Repository("services/Billing.Rating/BuiltIn/sample-tariff.json");
        var calls = BilledWorld.Repository("deploy/demo/calls.csv");
        await using var world = await BilledWorld.EmptyAsync();
        await world.PublishAsync(BilledWorld.Read<TariffsDocument>(await File.ReadAllTextAsync(tariff)));
        await world.PublishAsync(BilledWorld.Read<ReferenceDocument>(await File.ReadAllTextAsync(reference)));
        await world.ImportAsync(BilledWorld.Read<ContractsDocument>(await File.ReadAllTextAsync(contracts)).Contracts);
        await world.IngestFileAsync(calls);

        var offline = world.Folder("offline");
        RateFiles.Run(new RateFilesRequest(contracts, tariff, reference, calls, October, offline), TextWriter.Null, showProgress: false).ShouldBe(0);
        var expected = BilledWorld.Read<InvoicesDocument>(await File.ReadAllTextAsync(Path.Combine(offline, "invoices.json")));
        var report = await world.IssueAsync(October);

        report.Parked.ShouldBeEmpty();
        report.Issued.ShouldBe(expected.Invoices.Count);
        var issued = new InvoicesDocument
        {
            Invoices = [.. (await world.AllIssuedAsync(October)).Select(entry => entry.Invoice with { Number = null, IssuedAt = null, Issuer = null, DueOn = null })],
        };
        (JsonSerializer.Serialize(issued, BillingJson.Indented) + "\n").ShouldBe(await File.ReadAllTextAsync(Path.Combine(offline, "invoices.json")));
    }

    [Fact]
    public async Task An_issued_invoice_carries_number_issuer_and_due_date()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", "05033000001"));

        await world.IssueAsync(October);

        var invoice = await world.InvoiceAsync("C-1", October);
        invoice.Number.ShouldBe("202610-C-1");
        invoice.IssuedAt.ShouldBe(world.Now);
        invoice.DueOn!.Value.ToString("uuuu-MM-dd", null).ShouldBe("2026-11-30");
        invoice.Issuer!.RegistrationNumber.ShouldStartWith("T");
        invoice.Total.ShouldBe(Yen.Whole(330));
    }

    [Fact]
    public async Task Issuing_again_changes_nothing()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", "05033000001"), BilledWorld.Contract("C-2", "05033000002"));
        await world.IngestAsync(world.Call("05033000001", BilledWorld.Fixed, "2026-10-03T10:00:00"));
        (await world.IssueAsync(October)).Issued.ShouldBe(2);
        var events = await world.Database.ScalarAsync<long>("select count(*) from billing.mt_events");

        var again = await world.IssueAsync(October);

        again.Issued.ShouldBe(0);
        again.AlreadyIssued.ShouldBe(2);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.mt_events")).ShouldBe(events);
    }

    [Fact]
    public async Task Two_runs_at_once_issue_each_invoice_once()
    {
        var contracts = Enumerable.Range(1, 60).Select(i => BilledWorld.Contract($"C-{i:D3}", $"0503300{i:D4}")).ToArray();
        await using var world = await BilledWorld.NewAsync(contracts);
        await world.IngestAsync([.. contracts.Select(contract => world.Call(contract.Numbers[0].Number, BilledWorld.Fixed, "2026-10-03T10:00:00"))]);

        var reports = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => world.IssueAsync(October))));

        reports.Sum(report => report.Issued).ShouldBe(60);
        reports.ShouldAllBe(report => report.Issued + report.AlreadyIssued == 60);
        (await world.CountEventsAsync("invoice_issued.v1")).ShouldBe(60);
        (await world.CountEventsAsync("usage_month_closed.v1")).ShouldBe(60);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.mt_streams s where version <> (select count(*) from billing.mt_events e where e.stream_id = s.id)")).ShouldBe(0);
    }

    [Fact]
    public async Task A_run_that_was_stopped_goes_on_where_it_was()
    {
        var contracts = Enumerable.Range(1, 1100).Select(i => BilledWorld.Contract($"C-{i:D4}", $"0503300{i:D4}")).ToArray();
        await using var world = await BilledWorld.NewAsync(contracts);
        using var stop = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(() => world.IssueAsync(October, progress: new StopAtOnce(stop), cancel: stop.Token));
        var before = await world.CountEventsAsync("invoice_issued.v1");
        var report = await world.IssueAsync(October);

        before.ShouldBeInRange(1, 1099);
        report.Issued.ShouldBe(1100 - (int)before);
        (await world.CountEventsAsync("invoice_issued.v1")).ShouldBe(1100);
    }

    [Fact]
    public async Task Marten_reads_and_appends_after_what_the_issue_wrote()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", "05033000001"));
        await world.IngestAsync(
            world.Call("05033000001", BilledWorld.Fixed, "2026-10-03T10:00:00"),
            world.Unanswered("05033000001", BilledWorld.Fixed, "2026-10-03T11:00:00"));
        await world.IssueAsync(October);
        await using var session = world.Database.Store.LightweightSession();

        var invoice = (await session.Events.FetchStreamAsync("invoice-C-1-2026-10")).ShouldHaveSingleItem().Data.ShouldBeOfType<InvoiceIssued>();
        var usage = await session.Events.FetchStreamAsync("usage-C-1-2026-10");

        var closed = usage[^1].Data.ShouldBeOfType<UsageMonthClosed>();
        usage.Select(happened => happened.Version).ShouldBe([1, 2, 3]);
        closed.Calls.ShouldBe(1);
        closed.Unanswered.ShouldBe(1);
        closed.Invoice.ShouldBe(invoice.Invoice.Number);
        closed.Digest.ShouldBe(invoice.Covered.ShouldHaveSingleItem().Digest);
        invoice.Covered[0].StreamVersion.ShouldBe(3);
        session.Events.Append("usage-C-1-2026-10", new UsageMonthClosed("C-1", October, "x", 0, 0, ""));
        await session.SaveChangesAsync();
        (await session.Events.FetchStreamStateAsync("usage-C-1-2026-10"))!.Version.ShouldBe(4);
    }

    [Fact]
    public async Task S8_a_month_with_nothing_to_bill_gives_no_invoice_and_stays_open()
    {
        var contract = BilledWorld.Contract("C-1", "05033000001") with { Numbers = [new NumberDocument { Number = "05033000001", From = new(2026, 1, 1), To = new(2026, 10, 1) }] };
        await using var world = await BilledWorld.NewAsync(contract);
        await world.IngestAsync(world.Unanswered("05033000001", BilledWorld.Fixed, "2026-09-30T23:59:00"));
        await world.ImportAsync(contract with { Numbers = [contract.Numbers[0] with { To = new(2026, 9, 1) }] });

        var report = await world.IssueAsync(BilledWorld.September);

        report.Issued.ShouldBe(0);
        report.Nothing.ShouldBe(1);
        (await world.CountEventsAsync("usage_month_closed.v1")).ShouldBe(0);
        (await world.Database.ScalarAsync<long>("select version from billing.mt_streams where id = 'usage-C-1-2026-09'")).ShouldBe(1);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.mt_streams where id like 'invoice-%'")).ShouldBe(0);
    }

    [Fact]
    public async Task S8_tax_is_computed_once_per_category()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", "05033000001"));

        // S: 300 + 8 + 16 = 324, tax 32 (per line it would be 30 + 0 + 1); G: 9.4 rounded down
        await world.IngestAsync(
            world.Call("05033000001", BilledWorld.Fixed, "2026-10-03T10:00:00"),
            world.Call("05033000001", BilledWorld.Mobile, "2026-10-03T11:00:00"),
            world.Call("05033000001", BilledWorld.NewYork, "2026-10-03T12:00:00"));
        await world.IssueAsync(October);

        var invoice = await world.InvoiceAsync("C-1", October);
        invoice.Taxes.Select(tax => $"{tax.Category} {tax.Taxable} {tax.Rate} {tax.Tax}").ShouldBe(["G 9 0 0", "S 324 0.10 32"]);
        invoice.Total.ShouldBe(Yen.Whole(324 + 9 + 32));
    }

    [Fact]
    public async Task Read_tables_of_invoices_are_the_same_after_a_rebuild()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", "05033000001"), BilledWorld.Contract("C-2", "05033000002", limit: 10));
        await world.IngestAsync(
            world.Call("05033000001", BilledWorld.NewYork, "2026-10-03T10:00:00"),
            world.Call("05033000002", BilledWorld.Mobile, "2026-10-03T11:00:00"));
        await world.IssueAsync(October);
        const string Rows = "select md5(string_agg(t, '|' order by t)) from (select i::text t from billing.invoices i union all select u::text from billing.invoiced_usage u) x";
        var before = await world.Database.ScalarAsync<string>(Rows);

        using (var daemon = await world.Database.Store.BuildProjectionDaemonAsync())
        {
            await daemon.RebuildProjectionAsync("invoices", CancellationToken.None);
        }

        (await world.Database.ScalarAsync<string>(Rows)).ShouldBe(before);
    }

    private sealed class StopAtOnce(CancellationTokenSource stop) : IProgress<int>
    {
        public void Report(int value) => stop.Cancel();
    }
}
