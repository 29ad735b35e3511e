using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Billing.Service.Ingestion.Broker;

/// <summary>
/// An open connection to the broker with one channel. What is published on it is told only when the broker has confirmed it. A lost connection is not mended here:
/// whoever holds it opens another.
/// </summary>
internal sealed class BrokerConnection : IAsyncDisposable
{
    /// <summary>What a broker can be set to take at most; a client that takes less would be cut off by a longer message for ever.</summary>
    private const uint LongestMessage = 512 << 20;

    private readonly IConnection _connection;
    private readonly string _place;

    private BrokerConnection(IConnection connection, IChannel channel, string place) => (_connection, Channel, _place) = (connection, channel, place);

    public IChannel Channel { get; }

    /// <param name="place">What stands before the message of a fault.</param>
    /// <param name="declare">Declares what the channel is for.</param>
    /// <exception cref="IOException">The broker can not be reached, lets this user not in, or holds something else of a name that is declared.</exception>
    public static async Task<BrokerConnection> OpenAsync(BrokerSettings settings, string place, Func<IChannel, Task> declare, CancellationToken cancel)
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
            await declare(channel);
            return new BrokerConnection(connection, channel, place);
        }
        catch (Exception fault)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }

            // the client's own faults name the place, and one of them the user, but none the password
            throw fault is OperationCanceledException && cancel.IsCancellationRequested ? fault : new IOException($"{place}: {Explain(fault)}");
        }
    }

    /// <summary>Publishes a message; done when the broker has confirmed it.</summary>
    /// <param name="mandatory">True: it is a fault when no queue takes it.</param>
    /// <exception cref="IOException">It was not confirmed.</exception>
    public async Task PublishAsync(string exchange, string key, bool mandatory, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        try
        {
            await Channel.BasicPublishAsync(exchange, key, mandatory, properties, body, cancel);
        }
        catch (Exception fault) when (fault is PublishException or OperationInterruptedException)
        {
            throw new IOException($"{_place}: the message was not confirmed: {Explain(fault)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static string Explain(Exception fault) => fault switch
    {
        BrokerUnreachableException => $"the broker can not be reached: {fault.GetBaseException().Message}",
        OperationInterruptedException { ShutdownReason: { } reason } => reason.ReplyText,
        _ => fault.Message,
    };
}
