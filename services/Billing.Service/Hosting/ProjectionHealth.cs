using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Billing.Service.Hosting;

/// <summary>
/// The async projections keep up: none is paused by an error, none is too far behind, and each of them, like the high-water
/// mark itself, moves while there are events above it. One that fails at its first events leaves no row of progress that could
/// say that it is paused: it only stands still.
/// </summary>
internal sealed class ProjectionHealth(IDocumentStore store, NpgsqlDataSource database, BillingSettings settings, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, (long At, long Since)> _seen = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

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
        var progress = states.ToDictionary(x => x.ShardName, StringComparer.Ordinal);
        var shards = Shards.ToDictionary(name => name, name => progress.GetValueOrDefault(name)?.Sequence ?? 0, StringComparer.Ordinal);
        var data = new Dictionary<string, object> { ["events"] = highest, ["highWaterMark"] = mark };
        foreach (var (name, sequence) in shards)
        {
            data[name] = sequence;
        }

        var paused = shards.Keys.Where(name => progress.GetValueOrDefault(name)?.AgentStatus == "Paused").ToList();
        var standing = shards.Where(x => StandsStill(x.Key, x.Value, mark)).Select(x => x.Key).ToList();
        var behind = shards.Where(x => highest - x.Value > settings.ReadyLag).Select(x => x.Key).ToList();
        return paused.Count > 0 ? HealthCheckResult.Unhealthy($"stopped by an error: {string.Join(", ", paused)}", data: data)
            : StandsStill(ShardState.HighWaterMark, mark, highest) ? HealthCheckResult.Unhealthy($"the high-water mark stands still at {mark} of {highest}", data: data)
            : standing.Count > 0 ? HealthCheckResult.Unhealthy($"standing still: {string.Join(", ", standing)}", data: data)
            : behind.Count > 0 ? HealthCheckResult.Degraded($"behind: {string.Join(", ", behind)}", data: data)
            : HealthCheckResult.Healthy(data: data);
    }

    private IEnumerable<string> Shards => ((DocumentStore)store).Options.Projections.AllShards().Select(shard => shard.Name.Identity);

    /// <summary>True when something has been at the same place for long although there is more to do.</summary>
    private bool StandsStill(string name, long at, long end)
    {
        lock (_gate)
        {
            if (at >= end || !_seen.TryGetValue(name, out var seen) || seen.At != at)
            {
                _seen[name] = (at, time.GetTimestamp());
                return false;
            }

            return time.GetElapsedTime(seen.Since) > StandstillLimit;
        }
    }
}
