using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Billing.Service.Ingestion.Kafka;

/// <summary>Records come; if none can, the service works but somebody must look.</summary>
internal sealed class KafkaHealth(TakeInRecords records) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object> { ["partitions"] = records.Partitions };
        return Task.FromResult(records.Away is { } reason ? HealthCheckResult.Degraded($"no records come: {reason}", data: data) : HealthCheckResult.Healthy(data: data));
    }
}
