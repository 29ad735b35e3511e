using System.Net.Http.Headers;
using Billing.Service.Access;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NodaTime;
using Wolverine;

namespace Billing.Service.Tests.Hosting;

/// <summary>The service as <c>billing serve</c> starts it, on a free port.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Server(WebApplication app)
    {
        _app = app;
        Http = Client(new StaffKey(this) { InnerHandler = new SocketsHttpHandler() });
        Anonymous = Client(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    }

    /// <summary>A client with a key that has every role of staff.</summary>
    public HttpClient Http { get; }

    /// <summary>A client without a key, that follows no redirect and keeps no cookie.</summary>
    public HttpClient Anonymous { get; }

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

    /// <summary>A client with a key of its own.</summary>
    public async Task<HttpClient> ClientAsync(IReadOnlyList<string> roles, params string[] contracts)
    {
        var client = Client(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await KeyAsync(roles, contracts));
        return client;
    }

    /// <summary>A new key, good for a day.</summary>
    public async Task<string> KeyAsync(IReadOnlyList<string> roles, params string[] contracts)
    {
        var key = ApiKeySecret.New();
        var now = SystemClock.Instance.GetCurrentInstant();
        (await InvokeAsync(new MakeApiKey(key.Key, "test", roles, contracts, key.Hash, now + Duration.FromDays(1), "test", now))).Refusal.ShouldBeNull();
        return key.Text;
    }

    /// <summary>A browser without a session, that keeps its cookies.</summary>
    public HttpClient Browser() => Client(new SocketsHttpHandler { AllowAutoRedirect = false });

    /// <summary>Invokes a command inside the server.</summary>
    public async Task<CommandResult> InvokeAsync(object command)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync<CommandResult>(command);
    }

    /// <summary>The settings of a server that listens on a free port and is silent.</summary>
    public static BillingSettings Settings(string database, params (string Name, string Value)[] settings)
    {
        var flags = new Dictionary<string, string> { ["db"] = database, ["log"] = "None", ["urls"] = "http://127.0.0.1:0", ["sign-ins-per-minute"] = "100000", ["requests-per-minute"] = "1000000" };
        foreach (var (name, value) in settings)
        {
            flags[name] = value;
        }

        return BillingSettings.Load(flags, _ => null, () => null);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Anonymous.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private HttpClient Client(HttpMessageHandler handler) => new(handler) { BaseAddress = new Uri(_app.Urls.Single()), Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>Makes the key when the API is first called: the database may not be there before.</summary>
    private sealed class StaffKey(Server server) : DelegatingHandler
    {
        private readonly SemaphoreSlim _making = new(1);
        private string? _key;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal))
            {
                await _making.WaitAsync(cancellationToken);
                try
                {
                    _key ??= await server.KeyAsync([Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.Operator]);
                }
                finally
                {
                    _making.Release();
                }

                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
            }

            return await base.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            _making.Dispose();
            base.Dispose(disposing);
        }
    }
}
