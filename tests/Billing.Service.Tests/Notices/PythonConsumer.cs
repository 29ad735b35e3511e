using System.Diagnostics;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Ingestion;
using RabbitMQ.Client;

namespace Billing.Service.Tests.Notices;

/// <summary>The consumer of the contracts, at work on a queue of its own.</summary>
internal sealed class PythonConsumer : IAsyncDisposable
{
    /// <summary>Where the system's packages put the client; Python of another place brings its own.</summary>
    private const string SystemClient = "/usr/lib/python3/dist-packages/pika";

    private readonly IChannel _channel;
    private readonly string _queue;
    private readonly string _folder = Directory.CreateTempSubdirectory("billing-test-").FullName;
    private readonly Process _process;

    private PythonConsumer(IChannel channel, string exchange, string type)
    {
        (_channel, _queue) = (channel, $"{exchange}-python");
        var start = new ProcessStartInfo(Directory.Exists(SystemClient) ? "/usr/bin/python3" : "python3", [Path.Combine(MonthFiles.Root, "contracts/events/consume.py"), exchange, _queue, type])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
        };
        start.Environment["BROKER"] = $"{TestBroker.Address}";
        _process = Process.Start(start)!;
    }

    /// <summary>Starts it; it takes what is published from then on.</summary>
    /// <param name="exchange">A topic exchange.</param>
    public static async Task<PythonConsumer> StartAsync(IChannel channel, string exchange, string type)
    {
        var consumer = new PythonConsumer(channel, exchange, type);
        await channel.QueueDeclareAsync(consumer._queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        await Poll.UntilAsync("the consumer takes events", async () =>
        {
            consumer._process.HasExited.ShouldBeFalse("the consumer ended: deploy/setup.sh --tests installs what it needs");
            return await channel.ConsumerCountAsync(consumer._queue) == 1;
        });
        return consumer;
    }

    /// <summary>The next line that it prints.</summary>
    public async Task<string?> LineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Ends it where it stands; how many messages it has left.</summary>
    public async Task<uint> EndAsync()
    {
        _process.Kill();
        await Poll.UntilAsync("its messages are put back", async () => await _channel.ConsumerCountAsync(_queue) == 0);
        return await _channel.MessageCountAsync(_queue);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        _process.Dispose();
        await _channel.QueueDeleteAsync(_queue);
        Directory.Delete(_folder, recursive: true);
    }
}
