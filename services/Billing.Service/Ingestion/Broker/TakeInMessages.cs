using System.Collections.Concurrent;
using NodaTime;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Billing.Service.Ingestion.Broker;

/// <summary>
/// While the service runs: takes in the messages of the broker's queue. A message is acknowledged when all of it is committed, so the broker gives it again when this
/// process or the connection ends before; it is known by its bytes then. While the database or the disk is away a message is kept and tried again, and the broker
/// gives no more than those that are held. What can not be read is put aside with its reason. A broker that is away is asked again and again.
/// </summary>
internal sealed partial class TakeInMessages(BrokerSettings settings, HoldMessage hold, IClock clock, TimeProvider time, ILogger<TakeInMessages> log) : BackgroundService
{
    private static readonly TimeSpan BeforeNextConnection = TimeSpan.FromSeconds(1);

    private string? _told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (settings.Address is not null)
        {
            try
            {
                await using var queues = await BrokerQueues.OpenAsync(settings, stoppingToken);
                _told = null;
                Open(log, settings.Place, settings.Prefetch);
                Tell(await ConsumeAsync(queues, stoppingToken));
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                Tell(fault.Message);
            }

            await Task.Delay(BeforeNextConnection, time, stoppingToken);
        }
    }

    /// <summary>Takes in what comes until the connection is lost; why it was.</summary>
    private async Task<string> ConsumeAsync(BrokerQueues queues, CancellationToken stop)
    {
        var over = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var atWork = new ConcurrentDictionary<ulong, Task>();
        queues.Channel.ChannelShutdownAsync += (_, shutdown) => Task.FromResult(over.TrySetResult(shutdown.ReplyText));
        var consumer = new AsyncEventingBasicConsumer(queues.Channel);
        consumer.UnregisteredAsync += (_, _) => Task.FromResult(over.TrySetResult("the queue is not there any more"));
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            // as many at the same time as the channel lets through
            await (atWork[delivery.DeliveryTag] = HandleAsync(queues, delivery, lost.Token, stop));
            atWork.TryRemove(delivery.DeliveryTag, out var _);
        };
        await queues.Channel.BasicQosAsync(0, settings.Prefetch, global: false, stop);
        await queues.Channel.BasicConsumeAsync(settings.Queue, autoAck: false, consumer, stop);
        try
        {
            return await over.Task.WaitAsync(stop);
        }
        finally
        {
            // those at work end before others are taken, so that no more are held than may be
            await lost.CancelAsync();
            await Task.WhenAll(atWork.Values);
        }
    }

    /// <summary>Takes one message in; without an answer when the connection is lost or this process stops, and the broker gives it again.</summary>
    private async Task HandleAsync(BrokerQueues queues, BasicDeliverEventArgs delivery, CancellationToken lost, CancellationToken stop)
    {
        // it lies aside before it leaves the queue: one that ends between the two lies there twice, under one id
        var isDone = await hold.RunAsync(
            CdrMessage.Of(delivery.BasicProperties),
            delivery.Body,
            reason => queues.PublishAsync(settings.DeadQueue, DeadLetter.Aside(delivery.BasicProperties, reason, clock.GetCurrentInstant()), delivery.Body, stop),
            lost,
            stop);
        try
        {
            if (isDone)
            {
                await queues.Channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, CancellationToken.None);
            }
        }
        catch (AlreadyClosedException)
        {
            // the broker gives it again
        }
    }

    /// <summary>The same as last time is not told again.</summary>
    private void Tell(string reason)
    {
        if (reason != _told)
        {
            Away(log, settings.Place, reason);
            _told = reason;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The messages of {Place} are taken in, {Prefetch} at a time")]
    private static partial void Open(ILogger log, string place, int prefetch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No messages come from {Place}: {Reason}; it is tried again until they do")]
    private static partial void Away(ILogger log, string place, string reason);
}
