using System.Text.Json;
using Billing.Contracts.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Billing.Service.Hosting;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it can do its work.</summary>
internal static class HealthEndpoints
{
    private static readonly JsonSerializerOptions Json = CreateJson();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = Write }).AllowAnonymous();
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready"), ResponseWriter = Write }).AllowAnonymous();
    }

    /// <summary>True for a request for one of the two.</summary>
    public static bool Answers(HttpRequest request) => request.Path.StartsWithSegments("/health");

    private static Task Write(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, new Answer(
            Word(report.Status),
            report.Entries.ToDictionary(x => x.Key, x => new Check(Word(x.Value.Status), x.Value.Description, x.Value.Data.Count > 0 ? x.Value.Data : null))), Json, http.RequestAborted);
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };

    private static JsonSerializerOptions CreateJson()
    {
        var options = new JsonSerializerOptions { WriteIndented = true };
        BillingJson.Apply(options);
        return options;
    }

    private sealed record Answer(string Status, IReadOnlyDictionary<string, Check> Checks);

    private sealed record Check(string Status, string? Description, IReadOnlyDictionary<string, object>? Data);
}
