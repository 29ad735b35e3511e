using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Offline;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Api;

/// <summary><c>POST /api/v1/cdr-batches</c>: a body is taken in as a file is, and answered with the same receipt.</summary>
public sealed class IngestBatchTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private readonly MonthFiles _month = new();
    private Server _server = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _server = await Server.StartAsync(_database.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
        _month.Dispose();
    }

    [Theory]
    [InlineData("calls.csv")]
    [InlineData("calls.ndjson")]
    [InlineData("calls.csv.gz")]
    public async Task A_month_gets_the_receipt_of_the_offline_command_and_the_same_one_again(string name)
    {
        await MonthFiles.LearnAsync(_database);
        var path = Write(name);
        var offline = await File.ReadAllTextAsync(Rate(path));

        var first = await PostAsync(path, name);
        var receipt = JsonSerializer.Deserialize<ReceiptDocument>(await first.ReadAsync(), BillingJson.Options);
        JsonSerializer.Serialize(receipt, BillingJson.Indented).ShouldBe(offline.TrimEnd());
        var events = await EventsAsync();

        // under another name it is still the same file: the first receipt, and nothing changes
        var again = await PostAsync(path, "other-name");
        JsonElement.DeepEquals(await again.ReadAsync(), await first.ReadAsync()).ShouldBeTrue();
        (await EventsAsync()).ShouldBe(events);
    }

    [Fact]
    public async Task A_body_that_is_refused_says_why_and_leaves_nothing()
    {
        foreach (var (body, expected) in (List<(byte[], string)>)[
            ("a,b,c\n1,2,3\n"u8.ToArray(), "source"),
            ([0, 1, 2, 3], "text"),
            ([0x1F, 0x8B, 8, 0, 0, 1, 2, 3, 4], "gzip"),
            ([], "empty")])
        {
            using var content = new ByteArrayContent(body);
            var problem = await (await _server.Http.PostAsync("/api/v1/cdr-batches?file=bad.csv", content)).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
            problem.Text("title").ShouldBe("The file is refused");
            problem.Text("detail").ShouldContain(expected);
            problem.Text("path").ShouldNotBeNull();
        }

        (await EventsAsync()).ShouldBe(0);
        (await _database.ScalarAsync<long>("select count(*) from billing.deliveries")).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_body_sent_twice_at_once_is_taken_in_once()
    {
        var path = Write("calls.csv");
        var answers = await Task.WhenAll(PostAsync(path, "one.csv"), PostAsync(path, "two.csv"));
        var receipts = await Task.WhenAll(answers.Select(answer => answer.ReadAsync()));
        JsonElement.DeepEquals(receipts[0], receipts[1]).ShouldBeTrue();
        (await _database.ScalarAsync<long>("select count(*) from billing.deliveries")).ShouldBe(1);
    }

    [Fact]
    public async Task A_name_is_taken_without_its_folder_and_is_not_needed()
    {
        var row = _month.Call("sw-1", "r-1", "05033010001", "0312345678", "2026-10-01T10:00:00+09:00", 60);
        (await (await PostAsync(_month.Write("a.csv", [row]), "../../etc/calls.csv")).ReadAsync()).Text("file").ShouldBe("calls.csv");
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(_month.Write("b.csv", [row, row])));
        (await (await _server.Http.PostAsync("/api/v1/cdr-batches", content)).ReadAsync()).Text("file").ShouldBe("http");
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string name)
    {
        using var content = new StreamContent(File.OpenRead(path));
        return await _server.Http.PostAsync($"/api/v1/cdr-batches?file={Uri.EscapeDataString(name)}", content);
    }

    private string Write(string name)
    {
        var csv = _month.Write("plain.csv", _month.Rows);
        var path = Path.Combine(_month.Folder, name);
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest);
            packed.Write(File.ReadAllBytes(csv));
        }
        else if (name.EndsWith(".ndjson", StringComparison.Ordinal))
        {
            File.WriteAllLines(path, JsonLines());
        }
        else
        {
            File.Move(csv, path);
        }

        return path;
    }

    /// <summary>The rows that have as many plain fields as the header has columns, as objects.</summary>
    private IEnumerable<string> JsonLines()
    {
        var names = Encoding.UTF8.GetString(_month.Header).TrimEnd('\r').Split(',').Select(Camel).ToArray();
        foreach (var row in _month.Rows.Select(row => Encoding.UTF8.GetString(row).TrimEnd('\r')))
        {
            var fields = row.Split(',');
            if (fields.Length == names.Length && !row.Contains('"', StringComparison.Ordinal))
            {
                yield return new JsonObject(names.Zip(fields).Where(field => field.Second.Length > 0).Select(field => KeyValuePair.Create(field.First, (JsonNode?)field.Second))).ToJsonString();
            }
        }
    }

    private static string Camel(string name) =>
        string.Concat(name.Split('_').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    private string Rate(string path)
    {
        var output = Path.Combine(_month.Folder, "out");
        var tariff = _month.Write("tariff.json", Encoding.UTF8.GetString(MonthFiles.Tariff));
        using var error = new StringWriter();
        RateFiles.Run(new RateFilesRequest(MonthFiles.Demo("contracts.json"), tariff, MonthFiles.Demo("reference.json"), path, MonthFiles.Month, output), error, showProgress: false)
            .ShouldBe(0, error.ToString());
        return Path.Combine(output, "receipt.json");
    }

    private Task<long> EventsAsync() => _database.ScalarAsync<long>("select count(*) from billing.mt_events where stream_id not like 'api-key-%'");
}
