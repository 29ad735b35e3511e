using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Formats;
using Billing.Service.Corrections;
using Billing.Service.Disputes;
using Billing.Service.Ingestion;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;
using Billing.Service.Subscriptions;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Tests.Sharding;

/// <summary>What happens between two databases: records that were released, voided, taken back or copied while their contract is elsewhere.</summary>
public sealed class SpreadFaultsTests
{
    private static readonly CorrectionGrounds Grounds = new("the wrong file", "finance", null);

    [Fact]
    public async Task What_was_released_into_another_database_is_taken_back_with_its_file_and_may_come_again()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1, contracts: false);
        var file = world.Files.Write("early.csv", world.Files.Rows.Take(400));
        var sha256 = (await world.IngestAsync(file)).Sha256;
        await MonthFiles.OpenContractsAsync(world.Main);
        await OverShards.ReleaseAsync(await world.Shards.ListAsync(default), new ReleaseRequest(null, null, null, []), TimeProvider.System, default);
        var calls = await CallsAsync(world.Main) + await CallsAsync(world.Databases.Last());
        (await CallsAsync(world.Databases.Last())).ShouldBeGreaterThan(50);

        var (reports, refusal) = await new RollBackOverShards(world.Shards, TimeProvider.System).RunAsync(sha256, Grounds, write: true, null, default);

        refusal.ShouldBeNull();
        reports!.Sum(report => report.Result.Calls).ShouldBe(calls);
        reports!.ShouldAllBe(report => report.Result.IsWhole);
        (await world.RatedAsync()).ShouldBeEmpty();
        await world.IngestAsync(file);
        (await CallsAsync(world.Main) + await CallsAsync(world.Databases.Last())).ShouldBe(calls);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_file_that_invoices_cover_in_one_database_stands_in_all()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1);
        var file = world.Files.Write("all.csv", world.Files.Rows.Take(1_000));
        var receipt = await world.IngestAsync(file);
        var issued = await ContractOfAsync(world, 0);
        (await OverShards.IssueAsync(world.Shards, MonthFiles.Month, issued, InvoiceTerms.Sample, new BilledWorld.FixedClock(Instant.FromUtc(2026, 12, 1, 0, 0)), null, default)).Report!.Issued.ShouldBe(1);

        var (reports, _) = await new RollBackOverShards(world.Shards, TimeProvider.System).RunAsync(receipt.Sha256, Grounds, write: true, null, default);

        reports!.ShouldAllBe(report => !report.Result.IsWhole);
        (await CallsAsync(world.Databases.Last())).ShouldBe(0);
        SpreadWorld.Text(await world.IngestAsync(file)).ShouldBe(SpreadWorld.Text(receipt));
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_contract_without_a_place_gets_it_where_something_is_begun_for_it()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1, contracts: false);
        var shard = world.Databases.Last();
        for (var no = 0; no < 6; no++)
        {
            await world.Main.InvokeAsync(new ImportContract(BilledWorld.Contract($"C-900{no}", $"0503399000{no}")));
            await world.Main.ExecuteAsync($"insert into billing.mt_streams (id, version) values ('limit-alerts-C-900{no}', 0)");
        }

        await world.Main.InvokeAsync(new ImportContract(BilledWorld.Contract("C-9009", "05033990009")));
        (await Should.ThrowAsync<PostgresException>(() => shard.ExecuteAsync("insert into billing.mt_streams (id, version) values ('limit-alerts-C-9009', 0)"))).MessageText.ShouldContain("none yet");
        await world.IngestAsync(world.Files.Write("x.csv", world.Files.Rows.Take(3)));

        (await world.Main.ScalarAsync<long>("select count(*) from billing.contract_shards where contract < 'C-9006' and shard = 0")).ShouldBe(6);
        (await shard.ScalarAsync<long>("select count(*) from billing.contract_shards")).ShouldBe(7);
    }

    [Fact]
    public async Task Disputes_that_moved_keep_their_ids_and_what_was_not_told_yet_is_told_where_the_contract_is()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1);
        await world.IngestAsync(world.Files.Write("all.csv", world.Files.Rows.Take(1_000)));
        await world.IssueAsync(MonthFiles.Month);
        var contracts = (await world.Main.ScalarAsync<string>("select string_agg(contract, ' ' order by contract) from billing.invoices where total > 0")).Split(' ');
        var ids = new List<string>();
        foreach (var contract in contracts.Take(2))
        {
            ids.Add((await world.Main.InvokeAsync(new OpenDispute(null, $"202610-{contract}", contract, [], [1], "too much", null, "finance", new LocalDate(2026, 11, 29), new LocalDate(2026, 12, 31)))).Id!);
            await world.MoveAsync(contract, "shard-1");
        }

        ids.Distinct().Count().ShouldBe(2);
        (await world.Databases.Last().ScalarAsync<long>("select count(*) from billing.disputes")).ShouldBe(2);
        (await world.Databases.Last().ScalarAsync<long>("select count(*) from billing.told_elsewhere")).ShouldBe(0);
    }

    [Fact]
    public async Task A_move_that_begins_anew_is_known_from_the_one_before_whatever_the_clock_says()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1);
        await world.IngestAsync(world.Files.Write("all.csv", world.Files.Rows.Take(600)));
        var contract = await ContractOfAsync(world, 0);
        var rated = await world.RatedAsync();
        var clock = new StoppedClock(DateTimeOffset.UtcNow);
        (await new MoveContract(world.Shards, clock).RunAsync(contract, "shard-1", default)).Refusal.ShouldBeNull();
        (await new MoveContract(world.Shards, clock).RunAsync(contract, Shards.MainName, default)).Refusal.ShouldBeNull();
        await world.Databases.Last().ExecuteAsync(
            """
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'cut short'; end $$;
            create trigger refuse before insert on billing.mt_streams for each row execute function refuse()
            """);
        await Should.ThrowAsync<PostgresException>(() => new MoveContract(world.Shards, clock).RunAsync(contract, "shard-1", default));
        await world.Databases.Last().ExecuteAsync("drop trigger refuse on billing.mt_streams; drop function refuse()");

        (await new MoveContract(world.Shards, clock).RunAsync(contract, "shard-1", default)).Refusal.ShouldBeNull();

        (await world.Main.ScalarAsync<long>($"select count(*) from billing.rated_calls where contract = '{contract}'")).ShouldBe(0);
        (await world.RatedAsync()).ShouldBe(rated);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_copy_of_what_took_the_place_of_a_voided_record_is_a_copy_wherever_it_moved()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1);
        await world.IngestAsync(world.Files.Write("some.csv", world.Files.Rows.Take(1)));
        var (first, second) = (await NumberAsync(world, 0), await NumberAsync(world, 0, skip: 1));
        byte[] Call(string calling) => world.Files.Call("sw-x", "1", calling.Split(' ')[1], "0312345678", "2026-10-05T10:00:00+09:00", 60);
        await world.IngestAsync(world.Files.Write("wrong.csv", [Call(first)]));
        using var knowledge = new KnowledgeCache(world.Main.Database);
        (await new CorrectCalls(world.Main.Database, knowledge, TimeProvider.System).RunAsync([new CallToCorrect("sw-x/1", null)], new CorrectionTerms(Grounds, Write: true), default)).Refusal.ShouldBeNull();
        (await world.IngestAsync(world.Files.Write("right.csv", [Call(second)]))).Outcomes.Rated.ShouldBe(1);
        var contract = second.Split(' ')[0];
        await world.MoveAsync(contract, "shard-1");

        (await world.IngestAsync(world.Files.Write("copy.csv", [Call(second), Call(second)]))).Outcomes.Duplicate.ShouldBe(2);
        await world.MoveAsync(contract, Shards.MainName);
        (await world.Main.ScalarAsync<long>($"select count(*) from billing.rated_calls where source = 'sw-x'")).ShouldBe(1);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_call_whose_half_had_timed_out_goes_where_its_contract_is_and_moves_with_it()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1);
        await world.IngestAsync(world.Files.Write("some.csv", world.Files.Rows.Take(1)));
        var (contract, number) = (await NumberAsync(world, 1)).Split(' ') is [var a, var b] ? (a, b) : default;
        var profile = BuiltInProfiles.Read(BuiltInProfiles.Find("kamailio-acc")!, "proxy").Profile!;
        var header = File.ReadLines(Path.Combine(MonthFiles.Root, "contracts", "profiles", "kamailio-acc", "acc.csv")).First();
        await world.IngestAsync(world.Files.Write("start.csv", $"{header}\n1,INVITE,f,t,x@sip.example,200,OK,2026-10-05 10:00:00,{number},0312345678\n"), profile);
        using var knowledge = new KnowledgeCache(world.Main.Database);
        (await new TimeOutHalves(world.Main.Database, knowledge, new StoppedClock(DateTimeOffset.UtcNow.AddDays(5))).RunAsync(default)).Count.ShouldBe(1);

        await world.IngestAsync(world.Files.Write("end.csv", $"{header}\n1,BYE,t,f,x@sip.example,200,OK,2026-10-05 10:01:00,0312345678,{number}\n"), profile);

        (await world.Databases.Last().ScalarAsync<long>($"select count(*) from billing.rated_calls where contract = '{contract}'")).ShouldBe(1);
        await world.MoveAsync(contract, Shards.MainName);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_contract_moves_alone_whatever_its_id_looks_like()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1, contracts: false);
        string[] ids = ["A", "A-2026", "A-2026-10", "A'2026-10", "limit-alerts-A"];
        for (var no = 0; no < ids.Length; no++)
        {
            (await world.Main.InvokeAsync(new ImportContract(BilledWorld.Contract(ids[no], $"0503399000{no}")))).Refusal.ShouldBeNull();
            await world.Main.ExecuteAsync($"insert into billing.mt_streams (id, version) values ('limit-alerts-{ids[no].Replace("'", "''", StringComparison.Ordinal)}', 0)");
        }

        await world.IngestAsync(world.Files.Write("x.csv", ids.Select((_, no) => world.Files.Call("sw-x", $"{no}", $"0503399000{no}", "0312345678", "2026-10-05T10:00:00+09:00", 60))));
        foreach (var id in ids)
        {
            (await world.MoveAsync(id, "shard-1")).Calls.ShouldBe(1);
            (await world.Databases.Last().ScalarAsync<long>("select count(*) from billing.mt_streams where id like 'usage-%' or id like 'limit-alerts-%'"))
                .ShouldBe(2 * (Array.IndexOf(ids, id) + 1));
        }

        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_contract_that_moves_while_the_month_is_issued_gets_its_invoice()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1);
        await world.IngestAsync(world.Files.Write("all.csv", world.Files.Rows.Take(600)));
        var contract = await ContractOfAsync(world, 1);

        (await OverShards.IssueAsync(world.Shards, MonthFiles.Month, null, InvoiceTerms.Sample, new MovingClock(world, contract), null, default)).Refusal.ShouldBeNull();

        (await world.Main.ScalarAsync<long>($"select count(*) from billing.invoices where contract = '{contract}'")).ShouldBe(1);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_file_of_which_nothing_came_in_can_be_forgotten()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1);
        await world.IngestAsync(world.Files.Write("some.csv", world.Files.Rows.Take(300)));
        var contract = await ContractOfAsync(world, 0);
        await world.Main.ExecuteAsync("insert into billing.routed_files (sha256, file, begun_at) values ('0123456789abcdef', 'lost.csv', now())");
        (await new MoveContract(world.Shards, TimeProvider.System).RunAsync(contract, "shard-1", default)).Refusal!.Message.ShouldContain("lost.csv");

        (await new RollBackOverShards(world.Shards, TimeProvider.System).RunAsync("0123456789ab", Grounds, write: true, null, default)).Refusal.ShouldBeNull();

        await world.MoveAsync(contract, "shard-1");
    }

    private static Task<long> CallsAsync(DatabaseFixture database) => database.ScalarAsync<long>("select count(*) from billing.rated_calls");

    /// <summary>The contract of a shard that has most calls.</summary>
    private static Task<string> ContractOfAsync(SpreadWorld world, int shard) => world.Databases.ElementAt(shard).ScalarAsync<string>(
        "select contract from billing.month_usage where contract <> '' group by 1 order by sum(calls) desc, 1 limit 1");

    /// <summary>A contract of a shard and a number that it holds.</summary>
    private static Task<string> NumberAsync(SpreadWorld world, int shard, int skip = 0) => world.Main.ScalarAsync<string>(
        $"""
        select c.contract || ' ' || min(e.number) from billing.number_entries e join billing.contract_shards c on e.stream_id = 'contract-' || c.contract
        where c.shard = {shard} and e.from_day <= 20600 and e.to_day > 20800 group by c.contract order by c.contract limit 1 offset {skip}
        """);

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    /// <summary>Moves a contract when it is asked for the first time what time it is.</summary>
    private sealed class MovingClock(SpreadWorld world, string contract) : IClock
    {
        private bool _moved;

        public Instant GetCurrentInstant()
        {
            if (!_moved)
            {
                _moved = true;
                world.MoveAsync(contract, Shards.MainName).GetAwaiter().GetResult();
            }

            return Instant.FromUtc(2026, 12, 1, 0, 0);
        }
    }
}
