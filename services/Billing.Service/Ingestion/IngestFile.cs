using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Formats.Joining;
using Billing.Rating.Records;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>A file on disk that is whole and can be read: the name it goes by, the hash of its bytes, and what makes cdr v1 of it if it is not.</summary>
internal sealed record SourceFile(string Path, string Name, string Sha256, Profile? Profile);

/// <summary>What came of a file: its receipt, or why it was refused whole. A file known already answers with its first receipt.</summary>
public sealed record IngestResult(long Delivery, ReceiptDocument? Receipt, DocumentFault? Refused, bool WasKnown);

/// <summary>
/// Takes a file of call records in, exactly once: checks it, then writes it batch by batch while the next batch is read and
/// rated. What was stored by an attempt that was cut short counts as duplicate when the file is sent again.
/// </summary>
public sealed class IngestFile(NpgsqlDataSource database, KnowledgeCache knowledge, TimeProvider clock)
{
    private readonly MonthPartitions _partitions = new(database);

    /// <summary>How long a batch waits for a database that has gone away before the file is given up.</summary>
    public TimeSpan OutagePatience { get; init; } = DatabaseOutages.Patience;

    /// <summary>The databases over which contracts are spread, if they are: each row then goes to that of its contract.</summary>
    public Shards? Shards { get; init; }

    /// <param name="path">The file on disk; it is read twice, first to know it by its bytes.</param>
    /// <param name="name">The name it goes by, without a folder.</param>
    /// <param name="progress">Told the rows taken in so far.</param>
    /// <param name="profile">What makes cdr v1 of the file; null when it is cdr v1.</param>
    public async Task<IngestResult> RunAsync(string path, string name, IProgress<long>? progress, CancellationToken cancel, Profile? profile = null)
    {
        var result = await TakeInAsync(path, name, progress, profile, cancel);
        if (profile?.JoinsRows == true && result is { Receipt: not null, WasKnown: false })
        {
            // after the file: it may have brought what others waited for
            await new TimeOutHalves(database, knowledge, clock).RunAsync(profile, cancel);
        }

        return result;
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private async Task<IngestResult> TakeInAsync(string path, string name, IProgress<long>? progress, Profile? profile, CancellationToken cancel)
    {
        var (sha256, fault) = Inspect(path, name, profile);
        if (fault is not null)
        {
            return new IngestResult(0, null, fault, WasKnown: false);
        }

        // two processes with the same file: the second waits and finds it done
        await using var guard = await FileLocks.ForIngestAsync(database, sha256, cancel);
        var place = await ShardPlace.OfAsync(guard, cancel);
        if (!place.IsSpread && await Deliveries.CompletedAsync(guard, sha256, cancel) is { } known)
        {
            return new IngestResult(0, known, null, WasKnown: true);
        }

        if (profile?.JoinsRows == true)
        {
            // the other half of a row must not come in beside it
            await FileLocks.TakeProfileAsync(guard, profile.Name, cancel);
        }

        using var span = Telemetry.Source.StartActivity("ingest file");
        var whole = new SourceFile(path, name, sha256, profile);
        return place.IsSpread
            ? await new IngestOverShards(await ShardsAsync(place, cancel), clock, OutagePatience).RunAsync(guard, whole, progress, cancel)
            : await WriteAsync(guard, whole, part: null, profile?.JoinsRows == true ? await StoredHalves.LoadAsync(database, profile.Name, clock, cancel) : EarlierHalves.None, progress, cancel);
    }

    private async Task<IReadOnlyList<Shard>> ShardsAsync(ShardPlace place, CancellationToken cancel) =>
        place.RefuseInShard("files are taken in") is { } refusal ? throw new RefusedException(refusal)
        : Shards is null ? throw new InvalidOperationException("Contracts are spread, and this was not told over which databases.")
        : await Shards.ListAsync(cancel);

    /// <summary>Takes the part of a file in that belongs to this database.</summary>
    internal async Task<IngestResult> TakeInPartAsync(NpgsqlConnection guard, SourceFile file, FilePart part, EarlierHalves earlier, IProgress<long>? progress, CancellationToken cancel) =>
        await Deliveries.CompletedAsync(guard, file.Sha256, cancel) is { } known
            ? new IngestResult(0, known, null, WasKnown: true)
            : await WriteAsync(guard, file, part, earlier, progress, cancel);

    private async Task<IngestResult> WriteAsync(NpgsqlConnection guard, SourceFile whole, FilePart? part, EarlierHalves earlier, IProgress<long>? progress, CancellationToken cancel)
    {
        var (path, name, sha256, profile) = whole;
        var span = System.Diagnostics.Activity.Current;
        var delivery = await Deliveries.BeginAsync(guard, name, sha256, profile, Now, cancel);
        span?.SetTag("billing.delivery", delivery.No).SetTag("billing.profile", profile?.Name ?? "cdr-v1");
        var (file, reopenFault) = CdrFile.Open(InputFile.Open(path), name, profile, earlier);
        if (file is null)
        {
            return new IngestResult(delivery.No, null, reopenFault, WasKnown: false);
        }

        using (file)
        {
            var outages = new DatabaseOutages(OutagePatience, clock);
            var unfinished = await Deliveries.IsAnyRollbackUnfinishedAsync(guard, cancel);
            var counts = await new IngestPipeline(database, knowledge, clock, outages, _partitions, delivery, () => NewParser(path, name, profile), unfinished, progress, part).RunAsync(part?.Of(file.Lines) ?? file.Lines, file.Parser, cancel);
            if (file.FinishSha256() != sha256)
            {
                throw new IOException($"{name} was changed while it was read; what was taken in stays, the attempt is not completed: send the file again");
            }

            span?.SetTag("billing.rows", counts.Rows);
            var receipt = counts.ToDocument(name, sha256, file.Parser.UnknownColumns, profile);
            await outages.ExecuteAsync(async token =>
            {
                await using var connection = await database.OpenConnectionAsync(token);
                await Deliveries.CompleteAsync(connection, delivery, receipt, Now, token);
            }, cancel);
            return new IngestResult(delivery.No, receipt, null, WasKnown: false);
        }
    }

    /// <summary>Reads the whole file once: its SHA-256, and whether it is text, complete and has the columns that are needed.</summary>
    private static (string Sha256, DocumentFault? Fault) Inspect(string path, string name, Profile? profile)
    {
        var (file, fault) = CdrFile.Open(InputFile.Open(path), name, profile);
        if (file is null)
        {
            return ("", fault);
        }

        using (file)
        {
            try
            {
                while (file.Lines.TryRead(out _))
                {
                }

                return (file.FinishSha256(), null);
            }
            catch (InvalidDataException damage)
            {
                return ("", new DocumentFault("content", damage.Message));
            }
        }
    }

    private static CdrParser NewParser(string path, string name, Profile? profile)
    {
        if (profile is not null)
        {
            return CdrLine.NewParser();
        }

        using var again = CdrFile.Open(InputFile.Open(path), name).File!;
        return again.Parser;
    }
}
