using Billing.Service.Tests.Invoicing;
using Npgsql;
using static Billing.Service.Tests.Invoicing.BilledWorld;

namespace Billing.Service.Tests.Ingestion;

/// <summary>What becomes known while a batch waits for its streams holds for the batch.</summary>
public sealed class KnownMeanwhileTests
{
    [Fact]
    public async Task A_call_that_can_be_charged_by_now_is_even_when_it_is_the_first_of_its_month()
    {
        var numbers = Enumerable.Range(1, 8).Select(i => $"0503300000{i}").ToList();
        await using var world = await NewAsync([.. numbers.Select((number, i) => Contract($"C-{i}", number))]);
        await world.IngestAsync([.. numbers.Select(number => world.Call(number, Fixed, "2026-09-01T10:00:00"))]);
        Task ingest;
        await using (var connection = await world.Database.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand("select id from billing.mt_streams where starts_with(id, 'usage-') for update", connection);
            await hold.ExecuteNonQueryAsync();

            // every part of the batch waits for one of the streams
            ingest = world.IngestAsync([.. numbers.Select(number => world.Call(number, Fixed, "2026-09-02T10:00:00")), world.Call("05033000009", Fixed, "2026-12-01T10:00:00", id: "first")]);
            while (!ingest.IsCompleted && await world.Database.ScalarAsync<long>("select count(*) from pg_locks l join pg_stat_activity a using (pid) where a.datname = current_database() and not l.granted") == 0)
            {
                await Task.Yield();
            }

            await world.ImportAsync(Contract("C-9", "05033000009"));
            await transaction.CommitAsync();
        }

        await ingest;

        (await world.Database.ScalarAsync<string>("select contract || ' ' || outcome from billing.rated_calls where record_id = 'first'")).ShouldBe("C-9 rated");
        (await world.Database.ScalarAsync<long>("select count(*) from billing.suspense")).ShouldBe(0);
    }
}
