using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Knowledge;
using Billing.Service.Subscriptions;
using Marten;
using Npgsql;
using static Billing.Service.Tests.Subscriptions.Sample;

namespace Billing.Service.Tests.Knowledge;

/// <summary>Every change of what is known has a number: dense, in the order of commits, one per stream and transaction.</summary>
public sealed class KnowledgeNumberTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Numbers_are_dense_and_in_the_order_of_commits_under_racing_writers()
    {
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(stop.Token);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => WriteAsync($"race-{writer}", 40)));
        await stop.CancelAsync();
        (await watching).ShouldBeGreaterThan(10);

        var (rows, last, streams) = await CountAsync();
        rows.ShouldBe(last);
        streams.ShouldBe(6);
        // each writer made 40 changes; every fourth was rolled back
        last.ShouldBe(6 * 30);
        (await fixture.ScalarAsync<long>(
            "select count(*) from (select max(version) as logged, stream_id from billing.knowledge_log group by 2) l join billing.mt_streams s on s.id = l.stream_id where s.version <> logged"))
            .ShouldBe(0, "the log knows the last version of each stream");
        (await fixture.ScalarAsync<long>("select count(*) from (select known_at < lag(known_at) over (order by no) as back from billing.knowledge_log) k where back"))
            .ShouldBe(0, "later numbers are not known earlier");
    }

    [Fact]
    public async Task A_change_of_several_streams_takes_a_number_for_each_in_one_commit()
    {
        var before = await fixture.ScalarAsync<long>("select coalesce(max(no), 0) from billing.knowledge_log");
        await fixture.InvokeAsync<ContractsImported>(new ImportContracts([Biz, Biz, Biz]));
        (await fixture.ScalarAsync<long>("select max(no) from billing.knowledge_log")).ShouldBe(before + 3);
        (await fixture.ScalarAsync<long>($"select count(distinct known_at) from billing.knowledge_log where no > {before}")).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_no_knowledge_takes_no_number()
    {
        var before = await fixture.ScalarAsync<long>("select coalesce(max(no), 0) from billing.knowledge_log");
        await using var session = fixture.Store.LightweightSession();
        session.Events.Append("usage-C-1-2026-04", new CustomerChanged(new CustomerDocument { Name = "elsewhere" }));
        await session.SaveChangesAsync();
        (await fixture.ScalarAsync<long>("select coalesce(max(no), 0) from billing.knowledge_log")).ShouldBe(before);
    }

    [Fact]
    public async Task A_turn_that_was_lost_is_noticed_before_the_commit()
    {
        await using var session = fixture.Store.LightweightSession();
        await KnowledgeTurn.TakeAsync(session, CancellationToken.None);
        // as after a rollback by the server: another change comes in between, and the transaction is repeated
        await using (var lost = new NpgsqlCommand("rollback; update billing.knowledge_counter set no = no + 1; begin"))
        {
            await using var reader = await session.ExecuteReaderAsync(lost);
        }

        session.Events.Append("contract-lost", new CustomerChanged(new CustomerDocument { Name = "lost" }));
        await Should.ThrowAsync<JasperFx.ConcurrencyException>(session.SaveChangesAsync());
        (await fixture.ExecuteAsync("update billing.knowledge_counter set no = (select coalesce(max(no), 0) from billing.knowledge_log)")).ShouldBe(1);
    }

    private async Task WriteAsync(string contract, int changes)
    {
        for (var i = 1; i <= changes; i++)
        {
            await using var session = fixture.Store.LightweightSession();
            session.Events.Append(KnowledgeStreams.Contract(contract), new CustomerChanged(new CustomerDocument { Name = $"{i}" }));
            if (i % 4 == 0)
            {
                ((ITransactionParticipantRegistrar)session).AddTransactionParticipant(new Fails());
                await Should.ThrowAsync<InvalidOperationException>(session.SaveChangesAsync());
                continue;
            }

            await session.SaveChangesAsync();
        }
    }

    /// <summary>Whoever looks, at any time, sees every number up to the highest; gives how often it looked.</summary>
    private async Task<int> WatchAsync(CancellationToken stop)
    {
        var looks = 0;
        while (!stop.IsCancellationRequested)
        {
            var (rows, last, _) = await CountAsync();
            rows.ShouldBe(last);
            looks++;
        }

        return looks;
    }

    private async Task<(long Rows, long Last, long Streams)> CountAsync()
    {
        await using var command = fixture.Database.CreateCommand(
            "select count(*), coalesce(max(no), 0) - coalesce(min(no), 1) + 1, count(distinct stream_id) from billing.knowledge_log where stream_id like 'contract-race-%'");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private sealed class Fails : ITransactionParticipant
    {
        public Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token) =>
            throw new InvalidOperationException("the transaction fails at its very end");
    }
}
