using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Billing.Service.Hosting;

/// <summary>
/// The async projections keep up: none is paused by an error, none is too far behind, and the high-water mark itself
/// moves while there are events above it.
/// </summary>
internal sealed class ProjectionHealth(IDocumentStore store, NpgsqlDataSource database, BillingSettings settings, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private long _mark = -1;
    private long _since;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // not the sequence: a number drawn and rolled back is no event
            await using var command = database.CreateCommand($"select coalesce(max(seq_id), 0) from {BillingStore.Schema}.mt_events");
            var highest = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            return Judge(highest, await store.Advanced.AllProjectionProgress(token: cancellationToken));
        }
        catch (Exception fault) when (fault is NpgsqlException || fault.InnerException is NpgsqlException)
        {
            return HealthCheckResult.Unhealthy("the progress of the projections can not be read");
        }
    }

    private HealthCheckResult Judge(long highest, IReadOnlyList<ShardState> states)
    {
        var mark = states.FirstOrDefault(x => x.ShardName == ShardState.HighWaterMark)?.Sequence ?? 0;
        // rows of Marten's own bookkeeping stand beside those of the projections, whose names are in parts
        var shards = states.Where(x => x.ShardName.Contains(':', StringComparison.Ordinal)).ToList();
        var data = new Dictionary<string, object> { ["events"] = highest, ["highWaterMark"] = mark };
        foreach (var shard in shards)
        {
            data[shard.ShardName] = shard.Sequence;
        }

        if (shards.Count == 0)
        {
            return HealthCheckResult.Healthy("no projection runs asynchronously", data);
        }

        var paused = shards.Where(x => x.AgentStatus == "Paused").Select(x => x.ShardName).ToList();
        var behind = shards.Where(x => highest - x.Sequence > settings.ReadyLag).Select(x => x.ShardName).ToList();
        return paused.Count > 0 ? HealthCheckResult.Unhealthy($"stopped by an error: {string.Join(", ", paused)}", data: data)
            : StandsStill(mark, highest) ? HealthCheckResult.Unhealthy($"the high-water mark stands still at {mark} of {highest}", data: data)
            : behind.Count > 0 ? HealthCheckResult.Degraded($"behind: {string.Join(", ", behind)}", data: data)
            : HealthCheckResult.Healthy(data: data);
    }

    /// <summary>True when the mark has been at the same place for long although events lie above it.</summary>
    private bool StandsStill(long mark, long highest)
    {
        lock (_gate)
        {
            if (mark != _mark || mark >= highest)
            {
                (_mark, _since) = (mark, time.GetTimestamp());
                return false;
            }

            return time.GetElapsedTime(_since) > StandstillLimit;
        }
    }
}
