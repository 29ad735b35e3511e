using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.BuiltIn;
using Billing.Service.Tests.Hosting;
using NodaTime;

namespace Billing.Service.Tests.Api;

/// <summary>
/// A database in which every table that grows is large: a contract with a million calls in a month, and thousands of invoices, events and
/// notices of others. The contract itself came in the usual way, with some calls and an invoice that are real.
/// </summary>
public sealed class LargeMonth : IAsyncLifetime
{
    public const int Calls = 1_000_000;
    public const string Contract = "C-big";
    public const string Invoice = "202610-C-big";
    public const string Source = "sw-real";

    public static readonly UsageMonth October = new(2026, 10);

    public static readonly ContractDocument Big = new()
    {
        Id = Contract,
        Service = ServiceKind.Biz,
        Customer = new CustomerDocument { Name = "株式会社大口", Kind = "corporate", Country = "JP" },
        OpenedOn = new LocalDate(2026, 1, 1),
        Numbers =
        [
            new NumberDocument { Number = "05033000001", From = new LocalDate(2026, 1, 1), Department = "営業部" },
            new NumberDocument { Number = "05033000002", From = new LocalDate(2026, 1, 1), Department = "技術部" },
        ],
        UsageLimits = [new UsageLimitDocument { Amount = Yen.Whole(50), From = new LocalDate(2026, 1, 1) }],
    };

    public DatabaseFixture Database { get; } = new();

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        await BeginAsync();
        await FillCallsAsync();
        await FillOthersAsync();
        await ExecuteAsync("vacuum analyze");
    }

    public Task DisposeAsync() => Database.DisposeAsync();

    /// <summary>The contract, some calls and their invoice, as the service itself writes them.</summary>
    private async Task BeginAsync()
    {
        var folder = Directory.CreateTempSubdirectory("billing-large-").FullName;
        try
        {
            string[] rows =
            [
                "source,record_id,kind,mode,calling_number,called_number,started_at,answered_at,ended_at,end_cause,speech_lost_at,forwarded_by,presented_number,terminating_carrier,origin_country,device,app_version",
                .. Enumerable.Range(1, 20).Select(i => $"{Source},{i},call,ip,0503300000{1 + (i % 2)},03123456{i:D2},2026-10-{i:D2}T10:00:00+09:00,2026-10-{i:D2}T10:00:05+09:00,2026-10-{i:D2}T10:10:00+09:00,,,,,,,ios,2.3.1"),
            ];
            await WriteAsync("calls.csv", string.Join('\n', rows) + "\n");
            await WriteAsync("contracts.json", JsonSerializer.Serialize(new ContractsDocument { Contracts = [Big] }, BillingJson.Options));
            await File.WriteAllBytesAsync(Path.Combine(folder, "tariff.json"), BuiltInDocuments.SampleTariff);
            foreach (var arguments in (string[][])[
                ["tariffs", "publish", Path.Combine(folder, "tariff.json"), "--yes"],
                ["contracts", "import", Path.Combine(folder, "contracts.json")],
                ["ingest", Path.Combine(folder, "calls.csv")],
                ["invoices", "issue", "--month", "2026-10"]])
            {
                var ended = await Command.RunAsync(Database.ConnectionString, arguments);
                ended.Code.ShouldBe(0, ended.All);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(folder, file), text);
    }

    /// <summary>A million calls of the contract, and a quarter as many of others.</summary>
    private Task FillCallsAsync() => ExecuteAsync(
        $"""
        insert into billing.rated_calls (usage_month, id, contract, number, source, record_id, outcome, answered_at, class, destination, tax_category, chargeable_ms, units, charge, tail_over_limit, delivery, line)
        select '2026-10-01', gen_random_uuid(), case when i % 10 < 8 then '{Contract}' else 'C-' || (i % 1000) end, '0503300000' || (1 + i % 2), 'sw-1', 'r' || i, 'rated',
          '2026-09-30T15:00:00Z'::timestamptz + i * interval '2.1 seconds', case when i = 1240000 then 'satellite' else 'fixed' end, '0312345678', 'S', 60000, 1, 8, false, 1, i
        from generate_series(1, {Calls * 10 / 8}) i;
        update billing.month_usage set calls = calls + {Calls} where contract = '{Contract}' and class = 'fixed'
        """);

    private Task FillOthersAsync() => ExecuteAsync(
        """
        insert into billing.month_usage select '2026-10-01'::date - (m * interval '1 month'), 'C-' || i, c, '', 'S', 1, 60000, 8, 0, 0 from generate_series(0, 23) m, generate_series(1, 5000) i, unnest(array['fixed', 'mobile']) c;
        insert into billing.invoices select '202610-C-' || i, 'C-' || i, '2026-10-01', '株式会社 ' || i % 5000, '2026-11-01T00:00:00Z'::timestamptz + i * interval '1 ms', '2026-11-30', i, 0, i, '' from generate_series(1, 20000) i;
        insert into billing.invoices select to_char(m, 'YYYYMM') || '-D-' || i, 'D-' || i, m, '株式会社 D' || i, m + interval '1 month', m + interval '2 months', i, 0, i, '' from generate_series('2024-10-01'::date, '2026-09-01'::date, interval '1 month') m, generate_series(1, 5000) i;
        insert into billing.invoiced_usage select 'C-' || i, '2026-10-01', '202610-C-' || i, 1, 0, 8, 8, 0, '{}' from generate_series(1, 20000) i;
        insert into billing.credit_notes select '202610-C-' || i || '-CN1', '202610-C-' || i, 'C-' || i, '2026-10-01', 'x', '2026-11-01', -1, 0, -1, null, 'x', '' from generate_series(1, 20000) i;
        insert into billing.suspense select gen_random_uuid(), 'suspense-sw-1-2026-10', 'sw-1', 'r' || i, case when i % 2 = 0 then 'unknown-number' else 'no-price' end, '2026-10-01', 1, i, case when i % 20 = 0 then null else gen_random_uuid() end from generate_series(1, 100000) i;
        insert into billing.deliveries (no, sha256, attempt, file, received_at) select i, md5(i::text), 1, 'f' || i, now() from generate_series(1000, 21000) i;
        insert into billing.notices select i, case when i % 2 = 0 then 'InvoiceIssued' else 'UsageLimitReached' end, 'C-' || i % 1000, now(), '{}' from generate_series(100000, 120000) i;
        insert into billing.webhook_deliveries (id, subscription, notice, type, state, created_at) select gen_random_uuid(), gen_random_uuid(), i, 'InvoiceIssued', 'failed', now() from generate_series(1, 20000) i;
        insert into billing.access_log (event, at, kind, who) select gen_random_uuid(), now() - i * interval '1 second', 'signed-in', 'u' || i % 1000 from generate_series(1, 20000) i;
        insert into billing.reveals (event, at, what, contract, reason, by) select gen_random_uuid(), now() - i * interval '1 second', 'x', 'C-' || i % 1000, 'r', 'u' || i % 100 from generate_series(1, 20000) i;
        insert into billing.usage_limit_alerts select 'C-' || i, '2026-10-01', 80, now() from generate_series(1, 20000) i;
        insert into billing.disputes (id, contract, invoice, state, amount, claim, opened_by, opened_on, deadline) select 'D-202611-' || i, 'C-' || i % 1000, '202610-C-' || i % 1000, case when i % 50 = 0 then 'open' else 'withdrawn' end, 8, 'x', 'x', '2026-11-01', '2026-12-01' from generate_series(1, 20000) i;
        insert into billing.mt_streams (id, type, version, tenant_id, is_archived) select 'usage-C-' || i || '-2026-09', null, 10, '*DEFAULT*', false from generate_series(1, 10000) i;
        insert into billing.mt_events (seq_id, id, stream_id, version, data, type, tenant_id) select nextval('billing.mt_events_sequence'), gen_random_uuid(), 'usage-C-' || i || '-2026-09', v, '{}', 'other.v1', '*DEFAULT*' from generate_series(1, 10000) i, generate_series(1, 10) v;
        insert into billing.mt_streams (id, type, version, tenant_id, is_archived) values ('usage-C-many-2026-09', null, 50000, '*DEFAULT*', false);
        insert into billing.mt_events (seq_id, id, stream_id, version, data, type, tenant_id) select nextval('billing.mt_events_sequence'), gen_random_uuid(), 'usage-C-many-2026-09', v, '{}', 'other.v1', '*DEFAULT*' from generate_series(1, 50000) v
        """);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Database.Database.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class LargeMonthTests : ICollectionFixture<LargeMonth>
{
    public const string Name = "large month";
}
