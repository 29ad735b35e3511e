using Billing.Service.Tests.Hosting;
using Billing.Service.Usage;
using RabbitMQ.Client;

namespace Billing.Service.Tests.Ingestion;

/// <summary>Call records as messages: in once, acknowledged when they are committed, put aside when they can not be read.</summary>
public sealed class TakeInMessagesTests(TakeInMessagesTests.Learned learned) : IClassFixture<TakeInMessagesTests.Learned>, IAsyncLifetime
{
    private readonly DatabaseFixture _database = learned.Database;
    private readonly string _switch = $"sw-{Guid.NewGuid():N}";
    private readonly MonthFiles _month = new();
    private TestBroker _broker = null!;
    private long _before;

    public async Task InitializeAsync()
    {
        _broker = await TestBroker.CreateAsync();
        _before = await _database.ScalarAsync<long>("select coalesce(max(no), 0) from billing.deliveries");
    }

    public async Task DisposeAsync()
    {
        await _broker.DisposeAsync();
        _month.Dispose();
    }

    [Fact]
    public async Task A_message_is_acknowledged_when_all_of_it_is_committed_and_not_before()
    {
        await using (var writer = await Gate.CloseAsync(_database))
        {
            await using var server = await ServeAsync();
            await _broker.SendAsync(Rows(1, 2), ("file", "tokyo-0001.csv"));
            await writer.UntilWaitingAsync(1);
            (await _broker.LyingAsync()).ShouldBe(0u, "the server holds it");
        }

        (await _broker.LeftAsync()).ShouldBe(1u, "the stopped server has let it go");
        (await TakenInAsync()).ShouldBe(0);

        await UntilAllAreAnsweredAsync();
        (await _database.ScalarAsync<string>($"select file || ' ' || rated from billing.deliveries where file <> '{_switch}' and rows > 0 and no > {_before}")).ShouldBe("tokyo-0001.csv 2");
    }

    [Fact]
    public async Task The_same_message_again_is_answered_with_its_first_receipt_and_counts_once()
    {
        for (var time = 0; time < 3; time++)
        {
            await _broker.SendAsync(Rows(1), ("file", $"sent-{time}.csv"));
        }

        await UntilAllAreAnsweredAsync();
        (await _broker.DeadAsync()).ShouldBeEmpty();
        (await _database.ScalarAsync<string>($"select file from billing.deliveries where file <> '{_switch}' and rows > 0 and no > {_before}")).ShouldBe("sent-0.csv");
        (await RatedAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Files_sent_in_messages_are_the_same_calls_as_the_files_taken_in_whole()
    {
        var file = _month.Write("calls.csv", _month.Rows);
        var packed = Path.Combine(_month.Folder, "packed.csv.gz");
        await using (var target = new System.IO.Compression.GZipStream(File.Create(packed), System.IO.Compression.CompressionLevel.Fastest))
        {
            await target.WriteAsync(Rows(900, 901));
        }

        var asterisk = Path.Combine(MonthFiles.Root, "contracts/profiles/asterisk-csv/calls.csv");
        var sent = await _broker.RunAsync(_month.Folder, "send", file, packed, "--rows", "1000");
        sent.Output.ShouldBe($"calls.csv: {_month.Rows.Count:N0} rows in 3 messages, confirmed\npacked.csv.gz: 2 rows in 1 message, confirmed\n", sent.All);
        (await _broker.RunAsync(_month.Folder, "send", asterisk, "--profile", "asterisk-csv")).Output.ShouldBe("calls.csv: 1 message, confirmed\n");
        var unknown = await _broker.RunAsync(_month.Folder, "send", asterisk, "--profile", "nope");
        (unknown.Code, unknown.ErrorLine).ShouldBe((2, "billing: --profile: there is no profile of that name"));
        var cut = Path.Combine(_month.Folder, "cut.csv.gz");
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(packed))[..40]);
        var damaged = await _broker.RunAsync(_month.Folder, "send", cut);
        (damaged.Code, damaged.ErrorLine.StartsWith($"billing: {cut}: ", StringComparison.Ordinal)).ShouldBe((2, true), damaged.All);
        await _broker.SendAsync("{\"source\":\"sw-1\"}\n"u8.ToArray(), new BasicProperties { MessageId = "lines.jsonl", ContentType = "application/x-ndjson" });
        var plain = new Learned();
        await plain.InitializeAsync();
        (await Command.RunAsync(plain.Database.ConnectionString, "ingest", file, packed)).Code.ShouldBe(0);
        (await Command.RunAsync(plain.Database.ConnectionString, "ingest", asterisk, "--profile", "asterisk-csv")).Code.ShouldBe(0);

        await using (await ServeAsync())
        {
            await UntilTakenInAsync(6);
        }

        foreach (var table in (string[])["rated_calls", "suspense"])
        {
            var sql = $"select coalesce(md5(string_agg(source || '/' || record_id, ',' order by source collate \"C\", record_id collate \"C\")), '') from billing.{table} where source = '{_switch}' or length(source) < 30";
            (await _database.ScalarAsync<string>(sql)).ShouldBe(await plain.Database.ScalarAsync<string>(sql));
        }

        await plain.DisposeAsync();

        (await _database.ScalarAsync<long>("select rejected from billing.deliveries where file = 'lines.jsonl' and completed_at is not null")).ShouldBe(1);
        (await Reconcile.RunAsync(_database.Database, null, default)).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task What_can_not_be_read_is_put_aside_with_its_reason_and_holds_up_nothing()
    {
        await _broker.SendAsync("a,b\n1,2\n"u8.ToArray(), ("file", "1-columns.csv"));
        await _broker.SendAsync(new byte[] { 0x1F, 0x8B, 8, 0, 1, 2, 3 }, new BasicProperties { MessageId = "2-broken.csv.gz", ContentEncoding = "gzip", UserId = "billing", Expiration = "3600000" });
        await _broker.SendAsync(Rows(1), ("file", "3-nowhere.csv"), ("profile", "no-such-switch"));
        await _broker.SendAsync(Rows(1), new BasicProperties { ContentEncoding = "br" }, ("file", "4-packed.csv"));
        await _broker.SendAsync(Array.Empty<byte>(), ("file", "5-empty.csv"));
        await _broker.SendAsync(Rows(2), ("file", "../in/6-go\nod.csv"));

        await UntilAllAreAnsweredAsync();

        var dead = await _broker.DeadAsync();
        dead.Select(x => $"{x.File}: {x.Reason}").ShouldBe(
        [
            "1-columns.csv: line 1: required column missing: source, record_id, kind, mode, calling_number, called_number, started_at, ended_at",
            "2-broken.csv.gz: content: the gzip data is damaged or cut short",
            "3-nowhere.csv: profile: there is no profile of that name",
            "4-packed.csv: content-encoding: a body may be compressed with gzip only",
            "5-empty.csv: line 1: the file is empty: no header row",
        ]);
        dead[0].Bytes.ShouldBe(8);
        (await _database.ScalarAsync<string>($"select file from billing.deliveries where file <> '{_switch}' and rows > 0 and no > {_before}")).ShouldBe("6-go?od.csv");
        (await RatedAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_message_that_the_service_fails_at_is_listed_and_taken_in_when_it_is_replayed()
    {
        await _database.ExecuteAsync("alter table billing.deliveries add constraint failing check (file <> 'calls.csv')");
        await using var server = await ServeAsync();
        await _broker.SendAsync(Rows(1), ("file", "calls.csv"));
        await Poll.UntilAsync("it is put aside", async () => (await _broker.DeadAsync()).Count == 1);
        (await TakenInAsync()).ShouldBe(0);

        var listed = await _broker.RunAsync(_month.Folder, "dead", "list");
        listed.Output.ShouldContain(" bytes  calls.csv  service: it failed with PostgresException, 3 times\n1 dead message\n");
        var unknown = await _broker.RunAsync(_month.Folder, "dead", "replay", "0123456789abcdef");
        (unknown.Code, unknown.ErrorLine).ShouldBe((1, "billing: there is no dead message 0123456789abcdef"));
        await _database.ExecuteAsync("alter table billing.deliveries drop constraint failing");
        var replayed = await _broker.RunAsync(_month.Folder, "dead", "replay", listed.Output[..16]);

        (replayed.Code, replayed.Output).ShouldBe((0, "1 message will be taken in again by a running server.\n"), replayed.All);
        await UntilTakenInAsync(1);
        (await RatedAsync()).ShouldBe(1);
        (await _broker.RunAsync(_month.Folder, "dead", "list")).Output.ShouldBe("There are no dead messages.\n");
    }

    [Fact]
    public async Task A_message_is_kept_while_the_database_can_not_be_written_and_taken_in_afterwards()
    {
        await _database.ExecuteAsync("alter table billing.deliveries rename to deliveries_away");
        await using (var server = await ServeAsync(prefetch: 2))
        {
            for (var no = 1; no <= 5; no++)
            {
                await _broker.SendAsync(Rows(no), ("file", $"tokyo-{no:D4}.csv"));
            }

            await Poll.UntilAsync("as many are held as may be", async () => await _broker.LyingAsync() == 3);
            await _database.ExecuteAsync("alter table billing.deliveries_away rename to deliveries");
            await UntilTakenInAsync(5);
        }

        (await _broker.DeadAsync()).ShouldBeEmpty();
        (await RatedAsync()).ShouldBe(5);
    }

    [Fact]
    public async Task Two_servers_share_the_queue_and_each_holds_no_more_than_its_prefetch()
    {
        await using (var first = await ServeAsync(prefetch: 2))
        await using (var second = await ServeAsync(prefetch: 3))
        {
            await using (var writer = await Gate.CloseAsync(_database))
            {
                for (var no = 1; no <= 12; no++)
                {
                    await _broker.SendAsync(Rows(no), ("file", $"tokyo-{no:D4}.csv"));
                }

                await writer.UntilWaitingAsync(5);
                (await _broker.LyingAsync()).ShouldBe(7u);
            }

            await UntilTakenInAsync(12);
        }

        (await RatedAsync()).ShouldBe(12);
        (await Reconcile.RunAsync(_database.Database, null, default)).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_starts_without_its_broker_and_takes_in_when_it_is_there_and_there_again()
    {
        await using var line = new BrokerLine();
        await using var server = await Server.StartAsync(_database.ConnectionString, _broker.Told(address: line.Address));
        (await server.Anonymous.GetAsync(new Uri("/health/live", UriKind.Relative))).EnsureSuccessStatusCode();
        await _broker.SendAsync(Rows(1), ("file", "before.csv"));
        line.Mend();
        await UntilTakenInAsync(1);

        await using (var writer = await Gate.CloseAsync(_database))
        {
            await _broker.SendAsync(Rows(2), ("file", "meanwhile.csv"));
            await writer.UntilWaitingAsync(1);
            await line.CutAsync();
            await Poll.UntilAsync("the broker gives it to others", async () => await _broker.LyingAsync() == 1);
        }

        await UntilTakenInAsync(2);
        line.Mend();
        await _broker.SendAsync(Rows(3), ("file", "after.csv"));
        await UntilTakenInAsync(3);
        (await RatedAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task A_message_that_ends_every_attempt_is_put_aside_by_the_broker_itself()
    {
        await _broker.SendAsync(Rows(1), ("file", "deadly.csv"));
        var attempts = 0;
        await Poll.UntilAsync("it is aside", async () =>
        {
            if (await _broker.Channel.BasicGetAsync(_broker.Settings.Queue, autoAck: false) is { } taken)
            {
                attempts++;
                await _broker.Channel.BasicNackAsync(taken.DeliveryTag, multiple: false, requeue: true);
            }

            return await _broker.Channel.MessageCountAsync(_broker.Settings.DeadQueue) == 1;
        });

        attempts.ShouldBe(101);
        var dead = (await _broker.DeadAsync()).ShouldHaveSingleItem();
        (dead.File, dead.Reason).ShouldBe(("deadly.csv", "every attempt at it ended with its process or its connection"));
        dead.PutAsideAt.ShouldNotBeNull();
        (await _broker.RunAsync(_month.Folder, "dead", "replay", "--all")).Code.ShouldBe(0);
        (await _broker.LyingAsync()).ShouldBe(1u);
    }

    private Task<Server> ServeAsync(int prefetch = 4) => Server.StartAsync(_database.ConnectionString, _broker.Told(prefetch));

    private byte[] Rows(params int[] numbers) =>
        File.ReadAllBytes(_month.Write("made.csv", numbers.Select(no => _month.Call(_switch, $"r-{no}", "05033010001", "0312345678", "2026-10-01T10:00:00+09:00", 60))));

    private Task UntilTakenInAsync(long files) => Poll.UntilAsync($"{files} are taken in", async () => await TakenInAsync() == files);

    private Task<long> TakenInAsync() => _database.ScalarAsync<long>($"select count(*) from billing.deliveries where completed_at is not null and no > {_before}");

    private Task<long> RatedAsync() => _database.ScalarAsync<long>($"select count(*) from billing.rated_calls where source = '{_switch}' and record_id <> 'r-0'");

    /// <summary>Has a server take in what lies in the queue. It takes one message at a time: when the last one is in, those before it are acknowledged.</summary>
    private async Task UntilAllAreAnsweredAsync()
    {
        await using (await ServeAsync(prefetch: 1))
        {
            await _broker.SendAsync(Rows(0), ("file", _switch));
            await Poll.UntilAsync("the last one is in", () => _database.ScalarAsync<bool>($"select exists (select from billing.deliveries where file = '{_switch}' and completed_at is not null)"));
        }

        (await _broker.LeftAsync()).ShouldBeLessThanOrEqualTo(1u);
    }

    /// <summary>A database that knows the demo's tariff, reference and contracts.</summary>
    public sealed class Learned : IAsyncLifetime
    {
        public DatabaseFixture Database { get; } = new();

        public async Task InitializeAsync()
        {
            await Database.InitializeAsync();
            await MonthFiles.LearnAsync(Database);
        }

        public Task DisposeAsync() => Database.DisposeAsync();
    }
}
