using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>Contracts spread over two clusters: processes are killed at work, one of the clusters goes away, a contract moves.</summary>
[Collection(OwnServer.Name)]
[Trait("Category", "Faults")]
public sealed class SeveralDatabasesTests(PrivateServer server) : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Over_two_clusters_nothing_is_lost_or_twice_whoever_is_killed_and_whichever_goes_away()
    {
        var rows = Size.Of(40_000, 1_000_000);
        MadeUp.WriteDelivery(_folder.At("calls.csv"), rows, seed: 61);
        await using var alone = await DatabaseServer.Shared.CreateAsync();
        var whole = (await alone.IngestAsync(_folder.At("calls.csv"))).Single();
        await using var main = await DatabaseServer.Shared.CreateEmptyAsync();
        await using var shard = await server.Databases.CreateEmptyAsync();
        await main.DoneAsync("db-apply");
        await main.DoneAsync("shards", "add", "tokyo", "--shard-db", shard.ConnectionString);
        await main.PrepareAsync();

        // two processes with one file: one is killed at work, the other waits for it and goes on
        await using (var moment = await Moment.AfterRowsAsync(shard, "billing.mt_events", rows / 8))
        {
            using var first = main.Start("ingest", _folder.At("calls.csv"));
            await moment.ReachedAsync(first);
            await first.KillAsync();
        }

        (await main.RunAsync("shards", "move", MadeUp.IdOf(1), "tokyo")).Code.ShouldBe(2, "nothing moves before the file is in");
        await using (var moment = await Moment.AfterRowsAsync(shard, "billing.mt_events", rows / 4))
        {
            using var second = main.Start("ingest", _folder.At("calls.csv"));
            await moment.ReachedAsync(second);
            await moment.EndAsync();
            await server.StopImmediatelyAsync();
            await server.StartAsync();
            var ended = await second.EndAsync();
            ended.Code.ShouldBe(0, ended.All);
        }

        (await Contents.OfAllAsync(main, shard)).ShouldBe(await Contents.OfAllAsync(alone));
        (await main.CountAsync("select rows from billing.routed_files")).ShouldBe(whole.Rows);

        // a contract goes and is killed on the way
        var contract = await main.TextAsync("select contract from billing.contract_shards where shard = 0 order by contract limit 1");
        await using (var moment = await Moment.AfterRowsAsync(shard, "billing.mt_events", 0))
        {
            using var move = main.Start("shards", "move", contract, "tokyo");
            await moment.ReachedAsync(move);
            (await main.CountAsync("select count(*) from billing.contract_shards where moving_to is not null")).ShouldBe(1);
            await move.KillAsync();
        }

        await main.DoneAsync("shards", "move", contract, "tokyo");
        (await Contents.OfAllAsync(main, shard)).ShouldBe(await Contents.OfAllAsync(alone));
        (await shard.CountAsync($"select count(*) from billing.rated_calls where contract = '{contract}'")).ShouldBe(await alone.CountAsync($"select count(*) from billing.rated_calls where contract = '{contract}'"));

        // the month over both is the month of one
        await main.DoneAsync("invoices", "issue", "--month", "2026-10");
        await alone.DoneAsync("invoices", "issue", "--month", "2026-10");
        const string Invoices = "select count(*) || ' ' || coalesce(sum(total), 0) || ' ' || coalesce(sum(hashtextextended(number || total || digest, 0)::numeric), 0) from billing.invoices";
        var (here, there, expected) = (await main.TextAsync(Invoices), await shard.TextAsync(Invoices), await alone.TextAsync(Invoices));
        Add(here, there).ShouldBe(expected);
        await main.ShouldBeSoundAsync();
        (await main.RunAsync("verify", "--shard", "tokyo")).Code.ShouldBe(0);
        (await main.RunAsync("invoices", "verify", "--month", "2026-10", "--shard", "tokyo")).Code.ShouldBe(0);
    }

    private static string Add(string first, string second) => string.Join(' ', first.Split(' ').Zip(second.Split(' '), (a, b) =>
        (System.Numerics.BigInteger.Parse(a, System.Globalization.CultureInfo.InvariantCulture) + System.Numerics.BigInteger.Parse(b, System.Globalization.CultureInfo.InvariantCulture)).ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
