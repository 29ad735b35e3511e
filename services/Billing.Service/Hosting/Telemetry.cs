using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Billing.Service.Hosting;

/// <summary>Names under which the service can be watched; spans and figures carry ids, never telephone numbers.</summary>
public static class Telemetry
{
    public const string Name = "Billing";

    /// <summary>Spans of the service itself.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Figures of the service itself.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>Every source of spans worth collecting: ours and those of the frameworks.</summary>
    public static IReadOnlyList<string> Sources { get; } = [Name, "Marten", "Wolverine", "Npgsql", "Microsoft.AspNetCore"];

    /// <summary>Every meter worth collecting.</summary>
    public static IReadOnlyList<string> Meters { get; } = [Name, "Marten", "Wolverine:billing", "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Sends spans and figures to the endpoint that is set; without one nothing is collected.</summary>
    internal static void Configure(IServiceCollection services, BillingSettings settings)
    {
        if (settings.Otlp is not { } endpoint)
        {
            return;
        }

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("billing"))
            .WithTracing(tracing => tracing.AddSource([.. Sources]).AddOtlpExporter(otlp => otlp.Endpoint = new Uri(endpoint)))
            .WithMetrics(metrics => metrics.AddMeter([.. Meters]).AddOtlpExporter(otlp => otlp.Endpoint = new Uri(endpoint)));
    }
}
