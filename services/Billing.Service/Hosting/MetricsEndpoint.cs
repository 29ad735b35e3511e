using System.Net;
using Billing.Service.Access;
using OpenTelemetry.Metrics;

namespace Billing.Service.Hosting;

/// <summary><c>/metrics</c>: the figures for Prometheus. Open on the machine itself, from elsewhere to a key of an operator.</summary>
internal static class MetricsEndpoint
{
    private const string Path = "/metrics";

    public static void Map(WebApplication app)
    {
        // the framework's commands build the application without watching it
        if (app.Services.GetService<MeterProvider>() is not null)
        {
            app.MapPrometheusScrapingEndpoint(Path).RequireAuthorization(policy =>
                policy.RequireAssertion(asked => asked.User.IsInRole(Roles.Operator) || (asked.Resource is HttpContext http && IsFromHere(http))));
        }
    }

    /// <summary>True for a request for the figures that needs no key.</summary>
    public static bool IsOpenTo(HttpContext http) => http.Request.Path == Path && IsFromHere(http);

    /// <summary>A request that a proxy on this machine passes on is not from here.</summary>
    private static bool IsFromHere(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded");
}
