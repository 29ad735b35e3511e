using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Formats.Joining;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Ingestion;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>
/// Takes a file in whose rows belong to several databases. Each gets its rows as a delivery of its own with the lines of the file; the receipt is that of
/// the whole. What an attempt that was cut short has written is found again when the file is sent again, as in one database.
/// </summary>
internal sealed class IngestOverShards(IReadOnlyList<Shard> shards, TimeProvider clock, TimeSpan patience)
{
    /// <summary>Shards that are written to at a time, for the memory that each takes.</summary>
    private const int AtOnce = 2;

    private static readonly string Elsewhere = Words.Of(SuspenseReason.ContractElsewhere);

    /// <param name="guard">A connection to the main database that holds the locks of the file.</param>
    public async Task<IngestResult> RunAsync(NpgsqlConnection guard, SourceFile file, IProgress<long>? progress, CancellationToken cancel)
    {
        var main = shards[0];
        if (await CompletedAsync(guard, file.Sha256, cancel) is { } known)
        {
            return new IngestResult(0, known, null, WasKnown: true);
        }

        var knowledge = await main.Knowledge.CurrentAsync(cancel);
        var places = await ContractPlaces.LoadAsync(shards, cancel);
        await InformShard.AllAsync(shards, cancel);

        var routes = await RouteAsync(file, new RouteFile(main.Database, knowledge.Rater, places), cancel);
        await BeginAsync(guard, file, cancel);
        var parts = shards.Where(shard => shard.No == 0 || routes.CountOf((byte)shard.No) > 0).ToList();

        // all before any: what one part stores must not change how another reads the file
        var earlier = new Dictionary<int, EarlierHalves>();
        foreach (var shard in parts)
        {
            earlier.Add(shard.No, await EarlierAsync(file, cancel));
        }

        var done = new RowsDone(progress);
        var results = new IngestResult[parts.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, parts.Count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (index, stop) =>
        {
            var shard = parts[index];
            results[index] = await TakePartInAsync(guard, shard, file, new FilePart(routes, places, (byte)shard.No, [.. shards.Where(other => other.No != shard.No).Select(other => other.Database)]), earlier[shard.No], done.Of(shard.No), stop);
        });
        await CallHalves.KeepAsync(guard, await DeliveryAsync(guard, file.Sha256, cancel), file.Profile, routes.Resolved, routes.Made, clock.GetUtcNow().UtcDateTime, cancel);
        var receipt = Sum(file, results);
        if (receipt.Rows != routes.Count)
        {
            throw new InvalidOperationException($"{file.Name}: {routes.Count} rows were sent to the shards and {receipt.Rows} are in their receipts");
        }

        await CompleteAsync(guard, file, receipt, cancel);
        if (receipt.Reasons.Suspended.ContainsKey(Elsewhere))
        {
            // they came to the database of an earlier record of theirs and are charged in that of their contract
            await OverShards.ReleaseAsync(shards, new ReleaseRequest(null, Elsewhere, null, []), clock, cancel);
        }

        return new IngestResult(results[0].Delivery, receipt, null, WasKnown: false);
    }

    private async Task<IngestResult> TakePartInAsync(
        NpgsqlConnection guard, Shard shard, SourceFile file, FilePart part, EarlierHalves earlier, IProgress<long>? progress, CancellationToken cancel)
    {
        var ingest = new IngestFile(shard.Database, shard.Knowledge, clock) { OutagePatience = patience };
        if (shard.No == 0)
        {
            return await ingest.TakeInPartAsync(guard, file, part, earlier, progress, cancel);
        }

        await using var own = await FileLocks.ForIngestAsync(shard.Database, file.Sha256, cancel);
        return await ingest.TakeInPartAsync(own, file, part, earlier, progress, cancel);
    }

    private async Task<FileRoutes> RouteAsync(SourceFile file, RouteFile route, CancellationToken cancel)
    {
        var (opened, fault) = CdrFile.Open(InputFile.Open(file.Path), file.Name, file.Profile, await EarlierAsync(file, cancel));
        if (opened is null)
        {
            throw new IOException($"{file.Name} was changed while it was read: {fault}");
        }

        using (opened)
        {
            return await route.RunAsync(opened.Lines, opened.Parser, cancel);
        }
    }

    /// <summary>Halves of calls wait in the main database, whichever shard the whole call goes to.</summary>
    private async Task<EarlierHalves> EarlierAsync(SourceFile file, CancellationToken cancel) =>
        file.Profile?.JoinsRows == true ? await StoredHalves.LoadAsync(shards[0].Database, file.Profile.Name, clock, cancel) : EarlierHalves.None;

    /// <summary>The receipt of a file that came before, over the shards or when there were none.</summary>
    private static async Task<ReceiptDocument?> CompletedAsync(NpgsqlConnection guard, string sha256, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select receipt::text from {Configuration.RoutedFiles} where sha256 = $1", guard);
        command.Parameters.Add(new NpgsqlParameter { Value = sha256 });
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            if (await reader.ReadAsync(cancel))
            {
                return reader.IsDBNull(0) ? null : Deliveries.InOrder(JsonSerializer.Deserialize<ReceiptDocument>(reader.GetString(0), BillingJson.Options)!);
            }
        }

        return await Deliveries.CompletedAsync(guard, sha256, cancel);
    }

    /// <summary>The main database's delivery of the file.</summary>
    private static async Task<long> DeliveryAsync(NpgsqlConnection guard, string sha256, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select no from {BillingStore.Schema}.deliveries where sha256 = $1 and completed_at is not null and rolled_back_at is null order by attempt limit 1", guard);
        command.Parameters.Add(new NpgsqlParameter { Value = sha256 });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task BeginAsync(NpgsqlConnection guard, SourceFile file, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"insert into {Configuration.RoutedFiles} (sha256, file, begun_at) values ($1, $2, $3) on conflict (sha256) do nothing", guard);
        command.Parameters.Add(new NpgsqlParameter { Value = file.Sha256 });
        command.Parameters.Add(new NpgsqlParameter { Value = file.Name });
        command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow().UtcDateTime });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task CompleteAsync(NpgsqlConnection guard, SourceFile file, ReceiptDocument receipt, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"update {Configuration.RoutedFiles} set completed_at = $2, rows = $3, receipt = $4::jsonb where sha256 = $1", guard);
        command.Parameters.Add(new NpgsqlParameter { Value = file.Sha256 });
        command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow().UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter { Value = receipt.Rows });
        command.Parameters.Add(new NpgsqlParameter { Value = JsonSerializer.Serialize(receipt, BillingJson.Options) });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static ReceiptDocument Sum(SourceFile file, IReadOnlyList<IngestResult> parts)
    {
        var receipts = parts.Select(part => part.Receipt ?? throw new RefusedException(new Refusal("§1", $"{file.Name}: {part.Refused}"))).ToList();
        return receipts[0] with
        {
            Rows = receipts.Sum(receipt => receipt.Rows),
            Outcomes = new OutcomeCountsDocument
            {
                Rated = receipts.Sum(receipt => receipt.Outcomes.Rated),
                Unanswered = receipts.Sum(receipt => receipt.Outcomes.Unanswered),
                Suspended = receipts.Sum(receipt => receipt.Outcomes.Suspended),
                Duplicate = receipts.Sum(receipt => receipt.Outcomes.Duplicate),
                Rejected = receipts.Sum(receipt => receipt.Outcomes.Rejected),
            },
            Reasons = new ReasonCountsDocument
            {
                Suspended = Sum(receipts.Select(receipt => receipt.Reasons.Suspended)),
                Rejected = Sum(receipts.Select(receipt => receipt.Reasons.Rejected)),
            },
        };
    }

    private static SortedDictionary<string, long> Sum(IEnumerable<IReadOnlyDictionary<string, long>> counts)
    {
        var sum = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (reason, count) in counts.SelectMany(one => one))
        {
            sum[reason] = sum.GetValueOrDefault(reason) + count;
        }

        return sum;
    }

    /// <summary>Adds up what the shards have taken in.</summary>
    private sealed class RowsDone(IProgress<long>? progress)
    {
        private readonly Dictionary<int, long> _rows = [];

        public IProgress<long>? Of(int shard) => progress is null ? null : new Part(this, shard);

        private void Report(int shard, long rows)
        {
            lock (_rows)
            {
                _rows[shard] = rows;
                progress!.Report(_rows.Values.Sum());
            }
        }

        private sealed class Part(RowsDone all, int shard) : IProgress<long>
        {
            public void Report(long value) => all.Report(shard, value);
        }
    }
}
