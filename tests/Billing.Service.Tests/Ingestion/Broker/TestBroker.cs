using System.Text.Json;
using Billing.Service.Hosting;
using Billing.Service.Ingestion.Broker;
using Billing.Service.Tests.Hosting;
using RabbitMQ.Client;

namespace Billing.Service.Tests.Ingestion;

/// <summary>Queues of its own for a test on a real broker, which BILLING_TEST_BROKER names; gone afterwards.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private readonly BrokerQueues _queues;

    private TestBroker(BrokerSettings settings, BrokerQueues queues) => (Settings, _queues) = (settings, queues);

    public static Uri Address => Environment.GetEnvironmentVariable("BILLING_TEST_BROKER") is { Length: > 0 } address
        ? new Uri(address)
        : throw new InvalidOperationException("BILLING_TEST_BROKER is not set: `make test` sets it, or take the answer of `deploy/rabbitmq.sh url --name test`.");

    public BrokerSettings Settings { get; }

    public IChannel Channel => _queues.Channel;

    public static async Task<TestBroker> CreateAsync()
    {
        var settings = new BrokerSettings(Address, $"test-{Guid.NewGuid():N}", 1);
        return new TestBroker(settings, await BrokerQueues.OpenAsync(settings, default));
    }

    /// <summary>What a server or a command is told to find the queues.</summary>
    /// <param name="prefetch">How many messages it holds.</param>
    /// <param name="address">Another way to the broker.</param>
    public (string Name, string Value)[] Told(int prefetch = 4, Uri? address = null) =>
        [("broker", (address ?? Address).ToString()), ("broker-queue", Settings.Queue), ("broker-prefetch", $"{prefetch}")];

    /// <summary>Runs a command that needs the broker and no database.</summary>
    public async Task<Command.Ended> RunAsync(string folder, params string[] arguments)
    {
        var config = Path.Combine(folder, "broker.json");
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(Told().ToDictionary(x => x.Name, x => x.Value)));
        return await Command.RunAsync(Command.Nowhere, ["broker", .. arguments, "--config", config]);
    }

    public Task SendAsync(ReadOnlyMemory<byte> body, params (string Name, string Value)[] headers) => SendAsync(body, new BasicProperties(), headers);

    public Task SendAsync(ReadOnlyMemory<byte> body, BasicProperties properties, params (string Name, string Value)[] headers)
    {
        properties.Headers = headers.ToDictionary(x => x.Name, object? (x) => x.Value);
        return _queues.PublishAsync(Settings.Queue, properties, body, default);
    }

    /// <summary>How many messages lie in the queue; those that somebody holds lie there again when he lets them go.</summary>
    public Task<uint> LyingAsync() => Channel.MessageCountAsync(Settings.Queue);

    /// <summary>How many messages lie there when all who took some have gone: all that were not acknowledged.</summary>
    public async Task<uint> LeftAsync()
    {
        await Poll.UntilAsync("nobody takes messages", async () => await Channel.ConsumerCountAsync(Settings.Queue) == 0);
        return await LyingAsync();
    }

    /// <summary>The messages that were put aside, the first one first. The broker takes its time to put back what was looked at.</summary>
    public async Task<List<DeadMessage>> DeadAsync()
    {
        List<DeadMessage> dead = [.. (await _queues.ListDeadAsync(default)).Reverse()];
        await Poll.UntilAsync("they lie there again", async () => await Channel.MessageCountAsync(Settings.DeadQueue) >= dead.Count);
        return dead;
    }

    public async ValueTask DisposeAsync()
    {
        await Channel.QueueDeleteAsync(Settings.Queue);
        await Channel.QueueDeleteAsync(Settings.DeadQueue);
        await _queues.DisposeAsync();
    }
}
