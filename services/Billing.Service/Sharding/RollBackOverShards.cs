using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Corrections;
using Billing.Service.Ingestion;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>Takes back what a file brought into any of the databases; when nothing of it is left, the same file would be taken in anew.</summary>
public sealed class RollBackOverShards(Shards shards, TimeProvider clock)
{
    /// <inheritdoc cref="RollBackDelivery.RunAsync"/>
    public async Task<(List<OfShard<RollbackReport>>? Reports, Refusal? Refusal)> RunAsync(
        string file, CorrectionGrounds grounds, bool write, IProgress<long>? progress, CancellationToken cancel)
    {
        var all = await shards.RequireAsync(cancel);
        string sha256;
        await using (var connection = await shards.Main.OpenConnectionAsync(cancel))
        {
            // every file has a delivery in the main database, if only of no rows
            if (await DeliveryList.OfFileAsync(connection, file, cancel) is not [var first, ..])
            {
                return (null, new Refusal(FindCalls.Rule, $"no file '{file}' was received, or more than one begins so"));
            }

            sha256 = first.Sha256;
        }

        // held to the end: files wait, and no contract moves
        await using var guard = await FileLocks.ForRollbackAsync(shards.Main, $"rollback {sha256}", cancel);
        var reports = new List<OfShard<RollbackReport>>();
        foreach (var shard in all.Reverse())
        {
            if (!await HoldsAsync(shard, sha256, cancel))
            {
                continue;
            }

            // the main database's own locks are held already
            var (report, refusal) = await new RollBackDelivery(shard.Database, clock) { IsPart = true, IsGuarded = shard.No == 0 }.RunAsync(sha256, grounds, write, progress, cancel);
            if (report is null)
            {
                return (null, refusal);
            }

            reports.Insert(0, new(shard.Name, report));
        }

        if (reports.Count == 0)
        {
            return (null, new Refusal(FindCalls.Rule, $"{file} was rolled back before"));
        }

        if (write && reports.TrueForAll(one => one.Result.IsWhole))
        {
            await using var forget = new NpgsqlCommand($"delete from {Configuration.RoutedFiles} where sha256 = $1", guard);
            forget.Parameters.Add(new NpgsqlParameter { Value = sha256 });
            await forget.ExecuteNonQueryAsync(cancel);
        }

        return (reports, null);
    }

    /// <summary>True when something of the file stands there.</summary>
    private static async Task<bool> HoldsAsync(Shard shard, string sha256, CancellationToken cancel)
    {
        await using var connection = await shard.Database.OpenConnectionAsync(cancel);
        return (await DeliveryList.OfFileAsync(connection, sha256, cancel)).Any(attempt => !attempt.IsRolledBack);
    }
}
