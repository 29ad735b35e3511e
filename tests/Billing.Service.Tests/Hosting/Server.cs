using Billing.Service.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Billing.Service.Tests.Hosting;

/// <summary>The service as <c>billing serve</c> starts it, on a free port.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Server(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromMinutes(2) };
    }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<Server> StartAsync(string database, params (string Name, string Value)[] settings)
    {
        var app = (WebApplication)BillingHost.Build(Settings(database, settings), HostMode.Serve);
        try
        {
            await app.StartAsync();
            return new Server(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>The settings of a server that listens on a free port and is silent.</summary>
    public static BillingSettings Settings(string database, params (string Name, string Value)[] settings)
    {
        var flags = new Dictionary<string, string> { ["db"] = database, ["log"] = "None", ["urls"] = "http://127.0.0.1:0" };
        foreach (var (name, value) in settings)
        {
            flags[name] = value;
        }

        return BillingSettings.Load(flags, _ => null, () => null);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
