using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Billing.Bench.Ratios;
using Billing.Service.Access;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using RabbitMQ.Client;

namespace Billing.Bench.Ways;

/// <summary>
/// <c>ways</c>: the same calls by each way in, beside the plain ingest of one file, each in a fresh copy of the same database, in turns: from the moment they lie there or
/// are sent until all of them are committed. The server runs already; the broker's messages and the requests have so many rows each.
/// </summary>
internal sealed class WaysCommand(BenchServer server, BillingProgram program, RatiosOptions options, string folder, TextWriter progress)
{
    private const string Ingest = "ingest of one file";
    private const string Watch = "watched folder, one file";
    private const string Http = "HTTP, one request after the other";
    private const string Broker = "RabbitMQ, sent by the command and taken in";
    private const int RowsOfAPart = 10_000;

    private static readonly TimeSpan LongestStanding = TimeSpan.FromMinutes(1);

    private readonly Workload _workload = new(options.Contracts);
    private readonly Samples _samples = new(progress);

    private string Calls => Path.Combine(folder, "calls.csv");

    public async Task RunAsync(TextWriter text)
    {
        await PrepareAsync();
        for (var round = 1; round <= options.Rounds; round++)
        {
            progress.WriteLine($"round {round} of {options.Rounds}");
            await IngestAsync();
            await WatchAsync(round);
            await HttpAsync();
            await BrokerAsync();
        }

        var table = new Table("way", "rows a second", "× plain ingest");
        foreach (var name in (string[])[Ingest, Watch, Http, Broker])
        {
            table.Add(name, _samples.Speed(name), _samples.Ratio(name, Ingest));
        }

        text.WriteLine($"{options.Rows:N0} rows of {options.Contracts:N0} contracts, {RowsOfAPart:N0} a request or message; {options.Rounds} rounds, median (min–max).");
        text.WriteLine();
        table.Print(text);
    }

    private async Task PrepareAsync()
    {
        progress.WriteLine($"preparing {options.Rows:N0} rows of {options.Contracts:N0} contracts");
        _workload.WriteCalls(Calls, options.Rows);
        var (contracts, tariff) = (Path.Combine(folder, "contracts.json"), Path.Combine(folder, "tariff.json"));
        _workload.WriteContracts(contracts);
        await File.WriteAllBytesAsync(tariff, Workload.Tariff);
        await server.PrepareAsync(program, contracts, tariff);
    }

    private async Task IngestAsync()
    {
        await using var database = await server.CopyAsync();
        using var knowledge = new KnowledgeCache(database.Source);
        await _samples.TimeAsync(Ingest, options.Rows, () => new IngestFile(database.Source, knowledge, TimeProvider.System).RunAsync(Calls, "calls.csv", null, CancellationToken.None));
    }

    private async Task WatchAsync(int round)
    {
        await using var database = await server.CopyAsync();
        var inbox = Directory.CreateDirectory(Path.Combine(folder, $"in-{round}")).FullName;
        File.Copy(Calls, Path.Combine(inbox, "calls.csv.part"));
        await using (await BenchApp.StartAsync(database.ConnectionString, ("watch", inbox), ("watch-settle", "00:00:00"), ("watch-every", "00:00:00.05")))
        {
            await _samples.TimeAsync(Watch, options.Rows, async () =>
            {
                File.Move(Path.Combine(inbox, "calls.csv.part"), Path.Combine(inbox, "calls.csv"));
                await UntilAsync(database, 1);
            });
        }

        Directory.Delete(inbox, recursive: true);
    }

    private async Task HttpAsync()
    {
        await using var database = await server.CopyAsync();
        await using var app = await BenchApp.StartAsync(database.ConnectionString);
        using var http = await app.ClientAsync([Roles.Pipeline]);
        await _samples.TimeAsync(Http, options.Rows, async () =>
        {
            foreach (var part in Parts())
            {
                using var body = new ByteArrayContent(part);
                body.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
                (await http.PostAsync(new Uri("/api/v1/cdr-batches?file=calls.csv", UriKind.Relative), body)).EnsureSuccessStatusCode();
            }
        });
    }

    private async Task BrokerAsync()
    {
        await using var database = await server.CopyAsync();
        var address = Environment.GetEnvironmentVariable("BILLING_TEST_BROKER") ?? throw new InvalidOperationException("BILLING_TEST_BROKER is not set: `bench.sh ways` sets it.");
        var queue = $"bench-{Guid.NewGuid():N}";
        var config = Path.Combine(folder, "broker.json");
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(new Dictionary<string, string> { ["broker"] = address, ["broker-queue"] = queue }));
        try
        {
            await using var app = await BenchApp.StartAsync(database.ConnectionString, ("config", config));
            await _samples.TimeAsync(Broker, options.Rows, async () =>
            {
                await program.RunAsync(database.ConnectionString, "broker", "send", Calls, "--rows", $"{RowsOfAPart}", "--config", config);
                await UntilAsync(database, (options.Rows + RowsOfAPart - 1) / RowsOfAPart);
            });
        }
        finally
        {
            await using var connection = await new ConnectionFactory { Uri = new Uri(address) }.CreateConnectionAsync();
            await using var channel = await connection.CreateChannelAsync();
            await channel.QueueDeleteAsync(queue);
            await channel.QueueDeleteAsync($"{queue}.dead");
        }
    }

    /// <summary>Until so many files are committed to their end.</summary>
    /// <exception cref="TimeoutException">No row more was committed for a minute.</exception>
    private static async Task UntilAsync(BenchDatabase database, int files)
    {
        await using var command = database.Source.CreateCommand("select array[count(*) filter (where completed_at is not null), coalesce(sum(rows), 0)::bigint] from billing.deliveries");
        var (rows, standing) = (-1L, Stopwatch.StartNew());
        while ((long[])(await command.ExecuteScalarAsync())! is var committed && committed[0] < files)
        {
            if (committed[1] != rows)
            {
                rows = committed[1];
                standing.Restart();
            }
            else if (standing.Elapsed > LongestStanding)
            {
                throw new TimeoutException($"{committed[0]} of {files} files and {rows:N0} rows are committed, and none more for {LongestStanding.TotalSeconds:N0} s: the way does not work");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>The rows in files of so many each, each with the header.</summary>
    private IEnumerable<byte[]> Parts()
    {
        var header = File.ReadLines(Calls).First();
        foreach (var rows in File.ReadLines(Calls).Skip(1).Chunk(RowsOfAPart))
        {
            yield return Encoding.UTF8.GetBytes($"{header}\n{string.Join('\n', rows)}\n");
        }
    }
}
