using System.Diagnostics;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Disputes;
using Billing.Service.Ingestion;
using Billing.Service.Invoicing;
using Billing.Service.Notices;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Tests.Api;

/// <summary>Every list finds its part by an index, also of a contract with a million calls in a month.</summary>
public sealed class ListPlansTests : IAsyncLifetime
{
    private const int Calls = 1_000_000;
    private const long MostMilliseconds = 300;

    private static readonly UsageMonth October = new(2026, 10);

    private static readonly ContractDocument Big = new()
    {
        Id = "C-big",
        Service = ServiceKind.Biz,
        Customer = new CustomerDocument { Name = "株式会社大口" },
        OpenedOn = new LocalDate(2026, 1, 1),
        Numbers =
        [
            new NumberDocument { Number = "05033000001", From = new LocalDate(2026, 1, 1), Department = "営業部" },
            new NumberDocument { Number = "05033000002", From = new LocalDate(2026, 1, 1), Department = "技術部" },
        ],
    };

    private readonly DatabaseFixture _database = new();

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        await ExecuteAsync("create table billing.rated_calls_202610 (like billing.rated_calls including all)");
        await ExecuteAsync("alter table billing.rated_calls attach partition billing.rated_calls_202610 for values in ('2026-10-01')");
        await ExecuteAsync(
            $"""
            insert into billing.rated_calls (usage_month, id, contract, number, source, record_id, outcome, answered_at, class, destination, tax_category, chargeable_ms, units, charge, tail_over_limit, delivery, line)
            select '2026-10-01', gen_random_uuid(), case when i % 10 < 8 then 'C-big' else 'C-' || (i % 1000) end, '0503300000' || (1 + i % 2), 'sw-1', 'r' || i, 'rated',
              '2026-09-30T15:00:00Z'::timestamptz + i * interval '2.1 seconds', case when i = 1240000 then 'satellite' else 'fixed' end, '0312345678', 'S', 60000, 1, 8, false, 1, i
            from generate_series(1, {Calls * 10 / 8}) i
            """);
        await FillAsync();
        await ExecuteAsync("analyze");
    }

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_million_calls_are_listed_within_the_limit_of_time_from_any_place_and_by_any_filter()
    {
        var list = new ListCalls(_database.Database);
        (await _database.ScalarAsync<long>("select count(*) from billing.rated_calls where contract = 'C-big'")).ShouldBe(Calls);
        var late = new CallPlace(Instant.FromUtc(2026, 10, 30, 0, 0), Guid.Empty);
        foreach (var (name, filter) in (List<(string, CallFilter)>)[
            ("all", new CallFilter(October)),
            ("a day", new CallFilter(October, From: Instant.FromUtc(2026, 10, 20, 15, 0), Before: Instant.FromUtc(2026, 10, 21, 15, 0))),
            ("a class that hardly occurs", new CallFilter(October, Class: "satellite")),
            ("a number", new CallFilter(October, Number: "05033000002")),
            ("a department", new CallFilter(October, Departments: ["技術部"])),
            ("an amount that does not occur", new CallFilter(October, ChargeFrom: Yen.Whole(100)))])
        {
            foreach (var after in (CallPlace?[])[null, late])
            {
                var times = new List<long>();
                for (var i = 0; i < 5; i++)
                {
                    var clock = Stopwatch.StartNew();
                    await list.RunAsync(Big, filter, after, 100, CancellationToken.None);
                    times.Add(clock.ElapsedMilliseconds);
                }

                times.Order().ElementAt(2).ShouldBeLessThan(MostMilliseconds, $"{name} {(after is null ? "from the beginning" : "late in the month")}: {string.Join(", ", times)} ms");
            }
        }
    }

    [Fact]
    public async Task A_filter_that_one_call_in_a_million_meets_finds_it_in_the_end()
    {
        var list = new ListCalls(_database.Database);
        var (found, after, parts) = (0, (CallPlace?)null, 0);
        do
        {
            var part = await list.RunAsync(Big, new CallFilter(October, Class: "satellite"), after, 100, CancellationToken.None);
            (found, after, parts) = (found + part.Calls.Count, part.Next, parts + 1);
        }
        while (after is not null);
        (found, parts).ShouldBe((1, Calls / ListCalls.MostRows + 1));
    }

    [Fact]
    public async Task No_list_reads_a_big_table_whole()
    {
        var place = new CallPlace(Instant.FromUtc(2026, 10, 15, 0, 0), Guid.Empty);
        var departments = new NumberDepartments(Big);
        await using var connection = await _database.Database.OpenConnectionAsync();
        List<(string Name, NpgsqlCommand Command)> queries =
        [
            ("calls", ListCalls.Query("C-big", new CallFilter(October), departments, null, null, 101)),
            ("calls behind a place", ListCalls.Query("C-big", new CallFilter(October, Class: "fixed"), departments, place, new CallPlace(Instant.FromUtc(2026, 10, 16, 0, 0), Guid.Empty), 101)),
            ("calls of departments", ListCalls.Query("C-big", new CallFilter(October, Departments: ["技術部"]), departments, place, null, 101)),
            ("the end of a part", ListCalls.End("C-big", new CallFilter(October, Class: "fixed"), place)),
            ("suspense", SuspenseList.Part(connection, new ReleaseRequest(null, null, null, []), new SuspensePlace(October, "unknown-number", Guid.Empty), 101)),
            ("suspense of a month", SuspenseList.Part(connection, new ReleaseRequest(October, "unknown-number", null, []), null, 101)),
            ("deliveries", DeliveryList.Part(null, 5000, 101)),
            ("credit notes", ListCreditNotes.Command(new CreditNoteSearch(), "202610-C-5-CN1", 101)),
            ("notices", ReadNotices.After(5000, "InvoiceIssued", null, 100)),
            ("notices of contracts", ReadNotices.After(5000, null, ["C-1", "C-2"], 100)),
            ("webhook deliveries", WebhookDeliveries.Part(Guid.Empty, "failed", Guid.Empty, 101)),
        ];
        var entry = new InvoiceEntry("202610-C-5", "C-5", October, "株式会社 5", Instant.FromUtc(2026, 11, 1, 0, 0), default, default, default, Yen.Whole(500), "");
        foreach (var order in Enum.GetValues<InvoiceOrder>())
        {
            queries.Add(($"invoices by {order}", SearchInvoices.Command(new InvoiceSearch(Order: order), null, entry, 101)));
            queries.Add(($"invoices by {order}, descending", SearchInvoices.Command(new InvoiceSearch(Order: order, Descending: true), null, entry, 101)));
        }

        queries.Add(("invoices by amount and date", SearchInvoices.Command(
            new InvoiceSearch(October, October, TotalFrom: Yen.Whole(500), TotalTo: Yen.Whole(501)), null, null, 101)));
        queries.Add(("invoices of names", SearchInvoices.Command(new InvoiceSearch(), ["株式会社 5", "株式会社 7"], null, 101)));
        queries.Add(("invoices of contracts", SearchInvoices.Command(new InvoiceSearch(Contracts: ["C-5", "C-7"]), null, null, 101)));
        foreach (var (name, command) in queries)
        {
            await using (command)
            {
                command.Connection = connection;
                command.CommandText = $"explain (format json) {command.CommandText}";
                var plan = (string)(await command.ExecuteScalarAsync())!;
                Nodes(JsonDocument.Parse(plan).RootElement[0].GetProperty("Plan")).Where(node => node.Text("Node Type").Contains("Seq Scan", StringComparison.Ordinal)).ShouldBeEmpty($"{name}: {plan}");
            }
        }

        (await ListDisputes.RunAsync(_database.Database, new DisputeFilter(), new LocalDate(2026, 11, 1), CancellationToken.None)).ShouldBeEmpty();
    }

    private static IEnumerable<JsonElement> Nodes(JsonElement node) =>
        node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().SelectMany(Nodes).Prepend(node) : [node];

    private async Task FillAsync()
    {
        await ExecuteAsync("insert into billing.invoices select '202610-C-' || i, 'C-' || i, '2026-10-01', '株式会社 ' || i % 5000, '2026-11-01T00:00:00Z'::timestamptz + i * interval '1 ms', '2026-11-30', i, 0, i, '' from generate_series(1, 20000) i");
        await ExecuteAsync("insert into billing.credit_notes select '202610-C-' || i || '-CN1', '202610-C-' || i, 'C-' || i, '2026-10-01', 'x', '2026-11-01', -1, 0, -1, null, 'x', '' from generate_series(1, 20000) i");
        await ExecuteAsync("insert into billing.suspense select gen_random_uuid(), 'suspense-sw-1-2026-10', 'sw-1', 'r' || i, case when i % 2 = 0 then 'unknown-number' else 'no-price' end, '2026-10-01', 1, i, null from generate_series(1, 50000) i");
        await ExecuteAsync("insert into billing.deliveries (no, sha256, attempt, file, received_at) select i, md5(i::text), 1, 'f' || i, now() from generate_series(1, 20000) i");
        await ExecuteAsync("insert into billing.notices select i, case when i % 2 = 0 then 'InvoiceIssued' else 'UsageLimitReached' end, 'C-' || i % 1000, now(), '{}' from generate_series(1, 20000) i");
        await ExecuteAsync("insert into billing.webhook_deliveries (id, subscription, notice, type, state, created_at) select gen_random_uuid(), gen_random_uuid(), i, 'InvoiceIssued', 'failed', now() from generate_series(1, 20000) i");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.Database.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
    }
}
