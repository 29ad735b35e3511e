using System.Net;
using System.Text.Json;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Ingestion;

/// <summary>Call records as records of a Kafka: in once, committed behind the database, put aside when they can not be read.</summary>
public sealed class TakeInRecordsTests(TakeInMessagesTests.Learned learned, TestKafka kafka) : IClassFixture<TakeInMessagesTests.Learned>, IClassFixture<TestKafka>, IAsyncLifetime
{
    private readonly DatabaseFixture _database = learned.Database;
    private readonly string _switch = $"sw-{Guid.NewGuid():N}";
    private readonly MonthFiles _month = new();
    private long _before;

    public async Task InitializeAsync() => _before = await _database.ScalarAsync<long>("select coalesce(max(no), 0) from billing.deliveries");

    public Task DisposeAsync()
    {
        _month.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_record_is_committed_behind_the_database_and_one_of_a_server_that_leaves_at_work_is_taken_in_by_another()
    {
        var topic = kafka.MakeTopic(1);
        await using (var writer = await Gate.CloseAsync(_database))
        {
            await using var server = await ServeAsync(topic);
            await kafka.SendAsync(topic, 0, Rows(1, 2), ("file", "tokyo-0001.csv"));
            await kafka.SendAsync(topic, 0, Rows(3));
            await writer.UntilWaitingAsync(1);
        }

        kafka.Committed(topic, 1).ShouldBe([0]);
        (await TakenInAsync()).ShouldBe(0);

        await using (await ServeAsync(topic))
        {
            await UntilTakenInAsync(2);
            await kafka.UntilCommittedAsync(topic, 2);
        }

        (await FilesAsync()).ShouldBe(["tokyo-0001.csv", $"{topic}-0-1"]);
        (await RatedAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task What_is_sent_again_counts_once_and_what_can_not_be_read_is_put_aside_with_its_reason_and_holds_up_nothing()
    {
        var topic = kafka.MakeTopic(2);
        var file = _month.Write("calls.csv", Calls(1, 2, 3));
        await kafka.SendAsync(topic, 0, "a,b\n1,2\n"u8.ToArray(), ("file", "1-columns.csv"));
        await kafka.SendAsync(topic, 0, [0x1F, 0x8B, 8, 0, 1, 2, 3], ("file", "2-broken.csv.gz"), ("content-encoding", "gzip"));
        await kafka.SendAsync(topic, 0, Rows(1), ("file", "3-nowhere.csv"), ("profile", "no-such-switch"));
        await kafka.SendAsync(topic, 0, null, ("file", "4-empty.csv"));
        for (var time = 0; time < 2; time++)
        {
            (await kafka.RunAsync(_month.Folder, topic, "send", file, "--rows", "2")).Output.ShouldBe("calls.csv: 3 rows in 2 messages, confirmed\n");
        }

        await using (await ServeAsync(topic))
        {
            await Poll.UntilAsync("all are committed", () => Task.FromResult(kafka.Committed(topic, 2).Sum() == 8));
        }

        (await RatedAsync()).ShouldBe(3);
        (await TakenInAsync()).ShouldBe(2);
        var dead = (await kafka.RunAsync(_month.Folder, topic, "dead", "list", "--json")).Json.EnumerateArray().ToList();
        dead.Select(x => $"{x.GetProperty("file")}: {x.GetProperty("reason")}").Order().ShouldBe(
        [
            "1-columns.csv: line 1: required column missing: source, record_id, kind, mode, calling_number, called_number, started_at, ended_at",
            "2-broken.csv.gz: content: the gzip data is damaged or cut short",
            "3-nowhere.csv: profile: there is no profile of that name",
            "4-empty.csv: line 1: the file is empty: no header row",
        ]);
        (await Reconcile.RunAsync(_database.Database, null, default)).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task A_record_that_the_service_fails_at_is_listed_and_taken_in_when_it_is_replayed()
    {
        var topic = kafka.MakeTopic(1);
        await _database.ExecuteAsync("alter table billing.deliveries add constraint failing check (file <> 'calls.csv')");
        await using var server = await ServeAsync(topic);
        await kafka.SendAsync(topic, 0, Rows(1), ("file", "calls.csv"));
        await kafka.SendAsync(topic, 0, "a,b\n1,2\n"u8.ToArray(), ("file", "columns.csv"));
        await kafka.UntilCommittedAsync(topic, 2);
        await _database.ExecuteAsync("alter table billing.deliveries drop constraint failing");

        var listed = await kafka.RunAsync(_month.Folder, topic, "dead", "list");
        listed.Output.ShouldEndWith("\n2 dead messages\n");
        var line = listed.Output.Split('\n').Single(x => x.Contains("  calls.csv  service: it failed with PostgresException, 3 times"));
        var replayed = await kafka.RunAsync(_month.Folder, topic, "dead", "replay", line[..16]);

        (replayed.Code, replayed.Output).ShouldBe((0, "1 message will be taken in again by a running server.\n"), replayed.All);
        await UntilTakenInAsync(1);
        (await FilesAsync()).ShouldBe(["calls.csv"]);
        // the other one, which is put aside again and lies there once
        (await kafka.RunAsync(_month.Folder, topic, "dead", "replay", "--all")).Output.ShouldStartWith("1 message ");
        await kafka.UntilCommittedAsync(topic, 4);
        (await kafka.RunAsync(_month.Folder, topic, "dead", "list")).Output.ShouldMatch("  columns.csv  line 1: [^\n]*\n1 dead message\n$");
    }

    [Fact]
    public async Task Servers_that_come_and_go_share_the_partitions_hold_their_records_while_the_database_can_not_be_written_and_keep_their_order()
    {
        const int Partitions = 4;
        var topic = kafka.MakeTopic(Partitions);
        await _database.ExecuteAsync("alter table billing.deliveries rename to deliveries_away");
        await using (var first = await ServeAsync(topic, ("kafka-held-bytes", "1"), ("kafka-at-once", "3")))
        {
            for (var no = 0; no < 3 * Partitions; no++)
            {
                await kafka.SendAsync(topic, no % Partitions, Rows(no), ("file", $"{no % Partitions}-{no:D2}.csv"));
            }

            await UntilSharedAsync(first);
            await using (var second = await ServeAsync(topic, ("kafka-held-bytes", "1")))
            {
                await UntilSharedAsync(first, second);
            }

            // what the second had comes back to the first
            await UntilSharedAsync(first);
            kafka.Committed(topic, Partitions).ShouldBe([0, 0, 0, 0]);
            await _database.ExecuteAsync("alter table billing.deliveries_away rename to deliveries");
            await kafka.UntilCommittedAsync(topic, 3, 3, 3, 3);
        }

        Task UntilSharedAsync(params Server[] servers) => Poll.UntilAsync("each has its share", async () =>
        {
            foreach (var server in servers)
            {
                if ((await CheckAsync(server)).GetProperty("data").GetProperty("partitions").GetInt32() != Partitions / servers.Length)
                {
                    return false;
                }
            }

            return true;
        });

        (await RatedAsync()).ShouldBe(3 * Partitions);
        (await FilesAsync()).GroupBy(file => file[0]).ShouldAllBe(files => files.SequenceEqual(files.Order()));
        (await Reconcile.RunAsync(_database.Database, null, default)).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_starts_without_its_Kafka_and_takes_in_when_it_is_there_and_there_again()
    {
        using var own = new TestKafka();
        var topic = own.MakeTopic(1);
        await own.SendAsync(topic, 0, Rows(1));
        own.GoAway();
        await using var server = await Server.StartAsync(_database.ConnectionString, own.Told(topic));
        (await server.Anonymous.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Poll.UntilAsync("it says so", async () => (await CheckAsync(server)).Text("status") == "degraded");
        own.ComeBack();
        await UntilTakenInAsync(1);
        await own.UntilCommittedAsync(topic, 1);

        own.GoAway();
        await Poll.UntilAsync("it says so again", async () => (await CheckAsync(server)).Text("status") == "degraded");
        own.ComeBack();
        await own.SendAsync(topic, 0, Rows(2));
        await UntilTakenInAsync(2);
        await Poll.UntilAsync("it says so no more", async () => (await CheckAsync(server)).Text("status") == "healthy");
    }

    private Task<Server> ServeAsync(string topic, params (string Name, string Value)[] settings) => Server.StartAsync(_database.ConnectionString, kafka.Told(topic, settings));

    private static async Task<JsonElement> CheckAsync(Server server) => JsonDocument.Parse(await server.Http.GetStringAsync(new Uri("/health/ready", UriKind.Relative)))
        .RootElement.GetProperty("checks").GetProperty("kafka");

    private byte[] Rows(params int[] numbers) => File.ReadAllBytes(_month.Write("made.csv", Calls(numbers)));

    private IEnumerable<byte[]> Calls(params int[] numbers) => numbers.Select(no => _month.Call(_switch, $"r-{no}", "05033010001", "0312345678", "2026-10-01T10:00:00+09:00", 60));

    private Task UntilTakenInAsync(long files) => Poll.UntilAsync($"{files} are taken in", async () => await TakenInAsync() == files);

    private Task<long> TakenInAsync() => _database.ScalarAsync<long>($"select count(*) from billing.deliveries where completed_at is not null and no > {_before}");

    private Task<long> RatedAsync() => _database.ScalarAsync<long>($"select count(*) from billing.rated_calls where source = '{_switch}'");

    /// <summary>The names of the files that were taken in, the first one first.</summary>
    private async Task<string[]> FilesAsync() => await _database.ScalarAsync<string[]>($"select array_agg(file order by no) from billing.deliveries where completed_at is not null and no > {_before}");
}
