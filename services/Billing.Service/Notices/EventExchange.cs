using Billing.Service.Hosting;
using Billing.Service.Ingestion.Broker;
using RabbitMQ.Client;

namespace Billing.Service.Notices;

/// <summary>
/// Publishes notices to a topic exchange of the broker, one after the other: persistent, under the type as routing key, told when the broker has confirmed it. The
/// connection is opened when there is something to publish, and anew after a fault.
/// </summary>
public sealed class EventExchange(BillingSettings settings) : IAsyncDisposable
{
    /// <summary>Stands where deliveries name the subscription that they go to.</summary>
    public static Guid Target { get; } = new("00000000-0000-0000-0000-000000000001");

    private static readonly TimeSpan SlowestConfirmation = TimeSpan.FromSeconds(10);

    private readonly BrokerSettings _broker = BrokerSettings.Of(settings);
    private readonly SemaphoreSlim _gate = new(1);
    private BrokerConnection? _connection;

    /// <summary>Publishes a notice: no error when the broker has confirmed it.</summary>
    public async Task<WebhookAnswer> PublishAsync(Notice notice, CancellationToken cancel)
    {
        if (_broker.Events is null)
        {
            return new WebhookAnswer(null, "no exchange is set up for events (BILLING_BROKER_EVENTS)");
        }

        await _gate.WaitAsync(cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(SlowestConfirmation);
        try
        {
            _connection ??= await OpenAsync(limit.Token);
            // a type that nobody is bound to is nobody's: who binds later reads the stream
            await _connection.PublishAsync(_broker.Events, notice.Type, mandatory: false, PropertiesOf(notice), notice.Body(settings.EventsSource), limit.Token);
            return new WebhookAnswer(null, null);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            await CloseAsync();
            return new WebhookAnswer(null, "no confirmation in time");
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            await CloseAsync();
            return new WebhookAnswer(null, fault.Message);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _gate.Dispose();
    }

    private Task<BrokerConnection> OpenAsync(CancellationToken cancel) => BrokerConnection.OpenAsync(
        _broker, _broker.EventsPlace, channel => channel.ExchangeDeclareAsync(_broker.Events!, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancel), cancel);

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private static BasicProperties PropertiesOf(Notice notice) => new()
    {
        Persistent = true,
        ContentType = CloudEvent.MediaType,
        MessageId = notice.Id,
        Type = notice.Type,
        Timestamp = new AmqpTimestamp(notice.At.ToUnixTimeSeconds()),
    };
}
