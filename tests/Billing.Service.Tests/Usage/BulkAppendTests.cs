using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Records;
using Billing.Service.Usage;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using NodaTime;

namespace Billing.Service.Tests.Usage;

/// <summary>Marten takes the bulk-appended events for its own.</summary>
public sealed class BulkAppendTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public void Events_are_the_bytes_that_the_serializer_writes()
    {
        using var month = new MonthFiles();
        var (parser, _) = CdrParser.ForCsv(month.Header);
        using var json = new CallJson();
        var read = 0;
        foreach (var line in month.Rows)
        {
            var row = parser!.Parse(line);
            if (row.Reject != RejectReason.None)
            {
                continue;
            }

            read++;
            var recorded = json.Write(row, SuspenseReason.None, 7, 42, 3).ToArray();
            JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize<CallRecorded>(recorded, BillingStore.Json), BillingStore.Json).ShouldBe(recorded);
            var suspended = json.Write(row, SuspenseReason.NoPrice, 7, 42, 3).ToArray();
            JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize<CallSuspended>(suspended, BillingStore.Json), BillingStore.Json).ShouldBe(suspended);
        }

        read.ShouldBeGreaterThan(2000);
    }

    [Fact]
    public async Task Marten_fetches_folds_appends_after_and_asserts_its_schema()
    {
        using var month = new MonthFiles();
        await MonthFiles.LearnAsync(database);
        await database.IngestAsync(month.Write("calls.csv", month.Rows));
        var stream = await database.ScalarAsync<string>("select stream_id from billing.mt_events where type = 'call_recorded.v1' group by 1 order by count(*) desc limit 1");

        await using var session = database.Store.LightweightSession();
        var events = await session.Events.FetchStreamAsync(stream);
        events.Select(happened => happened.Version).ShouldBe(Enumerable.Range(1, events.Count).Select(version => (long)version));
        events.ShouldAllBe(happened => happened.Data is CallRecorded || happened.Data is UsageLimitReached);
        (await session.Events.FetchStreamStateAsync(stream))!.Version.ShouldBe(events.Count);

        var recorded = (CallRecorded)events.First(happened => happened.Data is CallRecorded).Data;
        session.Events.Append(stream, recorded with { Call = recorded.Call with { RecordId = "after-1", CalledNumber = "0312345678" } });
        await session.SaveChangesAsync();
        (await session.Events.FetchStreamStateAsync(stream))!.Version.ShouldBe(events.Count + 1);
        (await database.ScalarAsync<long>("select count(*) from billing.rated_calls where record_id = 'after-1'")).ShouldBe(1);
        await database.Store.Storage.Database.AssertDatabaseMatchesConfigurationAsync();
    }

    [Fact]
    public async Task A_rebuild_from_the_events_gives_identical_rows()
    {
        using var month = new MonthFiles();
        await MonthFiles.LearnAsync(database);
        await database.IngestAsync(month.Write("rebuild.csv", month.Rows.Reverse()));
        var before = await ReadTablesAsync();

        using var daemon = await database.Store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync(RatedCallsProjection.ProjectionName, CancellationToken.None);

        (await ReadTablesAsync()).ShouldBe(before);
        before.Length.ShouldBeGreaterThan(100_000);
    }

    private async Task<string> ReadTablesAsync() =>
        string.Join("\n\n", await database.DigestAsync("rated_calls"), await database.DigestAsync("month_usage"), await database.DigestAsync("suspense"));
}
