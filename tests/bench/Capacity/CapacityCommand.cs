using System.Diagnostics;
using System.Globalization;
using Billing.Bench.Ratios;
using Billing.Contracts;
using Billing.Service.Hosting;
using Billing.Service.Ingestion;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;
using Billing.Service.Usage;
using NodaTime;

namespace Billing.Bench.Capacity;

/// <summary>
/// <c>capacity</c>: what a call costs in processor time and disk, in one database and over several, and what follows from it for 1, 10 and 100 million calls a day.
/// Processor time is that of the whole machine, the database's included.
/// </summary>
internal sealed class CapacityCommand(BenchServer server, BillingProgram program, RatiosOptions options, string folder, TextWriter progress)
{
    private const int ShardCount = 2;

    /// <summary>What the busiest hour has of a day's calls; a database is to be half busy then.</summary>
    private const double BusiestHour = 0.15;

    private const double Busy = 0.5;

    /// <summary>What is restored in eight hours at 150 MB a second.</summary>
    private const double LargestDatabase = 4e12;

    private const double DaysOfAMonth = 30.4;
    private const double DaysOf13Months = 13 * DaysOfAMonth;
    private const double DaysOf7Years = 7 * 365.25;

    private readonly Workload _workload = new(options.Contracts);

    private string Calls => Path.Combine(folder, "calls.csv");

    public async Task RunAsync(TextWriter text)
    {
        _workload.WriteCalls(Calls, options.Rows);
        var (contracts, tariff) = (Path.Combine(folder, "contracts.json"), Path.Combine(folder, "tariff.json"));
        _workload.WriteContracts(contracts);
        await File.WriteAllBytesAsync(tariff, Workload.Tariff);
        await server.PrepareAsync(program, contracts, tariff);

        await using var alone = await server.CopyAsync();
        var before = await SizeAsync(alone);
        var one = await MeasureAsync("one database", options.Rows, () => IngestAsync(alone, null));
        var bytes = (await SizeAsync(alone) - before) / options.Rows;
        var issue = await MeasureAsync("issuing", options.Contracts, async () => await new IssueInvoices(
            alone.Source, await new KnowledgeLoader(alone.Source).LoadAsync(), InvoiceTerms.Sample, SystemClock.Instance).RunAsync(new UsageMonth(2026, 10), null, null, default));
        var rebuild = await MeasureAsync("rebuild", options.Rows, () => new RebuildReadTables(alone.Source).RunAsync(null, null, default));
        var (spread, claim) = await SpreadAsync();

        text.WriteLine($"{options.Rows:N0} calls of {options.Contracts:N0} contracts, one run each.");
        text.WriteLine();
        var costs = new Table("work", "a second", "processor time each", "disk each");
        costs.Add("call, one database", Table.Count(one.Speed), Micro(one.Processor), $"{bytes:F0} bytes");
        costs.Add($"call, main database and {ShardCount} shards", Table.Count(spread.Speed), Micro(spread.Processor), $"{bytes:F0} bytes, and {claim:F0} in the main database");
        costs.Add("invoice", Table.Count(issue.Speed), Micro(issue.Processor), "");
        costs.Add("call rated again in a rebuild", Table.Count(rebuild.Speed), Micro(rebuild.Processor), "");
        costs.Print(text);

        // the routing and the claims are the main database's, the rest is that of the shards
        var routing = Math.Max(spread.Processor - one.Processor, 0);
        var needs = new Table("calls a day", "a second in the busiest hour", "processors at work then", "new on disk a month", "databases, 13 months kept", "databases, 7 years kept", "main database, 13 months", "a month rebuilt in");
        foreach (var calls in (double[])[1e6, 1e7, 1e8])
        {
            var rate = calls * BusiestHour / 3600;
            var bySpeed = rate / (one.Speed * Busy);
            var (months, years) = (Shards(bySpeed, calls * DaysOf13Months * bytes), Shards(bySpeed, calls * DaysOf7Years * bytes));
            needs.Add(
                calls.ToString("N0", CultureInfo.InvariantCulture), Table.Count(rate), (rate * (one.Processor + (months > 1 ? routing : 0))).ToString("0.00", CultureInfo.InvariantCulture),
                Size(calls * DaysOfAMonth * bytes), Databases(months), Databases(years), months > 1 ? Size(calls * DaysOf13Months * claim) : "—",
                Time(calls * DaysOfAMonth / rebuild.Speed / months));
        }

        needs.Print(text);
    }

    private async Task<(Cost Cost, double BytesOfAClaim)> SpreadAsync()
    {
        await using var main = await server.CopyAsync();
        var settings = BillingSettings.Load(new Dictionary<string, string> { ["db"] = main.ConnectionString, ["log"] = "None" });
        await using var shards = new Shards(settings, main.Source);
        var databases = new List<BenchDatabase>();
        for (var no = 1; no <= ShardCount; no++)
        {
            var database = await server.EmptyAsync();
            databases.Add(database);
            var (_, refusal) = await new AddShard(settings, shards, TimeProvider.System).RunAsync($"shard-{no}", database.ConnectionString, true, default);
            if (refusal is not null)
            {
                throw new InvalidOperationException(refusal.ToString());
            }
        }

        await main.ExecuteAsync($"update billing.contract_shards set shard = 1 + abs(hashtext(contract)) % {ShardCount}, changed = 2");
        var cost = await MeasureAsync($"main database and {ShardCount} shards", options.Rows, () => IngestAsync(main, shards));
        await using var command = main.Source.CreateCommand("select pg_total_relation_size('billing.record_shards')::float8 / greatest((select count(*) from billing.record_shards), 1)");
        var bytes = (double)(await command.ExecuteScalarAsync())!;
        await shards.DisposeAsync();
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }

        return (cost, bytes);
    }

    private async Task IngestAsync(BenchDatabase database, Shards? shards)
    {
        using var knowledge = new KnowledgeCache(database.Source);
        var result = await new IngestFile(database.Source, knowledge, TimeProvider.System) { Shards = shards }.RunAsync(Calls, "calls.csv", null, CancellationToken.None);
        if (result.Receipt?.Rows != options.Rows)
        {
            throw new InvalidOperationException($"not all rows were taken in: {result.Refused}");
        }
    }

    private async Task<Cost> MeasureAsync(string name, double things, Func<Task> work)
    {
        GC.Collect();
        var (clock, busy) = (Stopwatch.StartNew(), BusySeconds());
        await work();
        var cost = new Cost(things / clock.Elapsed.TotalSeconds, (BusySeconds() - busy) / things);
        progress.WriteLine($"  {name}: {Table.Count(cost.Speed)}/s, {Micro(cost.Processor)} each");
        return cost;
    }

    /// <summary>Seconds that the machine's processors have been at work, whoever's.</summary>
    private static double BusySeconds()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToList();
        return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / 100;
    }

    private static async Task<double> SizeAsync(BenchDatabase database)
    {
        await using var command = database.Source.CreateCommand("select pg_database_size(current_database())::float8");
        return (double)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>As many as speed asks for, and as many as disk does.</summary>
    private static double Shards(double bySpeed, double bytes) => Math.Ceiling(Math.Max(bySpeed, bytes / LargestDatabase));

    private static string Databases(double shards) => shards > 1 ? $"{shards:F0} and the main one" : "1";

    private static string Micro(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0.#} µs");

    private static string Size(double bytes) => bytes >= 1e12 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e12:0.#} TB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0} GB");

    private static string Time(double seconds) => seconds < 3600 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min") : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h");

    /// <param name="Speed">Things a second.</param>
    /// <param name="Processor">Seconds of all processors for one.</param>
    private readonly record struct Cost(double Speed, double Processor);
}
