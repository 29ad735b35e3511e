using System.Diagnostics;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Disputes;
using Billing.Service.Explaining;
using Billing.Service.Ingestion;
using Billing.Service.Invoicing;
using Billing.Service.Notices;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Tests.Api;

/// <summary>Every list finds its part by an index, also of a contract with a million calls in a month.</summary>
[Collection(LargeMonthTests.Name)]
public sealed class ListPlansTests(LargeMonth month)
{
    private const int Calls = LargeMonth.Calls;
    private const long MostMilliseconds = 300;

    private static readonly UsageMonth October = LargeMonth.October;
    private static readonly ContractDocument Big = LargeMonth.Big;

    private readonly DatabaseFixture _database = month.Database;

    [Fact]
    public async Task A_million_calls_are_listed_within_the_limit_of_time_from_any_place_and_by_any_filter()
    {
        var list = new ListCalls(_database.Database);
        (await _database.ScalarAsync<long>("select count(*) from billing.rated_calls where contract = 'C-big' and source = 'sw-1'")).ShouldBe(Calls);
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

        (await ListDisputes.RunAsync(_database.Database, new DisputeFilter(Contracts: ["C-none"]), new LocalDate(2026, 11, 1), CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_came_after_a_call_is_found_without_reading_the_calls_around_it()
    {
        await using var command = CallEvents.Later([("usage-C-many-2026-09", 1)], [Guid.Empty]);
        await using var connection = await _database.Database.OpenConnectionAsync();
        command.Connection = connection;
        command.CommandText = $"explain {command.CommandText}";
        var plan = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            plan.Add(reader.GetString(0));
        }

        plan.ShouldContain(line => line.Contains($"using {ChangesIndex.Name}", StringComparison.Ordinal), string.Join('\n', plan));
    }

    private static IEnumerable<JsonElement> Nodes(JsonElement node) =>
        node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().SelectMany(Nodes).Prepend(node) : [node];
}
