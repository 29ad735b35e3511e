using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Billing.Service.Hosting;

/// <summary>
/// A server that is told to stop says that it leaves before it does: it is no longer ready, and its answers close their connections, while it
/// goes on serving for as long as a load balancer needs to notice (<see cref="BillingSettings.StopDelay"/>). Then it takes no more requests, and
/// those that run have <see cref="BillingSettings.StopWithin"/> to end.
/// </summary>
internal sealed class Leaving(BillingSettings settings, TimeProvider time) : IHealthCheck, IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private volatile bool _hasBegun;

    /// <summary>Cancelled when no more requests are taken: an answer that has no end of its own ends then.</summary>
    public CancellationToken Over => _over.Token;

    public static void Configure(IServiceCollection services, BillingSettings settings)
    {
        services.AddSingleton<Leaving>();
        services.AddHostedService(provider => provider.GetRequiredService<Leaving>());
        services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.StopDelay + settings.StopWithin);
    }

    /// <summary>Before anything that answers.</summary>
    public static void Use(WebApplication app) => app.Use(app.Services.GetRequiredService<Leaving>().CloseConnectionAsync);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_hasBegun ? HealthCheckResult.Unhealthy("the server is about to stop") : HealthCheckResult.Healthy());

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _hasBegun = true;
        try
        {
            await Task.Delay(settings.StopDelay, time, cancellationToken);
        }
        finally
        {
            await _over.CancelAsync();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _over.Dispose();

    /// <summary>Looks when the answer begins, for it may have been asked for before. HTTP/2 says it without a header.</summary>
    private Task CloseConnectionAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(() =>
        {
            if (_hasBegun && !HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
            {
                http.Response.Headers.Connection = "close";
            }

            return Task.CompletedTask;
        });
        return next(http);
    }
}
