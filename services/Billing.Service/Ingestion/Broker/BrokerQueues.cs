using System.Globalization;
using RabbitMQ.Client;

namespace Billing.Service.Ingestion.Broker;

/// <summary>
/// The queue of call records and the one of those that can not be read, on a connection of their own. Both are declared as they must be: quorum queues, on the disks of
/// more than half of the broker's nodes before a message counts as there.
/// </summary>
internal sealed class BrokerQueues : ICdrMessages
{
    /// <summary>
    /// Attempts at a message that ended with their process or connection, after which the broker itself puts it aside: it must be the message that ends them.
    /// An attempt at a broker of default settings lasts half an hour at most, so a database may be away for two days.
    /// </summary>
    private const int MostAttempts = 100;

    /// <summary>Looking at what lies aside counts as an attempt too.</summary>
    private const int MostLooks = 1_000_000;

    private readonly BrokerConnection _connection;
    private readonly BrokerSettings _settings;

    private BrokerQueues(BrokerConnection connection, BrokerSettings settings) => (_connection, _settings) = (connection, settings);

    /// <summary>Where both queues are read and written.</summary>
    public IChannel Channel => _connection.Channel;

    /// <exception cref="IOException">The broker can not be reached, lets this user not in, or holds a queue of that name that is another one.</exception>
    public static async Task<BrokerQueues> OpenAsync(BrokerSettings settings, CancellationToken cancel) =>
        new(await BrokerConnection.OpenAsync(settings, settings.Place, channel => DeclareAsync(channel, settings, cancel), cancel), settings);

    /// <summary>Puts a message into one of the queues; done when the broker has confirmed that it is kept.</summary>
    /// <exception cref="IOException">It was not confirmed.</exception>
    public Task PublishAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        _connection.PublishAsync("", queue, mandatory: true, properties, body, cancel);

    public Task SendAsync(CdrMessage message, string contentType, ReadOnlyMemory<byte> body, int no, CancellationToken cancel)
    {
        var properties = new BasicProperties
        {
            Persistent = true,
            ContentType = contentType,
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{message.File}/{no}"),
            Headers = message.Headers.ToDictionary(header => header.Name, object? (header) => header.Value),
        };
        return PublishAsync(_settings.Queue, properties, body, cancel);
    }

    public Task<IReadOnlyList<DeadMessage>> ListDeadAsync(CancellationToken cancel) => DeadMessages.ListAsync(this, _settings, cancel);

    public Task<IReadOnlyList<string>> ReplayDeadAsync(IReadOnlyCollection<string>? ids, CancellationToken cancel) => DeadMessages.ReplayAsync(this, _settings, ids, cancel);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task DeclareAsync(IChannel channel, BrokerSettings settings, CancellationToken cancel)
    {
        await QueueAsync(channel, settings.DeadQueue, new() { ["x-delivery-limit"] = MostLooks }, cancel);
        await QueueAsync(
            channel,
            settings.Queue,
            new()
            {
                ["x-delivery-limit"] = MostAttempts,
                ["x-dead-letter-exchange"] = "",
                ["x-dead-letter-routing-key"] = settings.DeadQueue,
                // a message leaves this queue when the other one has confirmed it
                ["x-dead-letter-strategy"] = "at-least-once",
                ["x-overflow"] = "reject-publish",
            },
            cancel);
    }

    private static Task<QueueDeclareOk> QueueAsync(IChannel channel, string name, Dictionary<string, object?> arguments, CancellationToken cancel)
    {
        arguments["x-queue-type"] = "quorum";
        return channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancel);
    }
}
