using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Billing.Service.Access;
using Billing.Service.Tests.Access;
using Billing.Service.Tests.Hosting;
using Npgsql;

namespace Billing.Service.Tests.Api;

/// <summary>
/// Opens every page and list of a database in which every table is large, takes down the statements that the service sends meanwhile, and reads
/// their plans: none reads a large table whole.
/// </summary>
[Collection(LargeMonthTests.Name)]
public sealed class PagePlansTests(LargeMonth month)
{
    private const string One = "contract=C-big&month=2026-10";

    /// <summary>A table of so many rows is large.</summary>
    private const int LargeRows = 5000;

    private static readonly string[] Pages =
    [
        "/station", $"/station/usage?{One}", $"/station/calls?{One}", $"/station/calls?{One}&class=satellite", $"/station/calls?{One}&number=05033000002&from=2026-10-20&to=2026-10-21",
        "/station/call?source=sw-real&record=7", "/station/invoices", "/station/invoices?number=202610-C-5", "/station/invoices?customer=%E6%A0%AA&from=2026-10&to=2026-10", "/station/invoices?min=500&max=501",
        "/station/invoices/202610-C-big", "/station/invoices/202610-C-big/lines/{usage}", "/station/invoices/202610-C-big/lines/{limit}", "/station/invoices/202610-C-big/credit", "/station/invoices/202610-C-big/csv",
        "/station/disputes", "/station/disputes?state=open", "/station/disputes/new?invoice=202610-C-big", "/station/months", "/station/months/2026-10", "/station/contracts", "/station/contracts?q=C-big",
        "/station/contracts/C-big", "/station/tariff", "/station/suspense?month=2026-10", "/station/suspense?month=2026-10&reason=no-price", "/station/replay", "/station/audit", "/station/audit?who=u7",
        "/station/audit?kind=signed-in", "/station/audit/reveals", "/station/audit/reveals?contract=C-7", "/station/audit/evidence",
        "/station/accounts", "/station/accounts/desk-1", "/station/keys", "/station/keys/{key}", "/station/disputes/{dispute}",
    ];

    private static readonly string[] CustomersPages = [$"/station/usage?{One}", "/station/invoices", "/station/disputes", $"/station/downloads?{One}", $"/station/alerts?{One}"];

    private static readonly string[] Lists =
    [
        "/api/v1/contracts", "/api/v1/contracts/C-big", "/api/v1/contracts/C-big/changes", "/api/v1/contracts/C-big/deposits", "/api/v1/contracts/C-big/usage?month=2026-10", "/api/v1/contracts/C-big/calls?month=2026-10",
        "/api/v1/invoices", "/api/v1/invoices?contract=C-7", "/api/v1/invoices?sort=total", "/api/v1/invoices/202610-C-big", "/api/v1/invoices/202610-C-big/credits", "/api/v1/credit-notes",
        "/api/v1/calls/sw-real/7/explanation", "/api/v1/disputes", "/api/v1/deliveries", "/api/v1/suspense", "/api/v1/suspense/summary", "/api/v1/tariffs", "/api/v1/reference",
        "/api/v1/audit/access", "/api/v1/audit/reveals", "/api/v1/accounts", "/api/v1/keys", "/api/v1/webhooks", "/api/v1/session",
    ];

    [Fact]
    public async Task No_page_and_no_list_reads_a_large_table_whole()
    {
        await using var server = await Server.StartAsync(month.Database.ConnectionString, ("month-close", "false"));
        using var statements = new Statements(new NpgsqlConnectionStringBuilder(month.Database.ConnectionString).Database!);
        var staff = await server.ClientAsync([Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.Operator, Roles.Pipeline]);
        var customer = await server.ClientAsync([Roles.CustomerAdmin], LargeMonth.Contract);
        var lines = await LinesAsync(staff);
        await AnsweredAsync(await staff.PostAsync("/api/v1/accounts", JsonContent.Create(new { name = "desk-1", roles = new[] { Roles.Finance } })));
        var dispute = await AnsweredAsync(await staff.PostAsync("/api/v1/disputes", JsonContent.Create(new { invoice = LargeMonth.Invoice, claim = "too much", amount = "10", by = "desk" })));
        var key = staff.DefaultRequestHeaders.Authorization!.Parameter!.Split('_')[1];
        var opened = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (client, path) in Pages.Concat(Lists).Select(path => (staff, path)).Concat(CustomersPages.Select(path => (customer, path))))
        {
            var address = path.Replace("{usage}", lines.Usage, StringComparison.Ordinal).Replace("{limit}", lines.Limit, StringComparison.Ordinal)
                .Replace("{key}", key, StringComparison.Ordinal).Replace("{dispute}", dispute.Text("id"), StringComparison.Ordinal);
            statements.Path = address;
            using var answer = await client.GetAsync(address);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{address}: {await answer.Content.ReadAsStringAsync()}");
            opened.Add(path.Split('?')[0]);
        }

        statements.Path = null;
        // a page without an address here would be a page without a proof
        ExpectedAccess.Table.Keys.Where(key => key.StartsWith("GET /station", StringComparison.Ordinal) && !opened.Any(path => IsOf(key[4..], path)))
            .ShouldBe(NotOfData.Select(page => "GET " + page), ignoreOrder: true);
        statements.Sent.Count.ShouldBeGreaterThan(40);
        (await FaultsAsync(statements.Sent)).ShouldBeEmpty();
    }

    /// <summary>Pages and files that read no data, data of this one process, or one document by its number like others that are here.</summary>
    private static string[] NotOfData { get; } =
    [
        "/station/sign-in", "/station/not-found", "/station/language", "/station/assets/{name}", "/station/jobs/{Id}", "/station/credit-notes/{Number}", "/station/credit-notes/{number}/pdf",
        "/station/invoices/{number}/pdf",
    ];

    private static async Task<JsonElement> AnsweredAsync(HttpResponseMessage answer) => await answer.ReadAsync(HttpStatusCode.Created);

    /// <summary>True when the route of the page leads to the address.</summary>
    private static bool IsOf(string pattern, string path)
    {
        var (expected, parts) = (pattern.Split('/'), path.Split('/'));
        return expected.Length == parts.Length && expected.Zip(parts).All(pair => pair.First == pair.Second || (pair.First.StartsWith('{') && pair.Second != "new"));
    }

    private static async Task<(string Usage, string Limit)> LinesAsync(HttpClient staff)
    {
        using var answer = await staff.GetAsync($"/api/v1/invoices/{LargeMonth.Invoice}");
        var lines = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("section").GetString()).ToList();
        return (At("usage"), At("limit"));

        string At(string section) => (lines.IndexOf(section) + 1).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Every statement that reads a large table whole, with its plan for whatever parameters.</summary>
    private async Task<List<string>> FaultsAsync(IReadOnlyCollection<KeyValuePair<string, string>> sent)
    {
        await using var connection = await month.Database.Database.OpenConnectionAsync();
        var large = await LargeTablesAsync(connection);
        large.ShouldContain("rated_calls_202610");
        large.ShouldContain("mt_events");
        await ExecuteAsync(connection, "set plan_cache_mode = force_generic_plan");
        var faults = new List<string>();
        foreach (var (statement, path) in sent)
        {
            var plan = await PlanAsync(connection, statement);
            faults.AddRange(Nodes(plan)
                .Where(node => node.Text("Node Type").Contains("Seq Scan", StringComparison.Ordinal) && large.Contains(node.Text("Relation Name")))
                .Select(node => $"{path} reads {node.Text("Relation Name")} whole: {statement}"));
        }

        return faults;
    }

    private static async Task<JsonElement> PlanAsync(NpgsqlConnection connection, string statement)
    {
        await ExecuteAsync(connection, $"prepare asked as {statement}");
        try
        {
            await using var count = new NpgsqlCommand("select coalesce(cardinality(parameter_types), 0) from pg_prepared_statements where name = 'asked'", connection);
            var parameters = string.Join(", ", Enumerable.Repeat("null", (int)(await count.ExecuteScalarAsync())!));
            await using var explain = new NpgsqlCommand($"explain (format json) execute asked{(parameters.Length == 0 ? "" : $"({parameters})")}", connection);
            return JsonDocument.Parse((string)(await explain.ExecuteScalarAsync())!).RootElement[0].GetProperty("Plan");
        }
        finally
        {
            await ExecuteAsync(connection, "deallocate asked");
        }
    }

    private static async Task<HashSet<string>> LargeTablesAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand($"select relname from pg_class where relnamespace = 'billing'::regnamespace and relkind = 'r' and reltuples > {LargeRows}", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static IEnumerable<JsonElement> Nodes(JsonElement node) =>
        node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().SelectMany(Nodes).Prepend(node) : [node];

    /// <summary>Listens to what the driver tells of its statements to one database, those of requests and of what requests began.</summary>
    private sealed class Statements : IDisposable
    {
        private readonly ActivityListener _listener;
        private readonly string _database;
        private readonly ConcurrentDictionary<string, string> _sent = new(StringComparer.Ordinal);

        public Statements(string database)
        {
            _database = database;
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = Note,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        /// <summary>The page that is opened.</summary>
        public string? Path { get; set; }

        /// <summary>Each statement with the page that sent it first.</summary>
        public IReadOnlyCollection<KeyValuePair<string, string>> Sent => [.. _sent];

        public void Dispose() => _listener.Dispose();

        private void Note(Activity activity)
        {
            if (Path is { } path && activity.Source.Name == "Npgsql" && activity.Parent is not null
                && activity.GetTagItem("db.namespace") is string database && database == _database && activity.GetTagItem("db.query.text") is string text)
            {
                foreach (var statement in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(IsQuery))
                {
                    _sent.TryAdd(statement, path);
                }
            }
        }

        private static bool IsQuery(string statement) =>
            statement.StartsWith("select", StringComparison.OrdinalIgnoreCase) || statement.StartsWith("with", StringComparison.OrdinalIgnoreCase);
    }
}
