using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Billing.Service.Hosting;

/// <summary>
/// Names under which the service can be watched. Spans carry ids of deliveries, contracts and invoices; figures carry words that are few. Neither ever carries a
/// telephone number.
/// </summary>
public static class Telemetry
{
    public const string Name = "Billing";

    /// <summary>Spans of the service itself.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>What this process counts; what the database tells is read by <see cref="Figures"/>.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>Rows of call records that this process has taken in, by what became of them (<see cref="Outcomes"/>).</summary>
    public static Counter<long> Rows { get; } = Meter.CreateCounter<long>("billing.rows", "{row}", "Rows of call records that were taken in, by what became of them");

    /// <summary>How long a batch of rows takes to be written.</summary>
    public static Histogram<double> BatchTime { get; } = Meter.CreateHistogram(
        "billing.batch.duration", "s", "How long it takes to write a batch of rows, all of its transactions together", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30] });

    /// <summary>Limits reached by contracts, by the step; counted by the process that tells the outside.</summary>
    public static Counter<long> LimitAlerts { get; } = Meter.CreateCounter<long>("billing.limit.alerts", "{alert}", "Contracts that reached a step of their usage limit, by the step in percent");

    /// <summary>What can become of a row; the last three of rows that are halves of calls, or none.</summary>
    public static IReadOnlyList<string> Outcomes { get; } = ["rated", "unanswered", "suspended", "duplicate", "rejected", "joined", "waiting", "no-call"];

    /// <summary>Every source of spans worth collecting: ours and those of the frameworks.</summary>
    public static IReadOnlyList<string> Sources { get; } = [Name, "Marten", "Wolverine", "Npgsql", "Microsoft.AspNetCore"];

    /// <summary>Every meter worth collecting.</summary>
    public static IReadOnlyList<string> Meters { get; } =
        [Name, "Marten", "Wolverine:billing", "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    /// <summary>The figures of a server are there to be fetched from <c>/metrics</c>; the endpoint that is set is also sent them, and spans.</summary>
    internal static void Configure(IServiceCollection services, BillingSettings settings)
    {
        services.AddHostedService<Figures>();
        var telemetry = services.AddOpenTelemetry().WithMetrics(metrics => Collect(metrics, settings).AddPrometheusExporter());
        if (settings.Otlp is not null)
        {
            telemetry.WithTracing(tracing => Collect(tracing, settings));
        }
    }

    /// <summary>Sends the spans and figures of a command to the endpoint that is set, the last ones when it is disposed; null without one.</summary>
    internal static IDisposable? Send(BillingSettings settings) => settings.Otlp is null ? null : new Sending(
        Collect(Sdk.CreateTracerProviderBuilder(), settings).Build(), Collect(Sdk.CreateMeterProviderBuilder(), settings).Build());

    private static TracerProviderBuilder Collect(TracerProviderBuilder tracing, BillingSettings settings) =>
        tracing.ConfigureResource(Describe).AddSource([.. Sources]).AddOtlpExporter(otlp => otlp.Endpoint = new Uri(settings.Otlp!));

    private static MeterProviderBuilder Collect(MeterProviderBuilder metrics, BillingSettings settings)
    {
        metrics.ConfigureResource(Describe).AddMeter([.. Meters]);
        return settings.Otlp is { } endpoint ? metrics.AddOtlpExporter(otlp => otlp.Endpoint = new Uri(endpoint)) : metrics;
    }

    private static void Describe(ResourceBuilder resource) => resource.AddService("billing");

    /// <summary>Shows the counters before there is anything to count, so that the first of a kind is seen as a rise.</summary>
    internal static void ShowCounters()
    {
        foreach (var outcome in Outcomes)
        {
            Rows.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
        }

        foreach (var step in Usage.LimitAlerts.Steps)
        {
            LimitAlerts.Add(0, new KeyValuePair<string, object?>("percent", step));
        }
    }

    private sealed class Sending(TracerProvider spans, MeterProvider figures) : IDisposable
    {
        public void Dispose()
        {
            spans.Dispose();
            figures.Dispose();
        }
    }
}
