using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Billing.Service.Ingestion.Broker;

/// <summary>
/// An open connection to the broker, with the queue of call records and the one of those that can not be read. Both are declared as they must be: quorum queues,
/// on the disks of more than half of the broker's nodes before a message counts as there. A lost connection is not mended here: whoever holds it opens another.
/// </summary>
internal sealed class BrokerQueues : IAsyncDisposable
{
    /// <summary>
    /// Attempts at a message that ended with their process or connection, after which the broker itself puts it aside: it must be the message that ends them.
    /// An attempt at a broker of default settings lasts half an hour at most, so a database may be away for two days.
    /// </summary>
    private const int MostAttempts = 100;

    /// <summary>Looking at what lies aside counts as an attempt too.</summary>
    private const int MostLooks = 1_000_000;

    /// <summary>What a broker can be set to take at most; a client that takes less would be cut off by a longer message for ever.</summary>
    private const uint LongestMessage = 512 << 20;

    private readonly IConnection _connection;
    private readonly BrokerSettings _settings;

    private BrokerQueues(BrokerSettings settings, IConnection connection, IChannel channel) => (_settings, _connection, Channel) = (settings, connection, channel);

    /// <summary>Where both queues are read and written. What is published here is told only when the broker has confirmed it.</summary>
    public IChannel Channel { get; }

    /// <exception cref="IOException">The broker can not be reached, lets this user not in, or holds a queue of that name that is another one.</exception>
    public static async Task<BrokerQueues> OpenAsync(BrokerSettings settings, CancellationToken cancel)
    {
        var factory = new ConnectionFactory
        {
            Uri = settings.Address!,
            ClientProvidedName = "billing",
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            MaxInboundMessageBodySize = LongestMessage,
            RequestedConnectionTimeout = TimeSpan.FromSeconds(5),
        };
        IConnection? connection = null;
        try
        {
            connection = await factory.CreateConnectionAsync(cancel);
            var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, consumerDispatchConcurrency: settings.Prefetch), cancel);
            var queues = new BrokerQueues(settings, connection, channel);
            await queues.DeclareAsync(cancel);
            return queues;
        }
        catch (Exception fault)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }

            // the client's own faults name the place, and one of them the user, but none the password
            throw fault is OperationCanceledException && cancel.IsCancellationRequested ? fault : new IOException($"{settings.Place}: {Explain(fault)}");
        }
    }

    /// <summary>Puts a message into one of the queues; done when the broker has confirmed that it is kept.</summary>
    public async Task PublishAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        try
        {
            await Channel.BasicPublishAsync("", queue, mandatory: true, properties, body, cancel);
        }
        catch (Exception fault) when (fault is PublishException or OperationInterruptedException)
        {
            throw new IOException($"{_settings.Place}: the message was not confirmed: {Explain(fault)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task DeclareAsync(CancellationToken cancel)
    {
        await QueueAsync(_settings.DeadQueue, new() { ["x-delivery-limit"] = MostLooks }, cancel);
        await QueueAsync(
            _settings.Queue,
            new()
            {
                ["x-delivery-limit"] = MostAttempts,
                ["x-dead-letter-exchange"] = "",
                ["x-dead-letter-routing-key"] = _settings.DeadQueue,
                // a message leaves this queue when the other one has confirmed it
                ["x-dead-letter-strategy"] = "at-least-once",
                ["x-overflow"] = "reject-publish",
            },
            cancel);
    }

    private Task<QueueDeclareOk> QueueAsync(string name, Dictionary<string, object?> arguments, CancellationToken cancel)
    {
        arguments["x-queue-type"] = "quorum";
        return Channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancel);
    }

    private static string Explain(Exception fault) => fault switch
    {
        BrokerUnreachableException => $"the broker can not be reached: {fault.GetBaseException().Message}",
        OperationInterruptedException { ShutdownReason: { } reason } => reason.ReplyText,
        _ => fault.Message,
    };
}
