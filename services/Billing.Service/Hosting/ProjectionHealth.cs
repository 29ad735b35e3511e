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
            return Judge(await ProjectionProgress.ReadAsync(store, database, cancellationToken));
        }
        catch (Exception fault) when (fault is NpgsqlException || fault.InnerException is NpgsqlException)
        {
            return HealthCheckResult.Unhealthy("the progress of the projections can not be read");
        }
    }

    private HealthCheckResult Judge(ProjectionProgress progress)
    {
        var (highest, mark, shards, paused) = progress;
        var data = new Dictionary<string, object> { ["events"] = highest, ["highWaterMark"] = mark };
        foreach (var (name, sequence) in shards)
        {
            data[name] = sequence;
        }

        var standing = shards.Where(x => StandsStill(x.Key, x.Value, mark)).Select(x => x.Key).ToList();
        var behind = shards.Where(x => highest - x.Value > settings.ReadyLag).Select(x => x.Key).ToList();
        return paused.Count > 0 ? HealthCheckResult.Unhealthy($"stopped by an error: {string.Join(", ", paused)}", data: data)
            : StandsStill(ShardState.HighWaterMark, mark, highest) ? HealthCheckResult.Unhealthy($"the high-water mark stands still at {mark} of {highest}", data: data)
            : standing.Count > 0 ? HealthCheckResult.Unhealthy($"standing still: {string.Join(", ", standing)}", data: data)
            : behind.Count > 0 ? HealthCheckResult.Degraded($"behind: {string.Join(", ", behind)}", data: data)
            : HealthCheckResult.Healthy(data: data);
    }

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
