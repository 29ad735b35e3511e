using Billing.Contracts;
using Billing.Service.Explaining;
using Billing.Service.Sharding;
using Npgsql;

namespace Billing.Service.Tests.Sharding;

/// <summary>Contracts move from one database to another with all that is theirs, whenever and however often, and whatever cuts it short.</summary>
public sealed class MovedContractsTests
{
    [Fact]
    public async Task A_contract_moves_with_all_that_is_its_and_what_comes_later_follows_it()
    {
        await using var world = await SpreadWorld.NewAsync();
        await world.IngestAsync(world.Files.Write("first.csv", world.Files.Rows.Take(2_000)));
        await world.IssueAsync(MonthFiles.Month);
        var (rated, invoices) = (await world.RatedAsync(), await world.InvoicesAsync());
        var place = await world.Main.ScalarAsync<int>("select shard from billing.contract_shards where contract = 'C-1001'");
        var (from, to) = (world.Databases.ElementAt(place), world.Databases.ElementAt((place + 1) % 3));
        var calls = await from.ScalarAsync<long>("select count(*) from billing.rated_calls where contract = 'C-1001'");
        calls.ShouldBeGreaterThan(100);
        CallName.TryParse(await from.ScalarAsync<string>("select source || '/' || record_id from billing.rated_calls where contract = 'C-1001' and charge > 0 order by record_id limit 1"), out var call).ShouldBeTrue();
        var sentences = (await new ExplainCall(from.Database).RunAsync(call!, null, false, default))!.Steps.Select(step => step.En).ToList();

        await from.ExecuteAsync("insert into billing.mt_event_progression (name, last_seq_id) select 'notices:All', max(seq_id) from billing.mt_events");

        var name = (place + 1) % 3 == 0 ? Shards.MainName : $"shard-{(place + 1) % 3}";
        (await world.MoveAsync("C-1001", name)).Calls.ShouldBe(calls);

        (await world.RatedAsync()).ShouldBe(rated);
        (await world.InvoicesAsync()).ShouldBe(invoices);
        (await from.ScalarAsync<long>("select count(*) from billing.mt_streams where id like '%C-1001-20%'")).ShouldBe(0);
        (await to.ScalarAsync<long>("select count(*) from billing.rated_calls where contract = 'C-1001'")).ShouldBe(calls);
        var explained = (await new ExplainCall(to.Database).RunAsync(call!, null, false, default))!;
        explained.Faults.ShouldBeEmpty();
        explained.Steps.Select(step => step.En).ShouldBe(sentences);
        await world.ShouldBeSoundAsync();

        // its invoice was told to the outside once, where it was issued
        (await to.ScalarAsync<long>("select count(*) from billing.told_elsewhere t join billing.mt_events e using (seq_id) where e.stream_id = 'invoice-C-1001-2026-10'")).ShouldBe(1);

        // copies of its calls are copies, the rest of the month comes to where it is now
        var rest = await world.IngestAsync(world.Files.Write("all.csv", world.Files.Rows));
        rest.Outcomes.Duplicate.ShouldBeGreaterThan(1_900);
        (await from.ScalarAsync<long>("select count(*) from billing.rated_calls where contract = 'C-1001'")).ShouldBe(0);
        (await to.ScalarAsync<long>("select count(*) from billing.rated_calls where contract = 'C-1001'")).ShouldBeGreaterThan(calls);

        // and back, with what came meanwhile; its next invoice carries the late calls
        await world.MoveAsync("C-1001", place == 0 ? Shards.MainName : $"shard-{place}");
        (await world.IssueAsync(new UsageMonth(2026, 11))).Parked.ShouldBeEmpty();
        (await from.ScalarAsync<long>("select count(*) from billing.invoices where contract = 'C-1001'")).ShouldBe(2);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task The_calls_are_the_same_wherever_contracts_are_when_files_come()
    {
        await using var quiet = await SpreadWorld.NewAsync(shards: 1);
        await quiet.IngestAsync(quiet.Files.Write("all.csv", quiet.Files.Rows));
        await using var world = await SpreadWorld.NewAsync(shards: 1);
        var random = new Random(20261129);
        string[] contracts = ["C-1001", "C-1002", "C-1003", "C-1004"];
        foreach (var part in world.Files.Rows.Chunk(700).ToList())
        {
            await world.IngestAsync(world.Files.Write($"{Guid.NewGuid():N}.csv", part.Concat(world.Files.Rows.Take(50))));
            var contract = contracts[random.Next(contracts.Length)];
            var place = await world.Main.ScalarAsync<int>($"select shard from billing.contract_shards where contract = '{contract}'");
            await world.MoveAsync(contract, place == 0 ? "shard-1" : Shards.MainName);
        }

        // the lines that calls had in the one file are not those that they had in the many
        WithoutLines(await world.RatedAsync()).ShouldBe(WithoutLines(await quiet.RatedAsync()));
        await world.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData("mt_streams", "delete", "true")]
    [InlineData("contract_shards", "update", "new.moving_to is null")]
    public async Task A_move_that_was_cut_short_goes_on(string table, string operation, string when)
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1);
        await world.IngestAsync(world.Files.Write("all.csv", world.Files.Rows));
        var contract = await world.Main.ScalarAsync<string>("select contract from billing.month_usage where contract <> '' group by 1 order by sum(calls) desc limit 1");
        var rated = await world.RatedAsync();

        // the database refuses what comes next: the removal here, or the news of the new place
        await world.Main.ExecuteAsync(
            $"""
            create function refuse() returns trigger language plpgsql as $$ begin
              if {when} then raise exception 'cut short'; end if; return new; end $$;
            create trigger refuse before {operation} on billing.{table} for each row execute function refuse()
            """);
        (await Should.ThrowAsync<PostgresException>(() => world.MoveAsync(contract, "shard-1"))).MessageText.ShouldBe("cut short");
        await world.Main.ExecuteAsync($"drop trigger refuse on billing.{table}; drop function refuse()");

        if (table == "contract_shards")
        {
            // it has left and counts nowhere: nobody is told that all is well
            (await OverShards.ReconcileAsync(world.Shards, null, default)).Holds.ShouldBeFalse();
            (await world.IssueAsync(MonthFiles.Month)).Parked.ShouldHaveSingleItem().Contract.ShouldBe(contract);
        }

        // the same command ends it
        (await world.MoveAsync(contract, "shard-1")).Calls.ShouldBeGreaterThan(0);
        (await world.RatedAsync()).ShouldBe(rated);
        (await world.IngestAsync(world.Files.Write("again.csv", world.Files.Rows.Reverse()))).Outcomes.Rated.ShouldBe(0);
        await world.IssueAsync(MonthFiles.Month);
        await world.ShouldBeSoundAsync();
    }

    private static string WithoutLines(string rows) => string.Join('\n', rows.Split('\n').Select(row => row[..row.LastIndexOf(',')]).Order(StringComparer.Ordinal));
}
