using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Billing.Service.Hosting;

/// <summary>No message lies unhandled for good; if some do, the service works but somebody must look.</summary>
internal sealed class DeadLetterHealth(NpgsqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand($"select count(*) from {BillingHost.QueueSchema}.wolverine_dead_letters");
            command.CommandTimeout = 5;
            var count = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            var data = new Dictionary<string, object> { ["count"] = count };
            return count == 0
                ? HealthCheckResult.Healthy(data: data)
                : HealthCheckResult.Degraded($"{count} messages failed for good: billing dead-letters list", data: data);
        }
        catch (NpgsqlException)
        {
            return HealthCheckResult.Unhealthy("the dead letters can not be counted");
        }
    }
}
