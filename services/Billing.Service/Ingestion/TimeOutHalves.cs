using System.Security.Cryptography;
using System.Text;
using Billing.Formats;
using Billing.Formats.Joining;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>
/// Halves of calls that have waited longer than their profile lets them become suspended records: a delivery of their own, made of what the log
/// holds, so that they are counted, listed and rolled back like any other rows.
/// </summary>
public sealed class TimeOutHalves(NpgsqlDataSource database, KnowledgeCache knowledge, TimeProvider clock)
{
    /// <summary>Of all profiles.</summary>
    /// <returns>What came of it, for each profile that had any.</returns>
    public async Task<IReadOnlyList<IngestResult>> RunAsync(CancellationToken cancel)
    {
        List<string> profiles;
        await using (var connection = await database.OpenConnectionAsync(cancel))
        {
            profiles = await CallHalves.OverdueProfilesAsync(connection, Now, cancel);
        }

        var results = new List<IngestResult>();
        foreach (var document in profiles)
        {
            var (profile, fault) = BuiltInProfiles.Read(Encoding.UTF8.GetBytes(document));
            if (await RunAsync(profile ?? throw new InvalidOperationException($"a stored profile can not be read: {fault}"), cancel) is { } result)
            {
                results.Add(result);
            }
        }

        return results;
    }

    /// <summary>Of one profile; null when no half's time is over.</summary>
    public async Task<IngestResult?> RunAsync(Profile profile, CancellationToken cancel)
    {
        var name = NameOf(profile);
        await using var guard = await FileLocks.ForIngestAsync(database, name, cancel);
        await FileLocks.TakeProfileAsync(guard, profile.Name, cancel);
        var halves = await CallHalves.WaitingAsync(guard, profile.Name, Now, cancel);
        if (halves.Count == 0)
        {
            return null;
        }

        var sha256 = Sha256Of(halves);
        var delivery = await Deliveries.BeginAsync(guard, name, sha256, profile, Now, cancel);
        var unfinished = await Deliveries.IsAnyRollbackUnfinishedAsync(guard, cancel);
        var outages = new DatabaseOutages(DatabaseOutages.Patience, clock);
        var pipeline = new IngestPipeline(database, knowledge, clock, outages, new MonthPartitions(database), delivery, CdrLine.NewParser, unfinished, null);
        var counts = await pipeline.RunAsync(LinesOf(profile, halves), CdrLine.NewParser(), cancel);
        await ClaimAsync(guard, delivery.No, cancel);
        var receipt = counts.ToDocument(name, sha256, [], profile);
        await Deliveries.CompleteAsync(guard, delivery, receipt, Now, cancel);
        return new IngestResult(delivery.No, receipt, null, WasKnown: false);
    }

    /// <summary>Where contracts are spread, the whole call is to be found where its half was suspended.</summary>
    private static async Task ClaimAsync(NpgsqlConnection connection, long delivery, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            insert into {Sharding.Configuration.RecordShards} (id, shard)
            select id, 0 from {BillingStore.Schema}.suspense where delivery = $1 and exists (select from {Sharding.Configuration.Shards}) on conflict do nothing
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = delivery });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private static string NameOf(Profile profile) => $"timed out: {profile.Name}";

    /// <summary>A row for each half, numbered from 1; the parts of a call one after another.</summary>
    private static ProfiledLines LinesOf(Profile profile, List<CallHalf> halves)
    {
        var line = 0;
        var calls = halves.GroupBy(half => profile.JoinsParts ? half.Key : $"{half.Id}").Select(call => call.ToList());
        var rows = calls.SelectMany(call => ProfileReader.TimedOut(profile, call)).GetEnumerator();
        return new ProfiledLines(() => rows.MoveNext() ? rows.Current with { Line = ++line } : null);
    }

    private static string Sha256Of(List<CallHalf> halves)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var half in halves)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{half.Id:N}\n"));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
