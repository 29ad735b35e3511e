using System.Diagnostics;
using System.Diagnostics.Metrics;

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
    public static IReadOnlyList<string> Sources { get; } = [Name, "Marten", "Wolverine", "Npgsql"];

    /// <summary>Every meter worth collecting.</summary>
    public static IReadOnlyList<string> Meters { get; } = [Name, "Marten", "Wolverine:billing", "Npgsql"];

    internal static void Configure(IServiceCollection services, BillingSettings settings)
    {
        _ = services;
        _ = settings;
    }
}
