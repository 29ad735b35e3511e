using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Tests.Usage;

/// <summary>The read tables are made anew from the events, row by row what they were.</summary>
public sealed class RebuildTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string UsageRows =
        """
        select coalesce(string_agg(r, E'\n' order by r collate "C"), '') from (
          select row(usage_month, contract, class, carrier, tax_category, calls, chargeable_ms, trim_scale(charge), tail_ms, trim_scale(tail_charge))::text r
          from billing.month_usage) x
        """;

    [Fact]
    public async Task Rows_are_identical_after_releases_and_under_different_knowledge()
    {
        using var month = new MonthFiles();
        await PrepareAsync(month);
        var before = await ReadTablesAsync();
        before.Length.ShouldBeGreaterThan(100_000);
        (await database.ScalarAsync<long>("select count(distinct data->>'known') from billing.mt_events where type = 'call_recorded.v1'")).ShouldBeGreaterThan(1);
        (await database.ScalarAsync<long>("select count(*) from billing.suspense where released_as is not null")).ShouldBeGreaterThan(100);

        var result = await RebuildAsync();

        (await ReadTablesAsync()).ShouldBe(before);
        result.RatedCalls.ShouldBe(await database.ScalarAsync<long>("select count(*) from billing.rated_calls"));
        result.Suspended.ShouldBe(await database.ScalarAsync<long>("select count(*) from billing.suspense"));

        // the projection is the slow way to the same rows
        using var daemon = await database.Store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync(RatedCallsProjection.ProjectionName, CancellationToken.None);
        (await ReadTablesAsync()).ShouldBe(before);

        // what was damaged or lost comes back, in one month or in all
        await database.ExecuteAsync("delete from billing.rated_calls where line % 3 = 0; update billing.month_usage set charge = charge + 1; delete from billing.suspense where line % 2 = 0");
        await RebuildAsync(MonthFiles.Month);
        await RebuildAsync();
        (await ReadTablesAsync()).ShouldBe(before);
        (await database.ScalarAsync<long>("select count(*) from pg_class where relname like 'rebuilt%'")).ShouldBe(0);
        await database.Store.Storage.Database.AssertDatabaseMatchesConfigurationAsync();
    }

    [Fact]
    public async Task A_month_is_rebuilt_without_touching_the_others()
    {
        using var month = new MonthFiles();
        await PrepareAsync(month);
        var before = await ReadTablesAsync();
        await database.ExecuteAsync("delete from billing.month_usage where usage_month = '2026-10-01'; truncate billing.rated_calls_202610");

        await RebuildAsync(MonthFiles.Month);

        (await ReadTablesAsync()).ShouldBe(before);
    }

    /// <summary>The new table would be empty to whoever looked at the database before.</summary>
    [Fact]
    public async Task A_snapshot_sees_the_calls_until_it_ends()
    {
        const string Count = "select count(*) from billing.rated_calls";
        using var month = new MonthFiles();
        await PrepareAsync(month);
        var calls = await database.ScalarAsync<long>(Count);
        Task<RebuildResult> rebuilt;
        await using (var connection = await database.Database.OpenConnectionAsync())
        await using (await connection.BeginSnapshotAsync(CancellationToken.None))
        {
            await using var look = new NpgsqlCommand("select count(*) from billing.suspense", connection);
            await look.ExecuteScalarAsync();
            rebuilt = RebuildAsync();
            while (!rebuilt.IsCompleted && await database.ScalarAsync<long>("select count(*) from pg_locks where relation = 'billing.rated_calls'::regclass and not granted") == 0)
            {
                await Task.Yield();
            }

            await using var count = new NpgsqlCommand(Count, connection);
            (await count.ExecuteScalarAsync()).ShouldBe(calls);
            rebuilt.IsCompleted.ShouldBeFalse();
        }

        (await rebuilt).RatedCalls.ShouldBe(calls);
        (await database.ScalarAsync<long>(Count)).ShouldBe(calls);
    }

    [Fact]
    public async Task Calls_are_taken_in_while_the_tables_are_rebuilt()
    {
        using var month = new MonthFiles();
        await PrepareAsync(month);
        var calls = Enumerable.Range(0, 6000).Select(i => month.Call("sw-w", $"{i:D6}", "05033010001", "0312345678", "2026-10-09T10:00:00+09:00", 1 + (i % 300))).ToList();
        var taken = Task.Run(async () =>
        {
            foreach (var (part, i) in calls.Chunk(300).Select((part, i) => (part, i)))
            {
                await database.IngestAsync(month.Write($"during-{i}.csv", part));
            }
        });

        do
        {
            await RebuildAsync();
        }
        while (!taken.IsCompleted);

        await taken;
        (await database.ScalarAsync<long>("select count(*) from billing.rated_calls where source = 'sw-w'")).ShouldBe(6000);
        (await Reconcile.RunAsync(database.Database, null, CancellationToken.None)).Holds.ShouldBeTrue();
        var before = await ReadTablesAsync();
        await RebuildAsync();
        (await ReadTablesAsync()).ShouldBe(before);
    }

    /// <summary>A month in three files: one before anybody has a contract, one after, and one whose calls were released meanwhile.</summary>
    private async Task PrepareAsync(MonthFiles month)
    {
        if (await database.ScalarAsync<long>("select count(*) from billing.mt_events where type = 'call_recorded.v1'") > 0)
        {
            return;
        }

        await MonthFiles.LearnAsync(database, contracts: false);
        await database.IngestAsync(month.Write("early.csv", month.Rows.Take(800)));
        await MonthFiles.OpenContractsAsync(database);
        await database.IngestAsync(month.Write("middle.csv", month.Rows.Skip(800).Take(700)));
        using var knowledge = new KnowledgeCache(database.Database);
        await new ReleaseSuspended(database.Database, knowledge, TimeProvider.System).RunAsync(new ReleaseRequest(null, null, null, []), CancellationToken.None);
        await database.IngestAsync(month.Write("late.csv", month.Rows));
    }

    private Task<RebuildResult> RebuildAsync(Billing.Contracts.UsageMonth? month = null) =>
        new RebuildReadTables(database.Database) { EventsOfARange = 400 }.RunAsync(month, null, CancellationToken.None);

    private async Task<string> ReadTablesAsync() =>
        string.Join("\n\n", await database.DigestAsync("rated_calls"), await database.ScalarAsync<string>(UsageRows), await database.DigestAsync("suspense"));
}
