using System.Collections.Concurrent;
using System.Net;

namespace Billing.Faults.Tests.Running;

/// <summary>A load balancer: it looks now and then which servers are ready, and sends to those in turn. The servers end with it.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<BillingServer> _servers = new();
    private readonly PeriodicTimer _timer = new(Interval);
    private readonly Task _looking;
    private volatile BillingServer[] _ready = [];
    private int _turn;

    public Balancer() => _looking = LookAsync();

    /// <summary>A server more, which gets its share from now on.</summary>
    public async Task<BillingServer> AddAsync(Task<BillingServer> starting)
    {
        var server = await starting;
        _servers.Enqueue(server);
        await Poll.UntilAsync("the balancer knows the server", () => Task.FromResult(Knows(server)));
        return server;
    }

    /// <summary>True while it sends to this server.</summary>
    public bool Knows(BillingServer server) => _ready.Contains(server);

    public Task<HttpStatusCode> PostAsync(byte[] calls)
    {
        var ready = _ready;
        return ready[(uint)Interlocked.Increment(ref _turn) % ready.Length].PostAsync(calls);
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _looking;
        foreach (var server in _servers)
        {
            server.Dispose();
        }
    }

    private async Task LookAsync()
    {
        do
        {
            var answers = await Task.WhenAll(_servers.Select(async server => (Server: server, IsReady: await server.IsReadyAsync())));
            _ready = [.. answers.Where(answer => answer.IsReady).Select(answer => answer.Server)];
        }
        while (await _timer.WaitForNextTickAsync());
    }
}
