using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Formats;
using Billing.Service.Corrections;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;
using Billing.Service.Subscriptions;
using Billing.Service.Tests.Formats;
using Billing.Service.Tests.Hosting;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Tests.Sharding;

/// <summary>Contracts over several databases give what they give in one: the same calls, invoices and proofs.</summary>
public sealed class SpreadContractsTests
{
    [Fact]
    public async Task A_month_over_three_databases_is_the_month_of_one()
    {
        var alone = new DatabaseFixture();
        await alone.InitializeAsync();
        await using var world = await SpreadWorld.NewAsync();
        var file = world.Files.Write("month.csv", world.Files.Rows);
        await MonthFiles.LearnAsync(alone);
        var expected = await alone.IngestAsync(file);

        SpreadWorld.Text(await world.IngestAsync(file)).ShouldBe(SpreadWorld.Text(expected));

        (await world.RatedAsync()).ShouldBe(await SpreadWorld.RatedAsync(alone));
        (await world.Main.ScalarAsync<long>("select count(distinct shard) from billing.contract_shards")).ShouldBe(3);
        var report = await world.IssueAsync(MonthFiles.Month);
        report.Parked.ShouldBeEmpty();
        (await world.InvoicesAsync()).ShouldBe(await SpreadWorld.IssueAloneAsync(alone, MonthFiles.Month));
        (await world.IssueAsync(MonthFiles.Month)).AlreadyIssued.ShouldBe(report.Issued);
        await world.ShouldBeSoundAsync();

        // sent again, as it was and in another order
        SpreadWorld.Text(await world.IngestAsync(file)).ShouldBe(SpreadWorld.Text(expected));
        var again = await world.IngestAsync(world.Files.Write("again.csv", world.Files.Rows.Reverse()));
        (again.Rows, again.Outcomes.Rated, again.Outcomes.Unanswered, again.Outcomes.Suspended).ShouldBe((expected.Rows, 0, 0, 0));
        again.Outcomes.Rejected.ShouldBe(expected.Outcomes.Rejected);
        await alone.DisposeAsync();
    }

    [Fact]
    public async Task Copies_that_say_different_things_meet_in_one_database()
    {
        await using var world = await SpreadWorld.NewAsync();
        var (first, second) = await NumbersOfDifferentShardsAsync(world);
        byte[] Call(string id, string calling) => world.Files.Call("sw-x", id, calling, "0312345678", "2026-10-05T10:00:00+09:00", 60);

        await world.IngestAsync(world.Files.Write("one.csv", [Call("1", first), Call("2", second)]));
        var receipt = await world.IngestAsync(world.Files.Write("two.csv", [Call("1", second), Call("2", second), Call("3", second), Call("3", first)]));

        receipt.Reasons.Suspended.ShouldBe(new Dictionary<string, long> { ["conflicting-duplicate"] = 2 });
        (receipt.Outcomes.Rated, receipt.Outcomes.Duplicate).ShouldBe((1, 1));
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Files_that_come_at_once_and_share_records_bring_each_in_once()
    {
        await using var world = await SpreadWorld.NewAsync();
        var rows = world.Files.Rows.Take(1_500).ToList();
        var files = Enumerable.Range(0, 4).Select(no => world.Files.Write($"{no}.csv", no % 2 == 0 ? rows.Skip(no * 50) : rows.AsEnumerable().Reverse().Skip(no * 50))).ToList();

        var receipts = await Task.WhenAll(files.Select(file => world.IngestAsync(file)));

        var once = await world.IngestAsync(world.Files.Write("whole.csv", rows.Skip(1)));
        (once.Outcomes.Rated, once.Outcomes.Unanswered, once.Outcomes.Suspended).ShouldBe((0, 0, 0));
        await using var one = await SpreadWorld.NewAsync(shards: 1);
        var expected = await one.IngestAsync(one.Files.Write("whole.csv", rows));
        receipts.Sum(receipt => receipt.Outcomes.Rated).ShouldBe(expected.Outcomes.Rated);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_record_of_an_unknown_number_is_released_to_where_its_contract_came_to_be()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1, contracts: false);
        await world.IngestAsync(world.Files.Write("early.csv", world.Files.Rows.Take(400)));
        (await world.Main.ScalarAsync<long>("select count(*) from billing.suspense where reason = 'unknown-number'")).ShouldBeGreaterThan(200);
        await MonthFiles.OpenContractsAsync(world.Main);

        var all = new ReleaseRequest(null, null, null, []);
        var result = await OverShards.ReleaseAsync(await world.Shards.ListAsync(default), all, TimeProvider.System, default);

        result.Released.ShouldBeGreaterThan(200);
        (await world.Databases.Last().ScalarAsync<long>("select count(*) from billing.rated_calls")).ShouldBeGreaterThan(50);
        (await OverShards.ReleaseAsync(await world.Shards.ListAsync(default), all, TimeProvider.System, default)).Released.ShouldBe(0);
        await world.ShouldBeSoundAsync();

        // noted there and not here, as when a process ends between the two: nothing is recorded twice
        await world.Main.ExecuteAsync(
            """
            update billing.suspense set released_as = null
            where released_as is not null and not exists (select from billing.mt_events e where e.id = released_as)
            """);
        var calls = await world.Databases.Last().ScalarAsync<long>("select count(*) from billing.mt_events where type = 'call_recorded.v1'");
        await OverShards.ReleaseAsync(await world.Shards.ListAsync(default), all with { Reason = "unknown-number" }, TimeProvider.System, default);
        (await world.Databases.Last().ScalarAsync<long>("select count(*) from billing.mt_events where type = 'call_recorded.v1'")).ShouldBe(calls);

        // a copy is found where the record came first, and the contract may move
        (await world.IngestAsync(world.Files.Write("again.csv", world.Files.Rows.Take(401)))).Outcomes.Duplicate.ShouldBeGreaterThan(380);
    }

    [Fact]
    public async Task Halves_of_calls_wait_for_each_other_whichever_database_the_call_goes_to()
    {
        await using var world = await SpreadWorld.NewAsync();
        var (first, second) = await NumbersOfDifferentShardsAsync(world);
        var profile = BuiltInProfiles.Read(BuiltInProfiles.Find("kamailio-acc")!, "proxy").Profile!;
        var (starts, ends) = (new List<string>(), new List<string>());
        foreach (var (id, calling) in new[] { ("a", first), ("b", second) })
        {
            starts.Add(Acc("INVITE", id, calling, "2026-10-05 10:00:00"));
            ends.Add(Acc("BYE", id, calling, "2026-10-05 10:01:00"));
        }

        var header = File.ReadLines(Path.Combine(MonthFiles.Root, "contracts", "profiles", "kamailio-acc", "acc.csv")).First();
        var waiting = await world.IngestAsync(world.Files.Write("starts.csv", string.Join('\n', starts.Prepend(header)) + "\n"), profile);
        waiting.Profile!.Waiting.ShouldBe(2);
        var whole = await world.IngestAsync(world.Files.Write("ends.csv", string.Join('\n', ends.Prepend(header)) + "\n"), profile);

        whole.Outcomes.Rated.ShouldBe(2);
        (await world.Main.ScalarAsync<long>("select count(*) from billing.call_halves where state = 'joined'")).ShouldBe(2);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Parts_of_calls_wait_in_the_main_database_and_are_known_there_whichever_database_the_call_goes_to()
    {
        await using var world = await SpreadWorld.NewAsync();
        var (first, second) = await NumbersOfDifferentShardsAsync(world);
        var profile = BuiltInProfiles.Read(BuiltInProfiles.Find("ims-partial-csv")!, "tas").Profile!;
        Task<ReceiptDocument> IngestAsync(params IEnumerable<string> parts) => world.IngestAsync(world.Files.Write($"{Guid.NewGuid():N}.csv", PartialRecordsTests.FileOf(parts)), profile);

        var begun = await IngestAsync(PartialRecordsTests.Part("a", 2, 3, first), PartialRecordsTests.Part("b", 1, 3, second), PartialRecordsTests.Part("c", 2, 2, second), PartialRecordsTests.Part("c", 1, 2, second));
        (begun.Outcomes.Rated, begun.Profile!.Joined, begun.Profile.Waiting).ShouldBe((1, 1, 2));
        var whole = await IngestAsync(
            PartialRecordsTests.Part("a", 3, 3, first), PartialRecordsTests.Part("b", 2, 3, second), PartialRecordsTests.Part("b", 3, 3, second), PartialRecordsTests.Part("a", 1, 3, first));
        (whole.Outcomes.Rated, whole.Profile!.Joined, whole.Profile.Waiting).ShouldBe((2, 2, 0));
        var again = await IngestAsync(PartialRecordsTests.Part("a", 1, 3, first), PartialRecordsTests.Part("c", 1, 2, second), PartialRecordsTests.Part("b", 2, 2, second));

        (again.Outcomes.Duplicate, again.Outcomes.Suspended, again.Profile!.Waiting).ShouldBe((2, 1, 0));
        again.Reasons.Suspended.Keys.ShouldBe(["conflicting-duplicate"]);

        var (reports, _) = await new RollBackOverShards(world.Shards, TimeProvider.System).RunAsync(whole.Sha256, new CorrectionGrounds("the wrong file", "finance", null), write: true, null, default);
        reports!.Sum(report => report.Result.Calls).ShouldBe(2);
        (await world.Main.ScalarAsync<string>("select string_agg(state || ' ' || role, ',' order by state, role) from billing.call_halves where state <> 'rolled-back'"))
            .ShouldBe("made last part 2,made part 1,waiting part 1,waiting part 2");

        // they are suspended in the main database, and become calls in that of their contract when the others come after all
        await world.ShouldBeSoundAsync();
        using var knowledge = new KnowledgeCache(world.Main.Database);
        var timedOut = await new TimeOutHalves(world.Main.Database, knowledge, new HandClock(DateTimeOffset.UtcNow.AddHours(49))).RunAsync(default);
        timedOut.ShouldHaveSingleItem().Receipt!.Reasons.Suspended.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, long>("other-half-missing", 2));
        var late = await IngestAsync(
            PartialRecordsTests.Part("a", 1, 3, first), PartialRecordsTests.Part("b", 3, 3, second), PartialRecordsTests.Part("b", 2, 3, second), PartialRecordsTests.Part("a", 3, 3, first));
        (late.Outcomes.Rated, late.Profile!.Joined).ShouldBe((2, 2));
        (await world.Main.ScalarAsync<string>("select string_agg(reason, ',') from billing.suspense where released_as is null")).ShouldBe("conflicting-duplicate");
        var calls = new List<string>();
        foreach (var shard in world.Databases.Skip(1))
        {
            calls.Add(await shard.ScalarAsync<string>("select string_agg(record_id || ' ' || chargeable_ms, ',' order by record_id) from billing.rated_calls where source = 'tas'"));
            (await shard.ScalarAsync<long>("select count(*) from billing.call_halves")).ShouldBe(0);
        }

        calls.ShouldBe(["a 5400000", "b 5400000,c 3600000"]);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_file_is_taken_back_from_all_databases_and_may_come_again()
    {
        await using var world = await SpreadWorld.NewAsync();
        var file = world.Files.Write("all.csv", world.Files.Rows);
        var first = await world.IngestAsync(file);
        var contract = await world.Main.ScalarAsync<string>("select contract from billing.contract_shards where shard = 0 limit 1");
        await world.MoveAsync(contract, "shard-1");
        var grounds = new CorrectionGrounds("the wrong file", "finance", null);

        var (reports, refusal) = await new RollBackOverShards(world.Shards, TimeProvider.System).RunAsync(first.Sha256, grounds, write: true, null, default);

        refusal.ShouldBeNull();
        reports!.ShouldAllBe(report => report.Result.IsWhole);
        reports!.Sum(report => report.Result.Calls).ShouldBe(first.Outcomes.Rated + first.Outcomes.Unanswered);
        (await world.RatedAsync()).ShouldBeEmpty();
        await world.ShouldBeSoundAsync();
        (await world.IngestAsync(file)).Outcomes.Rated.ShouldBe(first.Outcomes.Rated);
        await world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Nothing_is_written_in_a_database_to_which_it_does_not_belong()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1);
        var file = world.Files.Write("all.csv", world.Files.Rows);
        await world.IngestAsync(file);
        var shard = world.Databases.Last();
        var elsewhere = await world.Main.ScalarAsync<string>("select contract from billing.contract_shards where shard = 1 order by contract limit 1");

        // what is known is changed in the main database, files are taken in there, months are its own
        (await Should.ThrowAsync<RefusedException>(() => MonthFiles.OpenContractsAsync(shard))).Message.ShouldContain("main database");
        (await Should.ThrowAsync<RefusedException>(() => shard.IngestAsync(world.Files.Write("other.csv", world.Files.Rows.Take(3))))).Message.ShouldContain("main database");
        (await SpreadWorld.IssueAloneAsync(world.Main, MonthFiles.Month)).ShouldNotContain(elsewhere);

        (await Command.RunAsync(world.Main.ConnectionString, "invoices", "show", $"202610-{elsewhere}")).ErrorLine
            .ShouldBe($"billing: there is no invoice 202610-{elsewhere} here, its contract is in shard-1: --shard shard-1");

        // and the database itself refuses whoever would begin something for a contract that is elsewhere
        (await Should.ThrowAsync<PostgresException>(() => world.Main.ExecuteAsync($"insert into billing.mt_streams (id, version) values ('usage-{elsewhere}-2026-12', 0)"))).SqlState.ShouldBe("BL001");
        (await Should.ThrowAsync<PostgresException>(() => world.Main.ExecuteAsync($"insert into billing.mt_streams (id, version) values ('limit-alerts-{elsewhere}', 0)"))).SqlState.ShouldBe("BL001");
        (await new RollBackDelivery(world.Main.Database, TimeProvider.System).RunAsync("1", new CorrectionGrounds("x", "y", null), true, null, default)).Refusal.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_database_that_is_no_empty_one_is_no_shard_and_names_are_names()
    {
        await using var world = await SpreadWorld.NewAsync(shards: 1);
        var add = new AddShard(world.Main.Settings, world.Shards, TimeProvider.System);
        foreach (var name in (string[])["", "main", "Tokyo", "a b", new string('x', 41)])
        {
            (await add.RunAsync(name, world.Main.ConnectionString, true, default)).Refusal.ShouldNotBeNull();
        }

        (await add.RunAsync("tokyo", "nonsense", true, default)).Refusal!.Message.ShouldContain("connection string");
        (await add.RunAsync("tokyo", world.Main.ConnectionString, true, default)).Refusal!.Message.ShouldContain("not empty");
        (await add.RunAsync("tokyo", world.Databases.Last().ConnectionString, true, default)).Refusal!.Message.ShouldContain("shard-1");

        // a shard's address changes with its database; another one, or one of another main database, is not it
        var other = new DatabaseFixture();
        await other.InitializeAsync();
        (await add.RunAsync("shard-1", other.ConnectionString, true, default)).Refusal!.Message.ShouldContain("not its database");
        await other.ExecuteAsync("insert into billing.this_shard (no, name) values (7, 'shard-1')");
        (await add.RunAsync("shard-1", other.ConnectionString, true, default)).Refusal!.Message.ShouldContain("another main database");
        await other.DisposeAsync();

        // again is the same; closed to new contracts it takes none
        (await add.RunAsync("shard-1", world.Databases.Last().ConnectionString, false, default)).Shard!.No.ShouldBe(1);
        await world.Main.InvokeAsync(new ImportContract(Invoicing.BilledWorld.Contract("C-9001", "05033990001")));
        await world.IngestAsync(world.Files.Write("x.csv", world.Files.Rows.Take(10)));
        (await world.Main.ScalarAsync<int>("select shard from billing.contract_shards where contract = 'C-9001'")).ShouldBe(0);
        (await new MoveContract(world.Shards, TimeProvider.System).RunAsync("C-none", "shard-1", default)).Refusal!.Message.ShouldContain("C-none");
        (await new MoveContract(world.Shards, TimeProvider.System).RunAsync("C-9001", "main", default)).Refusal!.Message.ShouldContain("already");
    }

    private static async Task<(string First, string Second)> NumbersOfDifferentShardsAsync(SpreadWorld world)
    {
        await world.IngestAsync(world.Files.Write($"{Guid.NewGuid():N}.csv", world.Files.Rows.Take(1)));
        async Task<string> NumberAsync(int shard) => await world.Main.ScalarAsync<string>(
            $"select e.number from billing.number_entries e join billing.contract_shards c on e.stream_id = 'contract-' || c.contract where c.shard = {shard} and e.from_day <= 20600 and e.to_day > 20800 order by 1 limit 1");
        return (await NumberAsync(1), await NumberAsync(2));
    }

    private static string Acc(string method, string id, string calling, string at)
    {
        var isStart = method == "INVITE";
        return string.Join(',', 1, method, isStart ? "f" : "t", isStart ? "t" : "f", $"{id}@sip.example", 200, "OK", at, isStart ? calling : "0312345678", isStart ? "0312345678" : calling);
    }
}
