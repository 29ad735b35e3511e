using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Billing.Service.Ingestion;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Api;

/// <summary>A body of call records is taken only when it can be kept; else its sender is told to come again, and nothing of it stays.</summary>
public sealed class SpoolRoomTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private readonly MonthFiles _month = new();
    private string _spool = "";

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _spool = Path.Combine(_month.Folder, "spool");
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        _month.Dispose();
    }

    [Fact]
    public async Task Beyond_the_bodies_that_may_wait_another_is_told_to_come_again_and_is_taken_when_there_is_room()
    {
        await using var server = await StartAsync(("spool-bodies", "3"));
        await using (await NothingIsTakenInAsync())
        {
            var kept = await Task.WhenAll(Enumerable.Range(1, 3).Select(no => PostAsync(server, Body(no), isAsync: true)));
            kept.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Accepted);

            var refused = await PostAsync(server, Body(4), isAsync: true);
            await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
            await (await PostAsync(server, Body(4))).ReadProblemAsync(HttpStatusCode.TooManyRequests);
            (await _database.ScalarAsync<long>("select count(*) from billing.cdr_batches")).ShouldBe(3);
            Directory.GetFiles(_spool, "*.part").ShouldBeEmpty();
        }

        await Poll.UntilAsync("what waited is taken in", async () => await _database.ScalarAsync<long>("select count(*) from billing.cdr_batches where state = 'complete'") == 3);
        await Poll.UntilAsync("there is room", () => Task.FromResult(Directory.GetFiles(_spool).Length == 0));
        (await (await PostAsync(server, Body(4))).ReadAsync()).GetProperty("rows").GetInt64().ShouldBe(1);
        (await _database.ScalarAsync<long>("select count(*) from billing.deliveries where completed_at is not null")).ShouldBe(4);
    }

    [Fact]
    public async Task Senders_that_wait_for_their_receipt_are_served_some_at_a_time_and_only_as_many_as_there_is_room_for()
    {
        await using var server = await StartAsync(("spool-bodies", "4"), ("batches-at-once", "1"));
        Task<HttpResponseMessage>[] waiting;
        await using (await NothingIsTakenInAsync())
        {
            waiting = [.. Enumerable.Range(1, 4).Select(no => PostAsync(server, Body(no)))];
            await Poll.UntilAsync("all are here", () => Task.FromResult(Directory.Exists(_spool) && Directory.GetFiles(_spool, "*.part").Length == 4));
            await (await PostAsync(server, Body(5))).ReadProblemAsync(HttpStatusCode.TooManyRequests);

            // each that is at work has a connection of its own for its locks; the others are nothing but files
            await Poll.UntilAsync("one is at work", async () => await WaitingForLocksAsync() == 1);
            (await _database.ScalarAsync<long>("select count(*) from billing.cdr_batches")).ShouldBe(1);
        }

        foreach (var answer in await Task.WhenAll(waiting))
        {
            (await answer.ReadAsync()).GetProperty("rows").GetInt64().ShouldBe(1);
        }

        Directory.GetFiles(_spool).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_are_counted_also_of_a_body_whose_length_its_sender_does_not_tell(bool isLengthTold)
    {
        var (small, large) = (Padded(60_000), Padded(200_000));
        await using var server = await StartAsync(("spool-bytes", "100000"));
        await (await PostAsync(server, large, isLengthTold: isLengthTold)).ReadProblemAsync(HttpStatusCode.RequestEntityTooLarge);
        await using (await NothingIsTakenInAsync())
        {
            (await PostAsync(server, small, isAsync: true, isLengthTold: isLengthTold)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
            var refused = await PostAsync(server, small[..^1], isAsync: true, isLengthTold: isLengthTold);
            await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            Directory.GetFiles(_spool).Length.ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_disk_without_room_is_told_before_anything_is_written()
    {
        await using var server = await StartAsync(("spool-free", $"{long.MaxValue / 4}"));
        await (await PostAsync(server, Body(1))).ReadProblemAsync(HttpStatusCode.InsufficientStorage);
        Directory.GetFiles(_spool).ShouldBeEmpty();
        (await _database.ScalarAsync<long>("select count(*) from billing.cdr_batches")).ShouldBe(0);
    }

    [Fact]
    public async Task What_a_process_that_died_left_half_sent_takes_no_room_for_ever()
    {
        Directory.CreateDirectory(_spool);
        var (dead, alive) = (Path.Combine(_spool, "dead.part"), Path.Combine(_spool, "alive.part"));
        await File.WriteAllTextAsync(dead, "half");
        await File.WriteAllTextAsync(alive, "half");
        File.SetLastWriteTimeUtc(dead, DateTime.UtcNow.AddHours(-3));
        await using var server = await StartAsync(("spool-bodies", "2"));
        (await PostAsync(server, Body(1))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (File.Exists(dead), File.Exists(alive)).ShouldBe((false, true));
    }

    private Task<Server> StartAsync(params (string, string)[] settings) => Server.StartAsync(_database.ConnectionString, [("spool", _spool), .. settings]);

    /// <summary>As while a delivery is rolled back: whatever is to be taken in waits until the answer is disposed.</summary>
    private async Task<IAsyncDisposable> NothingIsTakenInAsync() => await FileLocks.ForRollbackAsync(_database.Database, "none", default);

    private Task<long> WaitingForLocksAsync() => _database.ScalarAsync<long>(
        "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())");

    private byte[] Body(int no) => File.ReadAllBytes(_month.Write("one.csv", [_month.Call("sw-1", $"r-{no}", "05033010001", "0312345678", "2026-10-01T10:00:00+09:00", 60)]));

    private byte[] Padded(int length) => [.. Body(1), .. Encoding.ASCII.GetBytes(new string('\n', length))];

    private static async Task<HttpResponseMessage> PostAsync(Server server, byte[] body, bool isAsync = false, bool isLengthTold = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/cdr-batches?file=calls.csv") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        request.Headers.TransferEncodingChunked = !isLengthTold;
        if (isAsync)
        {
            request.Headers.Add("Prefer", "respond-async");
        }

        return await server.Http.SendAsync(request);
    }
}
