using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Billing.Service.Tests.Formats;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Api;

/// <summary>Batches as resources: behind the answer, once per key, what is refused and rejected.</summary>
public sealed class CdrBatchesTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private readonly MonthFiles _month = new();
    private Server _server = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        await MonthFiles.LearnAsync(_database);
        _server = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
        _month.Dispose();
    }

    [Fact]
    public async Task A_batch_may_be_taken_in_behind_its_answer()
    {
        var answer = await PostAsync(Body(_month.Rows), prefer: "respond-async");
        var batch = await answer.ReadAsync(HttpStatusCode.Accepted);
        answer.Headers.Location!.ToString().ShouldBe($"/api/v1/cdr-batches/{batch.Text("id")}");
        JsonElement complete = default;
        await Poll.UntilAsync("the batch is taken in", async () =>
        {
            complete = await (await _server.Http.GetAsync(answer.Headers.Location)).ReadAsync();
            return complete.Text("state") != "accepted";
        });

        complete.Text("state").ShouldBe("complete");
        complete.GetProperty("receipt").GetProperty("rows").GetInt64().ShouldBe(_month.Rows.Count);
        JsonElement.DeepEquals(complete.GetProperty("receipt"), await (await PostAsync(Body(_month.Rows))).ReadAsync()).ShouldBeTrue();
        Directory.GetFiles(_month.Folder, "*.cdr").ShouldBeEmpty();
        Directory.GetFiles(_month.Folder, "*.part").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_large_batch_is_answered_before_the_work_and_a_refused_one_says_why()
    {
        var large = await (await PostAsync(Encoding.UTF8.GetBytes($"a,b\n{new string('x', 9 << 20)}"))).ReadAsync(HttpStatusCode.Accepted);
        await Poll.UntilAsync("the batch is refused", async () =>
            (await (await _server.Http.GetAsync($"/api/v1/cdr-batches/{large.Text("id")}")).ReadAsync()).Text("state") == "refused");
        var refused = await (await _server.Http.GetAsync($"/api/v1/cdr-batches/{large.Text("id")}")).ReadAsync();
        refused.GetProperty("fault").Text("reason").ShouldContain("source");
        await (await _server.Http.GetAsync($"/api/v1/cdr-batches/{large.Text("id")}/rejects.csv")).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_key_names_one_batch_for_good()
    {
        var body = Body(_month.Rows);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostAsync(body, key: "night-1")));
        var receipts = await Task.WhenAll(answers.Select(answer => answer.ReadAsync()));
        receipts.ShouldAllBe(receipt => JsonElement.DeepEquals(receipt, receipts[0]));
        var location = answers.Select(answer => answer.Headers.Location!.ToString()).Distinct().ShouldHaveSingleItem();
        (await _database.ScalarAsync<long>("select count(*) from billing.deliveries")).ShouldBe(1);
        (await _database.ScalarAsync<long>("select count(*) from billing.cdr_batches")).ShouldBe(1);

        var other = await (await PostAsync(Body([_month.Call("sw-9", "1", "05033010001", "0312345678", "2026-10-01T10:00:00+09:00", 60)]), key: "night-1")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        other.Text("parameter").ShouldBe("Idempotency-Key");
        (await _database.ScalarAsync<long>("select count(*) from billing.deliveries")).ShouldBe(1);

        // it survives the process, also where the answer comes before the work
        await _server.DisposeAsync();
        _server = await StartAsync();
        (await PostAsync(body, key: "night-1")).Headers.Location!.ToString().ShouldNotBe(location, "a key belongs to its client");
        (await (await PostAsync(body, key: new string('k', 256))).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("Idempotency-Key");
    }

    [Fact]
    public async Task What_a_switch_writes_is_taken_in_by_the_profile_that_is_named_before_or_behind_the_answer()
    {
        const string Query = "&profile=freeswitch-json&source=pbx-osaka";
        var body = Encoding.UTF8.GetBytes(ProfiledWorld.Fixture("freeswitch-json", "records.json"));
        var answer = await PostAsync(body, key: "night-1", type: "application/json", query: Query);
        var receipt = await answer.ReadAsync();
        receipt.GetProperty("rows").GetInt64().ShouldBeGreaterThan(receipt.GetProperty("outcomes").GetProperty("rejected").GetInt64());
        (await _database.ScalarAsync<long>("select count(*) from billing.deliveries where profile = 'freeswitch-json'")).ShouldBe(1);
        var batch = await (await _server.Http.GetAsync(answer.Headers.Location)).ReadAsync();
        (batch.Text("profile"), batch.Text("source")).ShouldBe(("freeswitch-json", "pbx-osaka"));
        (await PostAsync(body, key: "night-1", type: "application/json", query: Query)).Headers.Location.ShouldBe(answer.Headers.Location);
        foreach (var prefer in (string?[])[null, "respond-async"])
        {
            var other = await PostAsync(body, key: "night-1", prefer: prefer, type: "application/json", query: "&profile=freeswitch-json");
            (await other.ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("parameter").ShouldBe("Idempotency-Key");
        }

        var half = await PostAsync(Encoding.UTF8.GetBytes(ProfiledWorld.Fixture("kamailio-acc", "acc.csv")), prefer: "respond-async", type: "text/plain", query: "&profile=kamailio-acc");
        await half.ReadAsync(HttpStatusCode.Accepted);
        JsonElement complete = default;
        await Poll.UntilAsync("the batch is taken in", async () => (complete = await (await _server.Http.GetAsync(half.Headers.Location)).ReadAsync()).Text("state") != "accepted");
        complete.GetProperty("receipt").GetProperty("profile").GetProperty("joined").GetInt64().ShouldBeGreaterThan(0);
        (await (await _server.Http.GetAsync("/api/v1/reconciliation")).ReadAsync()).GetProperty("holds").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_profile_that_does_not_come_with_the_service_or_a_source_that_is_none_is_refused_before_anything_is_kept()
    {
        var own = _month.Write("own.json", ProfiledWorld.Fixture("../profiles", "asterisk-csv.json"));
        foreach (var (query, parameter) in (List<(string, string)>)[
            ("&profile=no-such-switch", "profile"),
            ($"&profile={Uri.EscapeDataString(own)}", "profile"),
            ("&profile=", "profile"),
            ("&profile=asterisk-csv&source=pbx%20osaka", "source"),
            ($"&profile=asterisk-csv&source={new string('x', 65)}", "source"),
            ("&source=pbx-osaka", "source")])
        {
            (await (await PostAsync(Body(_month.Rows), query: query)).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe(parameter, query);
        }

        (await _database.ScalarAsync<long>("select count(*) from billing.cdr_batches")).ShouldBe(0);
    }

    [Theory]
    [InlineData("a%00b")]
    [InlineData("a%0D%0Ab")]
    public async Task A_name_that_breaks_lines_names_no_file(string file)
    {
        using var body = new ByteArrayContent(Body(_month.Rows));
        body.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        (await (await _server.Http.PostAsync($"/api/v1/cdr-batches?file={file}", body)).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("file");
        (await _database.ScalarAsync<long>("select count(*) from billing.deliveries")).ShouldBe(0);
    }

    [Fact]
    public async Task A_key_survives_a_restart()
    {
        var key = await _server.KeyAsync([Service.Access.Roles.Pipeline]);
        var first = await PostAsync(Body(_month.Rows), key: "k", bearer: key);
        var receipt = await first.ReadAsync();
        await _server.DisposeAsync();
        _server = await StartAsync();
        var again = await PostAsync(Body(_month.Rows), key: "k", bearer: key);
        again.Headers.Location.ShouldBe(first.Headers.Location);
        JsonElement.DeepEquals(await again.ReadAsync(), receipt).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_no_file_of_call_records_is_refused()
    {
        foreach (var type in (string[])["application/json", "application/x-www-form-urlencoded", "image/png"])
        {
            await (await PostAsync(Body(_month.Rows), type: type)).ReadProblemAsync(HttpStatusCode.UnsupportedMediaType);
        }

        await (await PostAsync(Body(_month.Rows), encoding: "br")).ReadProblemAsync(HttpStatusCode.UnsupportedMediaType);
        var packed = Packed(Body(_month.Rows));
        (await (await PostAsync(packed[..^20], encoding: "gzip")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("detail").ShouldContain("cut short");
        await (await PostAsync(packed, encoding: "gzip")).ReadAsync();
    }

    [Fact]
    public async Task A_gzip_bomb_is_refused_before_it_is_unpacked_whole()
    {
        using var bomb = new MemoryStream();
        using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            var line = Encoding.ASCII.GetBytes(new string('x', (1 << 20) - 1) + "\n");
            gzip.Write(_month.Header);
            gzip.WriteByte((byte)'\n');
            for (var i = 0; i < 600; i++)
            {
                gzip.Write(line);
            }
        }

        bomb.Length.ShouldBeLessThan(2 << 20);
        (await (await PostAsync(bomb.ToArray())).ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("detail").ShouldContain("unpacks to more than");
    }

    [Fact]
    public async Task Rejects_and_deliveries_are_listed_and_exported_without_formulas()
    {
        var bad = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_month.Call("sw-1", "=1+1", "05033010001", "0312345678", "2026-10-01T10:00:00+09:00", 60)).Replace("call,", "nonsense,", StringComparison.Ordinal));
        var answer = await PostAsync(Body([.. _month.Rows, bad]));
        var rejected = (await answer.ReadAsync()).GetProperty("outcomes").GetProperty("rejected").GetInt32();
        rejected.ShouldBeGreaterThan(5);

        var csv = await (await _server.Http.GetAsync($"{answer.Headers.Location}/rejects.csv")).ReadCsvAsync();
        csv[0].ShouldBe(["delivery", "line", "reason", "source", "record_id"]);
        csv.Count.ShouldBe(rejected + 1);
        csv.ShouldContain(row => row[4] == "'=1+1");
        var deliveries = await _server.Http.ReadAllAsync("/api/v1/deliveries", 1, part => part == 0 ? PostAsync(Body([bad])) : Task.CompletedTask);
        var sha = deliveries.ShouldHaveSingleItem().Text("sha256");
        (await _server.Http.ReadAllAsync($"/api/v1/deliveries/{sha}/rejects", 2)).Count.ShouldBe(rejected);
        (await (await _server.Http.GetAsync($"/api/v1/deliveries/{sha[..8]}")).ReadAsync()).GetProperty("attempts").GetArrayLength().ShouldBe(1);
        await (await _server.Http.GetAsync("/api/v1/deliveries/ffffffff")).ReadProblemAsync(HttpStatusCode.NotFound);
        (await (await _server.Http.GetAsync("/api/v1/reconciliation")).ReadAsync()).GetProperty("holds").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Suspended_records_are_counted_listed_shown_and_released()
    {
        await (await PostAsync(Body(_month.Rows))).ReadAsync();
        var summary = await (await _server.Http.GetAsync("/api/v1/suspense/summary")).ReadAsync();
        var total = summary.GetProperty("total").GetInt32();
        var records = await _server.Http.ReadAllAsync("/api/v1/suspense", 7);
        (records.Count, records.Select(record => record.Text("id")).Distinct().Count()).ShouldBe((total, total));
        var reason = records[0].Text("reason");
        (await _server.Http.ReadAllAsync($"/api/v1/suspense?reason={reason}", 3)).Count.ShouldBe(records.Count(record => record.Text("reason") == reason));
        var shown = await (await _server.Http.GetAsync($"/api/v1/suspense/{records[0].Text("id")}")).ReadAsync();
        shown.GetProperty("call").Text("calledNumber").ShouldEndWith("****");
        await (await _server.Http.GetAsync($"/api/v1/suspense/{Guid.Empty}")).ReadProblemAsync(HttpStatusCode.NotFound);
        (await (await _server.Http.GetAsync("/api/v1/suspense?reason=boredom")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("reason");
        using var all = new StringContent("{}", Encoding.UTF8, "application/json");
        var released = await (await _server.Http.PostAsync("/api/v1/suspense/releases", all)).ReadAsync();
        released.GetProperty("released").GetInt64().ShouldBe(0);
        released.GetProperty("remaining").EnumerateObject().Sum(entry => entry.Value.GetInt32()).ShouldBe(total);
    }

    private Task<Server> StartAsync() => Server.StartAsync(_database.ConnectionString, ("spool", _month.Folder));

    private byte[] Body(IReadOnlyList<byte[]> rows) => File.ReadAllBytes(_month.Write($"{Guid.NewGuid():N}.csv", rows));

    private static byte[] Packed(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return packed.ToArray();
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body, string? key = null, string? prefer = null, string type = "text/csv", string? encoding = null, string? bearer = null, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/cdr-batches?file=calls.csv{query}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        foreach (var (name, value) in ((string, string?)[])[("Idempotency-Key", key), ("Prefer", prefer)])
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }

        if (encoding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(encoding);
        }

        if (bearer is null)
        {
            return await _server.Http.SendAsync(request);
        }

        using var client = new HttpClient { BaseAddress = _server.Http.BaseAddress };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return await client.SendAsync(request);
    }
}
