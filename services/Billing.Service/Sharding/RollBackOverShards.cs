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
        if (await Sha256Async(file, cancel) is not { } sha256)
        {
            return (null, new Refusal(FindCalls.Rule, $"no file '{file}' was received, or more than one begins so"));
        }

        // held to the end: files wait, and no contract moves
        await using var guard = await FileLocks.ForRollbackAsync(shards.Main, $"rollback {sha256}", cancel);
        var (parts, refusal) = await VoidAsync(all, sha256, grounds, write, progress, cancel);
        if (parts is null)
        {
            return (null, refusal);
        }

        if (write)
        {
            // a suspended record may have been released into another database meanwhile: now none is left that could be
            (var again, refusal) = await VoidAsync(all, sha256, grounds, write, progress, cancel);
            if (again is null)
            {
                return (null, refusal);
            }

            // the file is rolled back in all of them or stands in all of them; the main one, by which it is found, comes last
            var whole = again.TrueForAll(part => part.Report.IsWhole);
            foreach (var (shard, report) in again.AsEnumerable().Reverse())
            {
                await using var connection = await shard.Database.OpenConnectionAsync(cancel);
                await new RollBackDelivery(shard.Database, clock).EndAsync(connection, report, grounds, whole, cancel);
            }

            parts = [.. again.Select(part => (part.Shard, Sum(part.Report, parts.Find(before => before.Shard == part.Shard).Report) with { IsWhole = whole }))];
            if (whole)
            {
                await using var forget = new NpgsqlCommand($"delete from {Configuration.RoutedFiles} where sha256 = $1", guard);
                forget.Parameters.Add(new NpgsqlParameter { Value = sha256 });
                if (await forget.ExecuteNonQueryAsync(cancel) == 1 && parts.Count == 0)
                {
                    return ([], null); // it was begun, and nothing of it had come in
                }
            }
        }

        return parts.Count == 0
            ? (null, new Refusal(FindCalls.Rule, $"{file} was rolled back before"))
            : ([.. parts.Select(part => new OfShard<RollbackReport>(part.Shard.Name, part.Report))], null);
    }

    /// <summary>The digest of the file: every file has a delivery in the main database, if only of no rows, unless it was cut short before.</summary>
    private async Task<string?> Sha256Async(string file, CancellationToken cancel)
    {
        await using var connection = await shards.Main.OpenConnectionAsync(cancel);
        if (await DeliveryList.OfFileAsync(connection, file, cancel) is [var first, ..])
        {
            return first.Sha256;
        }

        await using var command = new NpgsqlCommand($"select min(sha256) from {Configuration.RoutedFiles} where length($1) >= 6 and starts_with(sha256, lower($1)) having count(*) = 1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = file });
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    /// <summary>Voids, or looks at, what stands of the file in each database. It is not ended.</summary>
    private async Task<(List<(Shard Shard, RollbackReport Report)>? Parts, Refusal? Refusal)> VoidAsync(
        IReadOnlyList<Shard> all, string sha256, CorrectionGrounds grounds, bool write, IProgress<long>? progress, CancellationToken cancel)
    {
        var parts = new List<(Shard, RollbackReport)>();
        foreach (var shard in all)
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

            parts.Add((shard, report));
        }

        return (parts, null);
    }

    private static RollbackReport Sum(RollbackReport report, RollbackReport? before) =>
        before is null ? report : before with { Calls = before.Calls + report.Calls, Suspended = before.Suspended + report.Suspended, OnInvoices = report.OnInvoices };

    /// <summary>True when something of the file stands there.</summary>
    private static async Task<bool> HoldsAsync(Shard shard, string sha256, CancellationToken cancel)
    {
        await using var connection = await shard.Database.OpenConnectionAsync(cancel);
        return (await DeliveryList.OfFileAsync(connection, sha256, cancel)).Any(attempt => !attempt.IsRolledBack);
    }
}
