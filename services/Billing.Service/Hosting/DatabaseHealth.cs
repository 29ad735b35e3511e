using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Billing.Service.Hosting;

/// <summary>The database answers and has the service's tables.</summary>
internal sealed class DatabaseHealth(NpgsqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand("select to_regclass('billing.mt_events') is not null and to_regclass('billing_queue.wolverine_incoming_envelopes') is not null");
            command.CommandTimeout = 5;
            return await command.ExecuteScalarAsync(cancellationToken) is true
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("the schema is missing: run billing db-apply");
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Unhealthy($"the database does not answer: {fault.Message}");
        }
    }
}
