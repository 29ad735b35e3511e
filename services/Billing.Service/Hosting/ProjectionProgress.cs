using JasperFx.Events.Projections;
using Marten;
using Npgsql;

namespace Billing.Service.Hosting;

/// <summary>How far the async projections and subscriptions have come.</summary>
/// <param name="Highest">The number of the last event of the log.</param>
/// <param name="Mark">The event up to which they may go.</param>
/// <param name="Shards">The last event that each has done, by its name; 0 before the first.</param>
/// <param name="Paused">Those that an error has stopped.</param>
internal sealed record ProjectionProgress(long Highest, long Mark, IReadOnlyDictionary<string, long> Shards, IReadOnlyCollection<string> Paused)
{
    public static async Task<ProjectionProgress> ReadAsync(IDocumentStore store, NpgsqlDataSource database, CancellationToken cancel)
    {
        // not the sequence: a number drawn and rolled back is no event
        await using var command = database.CreateCommand($"select coalesce(max(seq_id), 0) from {BillingStore.Schema}.mt_events");
        var highest = (long)(await command.ExecuteScalarAsync(cancel))!;
        var states = await store.Advanced.AllProjectionProgress(token: cancel);
        var progress = states.ToDictionary(x => x.ShardName, StringComparer.Ordinal);
        var names = ((DocumentStore)store).Options.Projections.AllShards().Select(shard => shard.Name.Identity).ToList();
        return new ProjectionProgress(
            highest,
            progress.GetValueOrDefault(ShardState.HighWaterMark)?.Sequence ?? 0,
            names.ToDictionary(name => name, name => progress.GetValueOrDefault(name)?.Sequence ?? 0, StringComparer.Ordinal),
            [.. names.Where(name => progress.GetValueOrDefault(name)?.AgentStatus == "Paused")]);
    }
}
