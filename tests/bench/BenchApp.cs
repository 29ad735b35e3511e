using System.Net.Http.Headers;
using Billing.Service.Access;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NodaTime;
using Wolverine;

namespace Billing.Bench;

/// <summary>The service, serving in this process on a port of its own. It closes no month by itself and limits nobody's requests.</summary>
internal sealed class BenchApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BenchApp(WebApplication app) => _app = app;

    public static async Task<BenchApp> StartAsync(string database, params (string Name, string Value)[] settings)
    {
        var flags = new Dictionary<string, string> { ["db"] = database, ["log"] = "None", ["urls"] = "http://127.0.0.1:0", ["month-close"] = "false", ["requests-per-minute"] = "1000000" };
        foreach (var (name, value) in settings)
        {
            flags[name] = value;
        }

        var app = (WebApplication)BillingHost.Build(BillingSettings.Load(flags), HostMode.Serve);
        await app.StartAsync();
        return new BenchApp(app);
    }

    /// <summary>A client with a key for these roles and contracts.</summary>
    public async Task<HttpClient> ClientAsync(IReadOnlyList<string> roles, params string[] contracts)
    {
        var key = ApiKeySecret.New();
        var now = SystemClock.Instance.GetCurrentInstant();
        await using var scope = _app.Services.CreateAsyncScope();
        var made = await scope.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync<CommandResult>(
            new MakeApiKey(key.Key, "bench", roles, contracts, key.Hash, now + Duration.FromDays(1), "bench", now));
        if (made.Refusal is { } refusal)
        {
            throw new InvalidOperationException(refusal.ToString());
        }

        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()), Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Text);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
