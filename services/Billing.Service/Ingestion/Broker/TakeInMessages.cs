using System.Collections.Concurrent;
using Billing.Contracts.Json;
using Billing.Service.Hosting;
using NodaTime;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Billing.Service.Ingestion.Broker;

/// <summary>
/// While the service runs: takes in the messages of the broker's queue. A message is acknowledged when all of it is committed, so the broker gives it again when this
/// process or the connection ends before; it is known by its bytes then. While the database or the disk is away a message is kept and tried again, and the broker
/// gives no more than those that are held. What can not be read is put aside with its reason. A broker that is away is asked again and again.
/// </summary>
internal sealed partial class TakeInMessages(BrokerSettings settings, TakeInMessage takeIn, IClock clock, TimeProvider time, ILogger<TakeInMessages> log) : BackgroundService
{
    private static readonly TimeSpan BeforeNextConnection = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>So often a message is tried that fails though the database and the disk are there.</summary>
    private const int MostOwnFaults = 3;

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

    /// <summary>Takes one message in, however often it takes; without an answer when the connection is lost or this process stops, and the broker gives it again.</summary>
    private async Task HandleAsync(BrokerQueues queues, BasicDeliverEventArgs delivery, CancellationToken lost, CancellationToken stop)
    {
        var message = CdrMessage.Of(delivery.BasicProperties);
        var pause = FirstPause;
        for (var ownFaults = 0; ;)
        {
            try
            {
                lost.ThrowIfCancellationRequested();
                await AnswerAsync(queues, delivery, message, await takeIn.RunAsync(message, delivery.Body, stop), stop);
                return;
            }
            catch (Exception) when (lost.IsCancellationRequested)
            {
                return;
            }
            catch (AlreadyClosedException)
            {
                return;
            }
            catch (Exception fault)
            {
                ownFaults += IsSurroundings(fault) ? 0 : 1;
                Held(log, fault, message.File, pause.TotalSeconds);
                if (ownFaults == MostOwnFaults && await TryPutAsideAsync(queues, delivery, message, fault, lost))
                {
                    return;
                }
            }

            await Task.Delay(pause, time, lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task AnswerAsync(BrokerQueues queues, BasicDeliverEventArgs delivery, CdrMessage message, IngestResult result, CancellationToken cancel)
    {
        if (result.Refused is { } reason)
        {
            await PutAsideAsync(queues, delivery, message, reason, cancel);
            return;
        }

        await queues.Channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, CancellationToken.None);
        TakenIn(log, message.File, result.Receipt!.Rows, result.WasKnown);
    }

    /// <summary>It lies aside before it leaves the queue: one that ends between the two lies there twice, under one id.</summary>
    private async Task PutAsideAsync(BrokerQueues queues, BasicDeliverEventArgs delivery, CdrMessage message, DocumentFault reason, CancellationToken cancel)
    {
        await queues.PublishAsync(settings.DeadQueue, DeadMessage.Aside(delivery.BasicProperties, reason, clock.GetCurrentInstant()), delivery.Body, cancel);
        await queues.Channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, cancel);
        PutAside(log, message.File, reason.Path, reason.Reason, settings.DeadQueue);
    }

    private async Task<bool> TryPutAsideAsync(BrokerQueues queues, BasicDeliverEventArgs delivery, CdrMessage message, Exception fault, CancellationToken cancel)
    {
        try
        {
            // its text may hold what the message says
            await PutAsideAsync(queues, delivery, message, new DocumentFault("service", $"it failed with {fault.GetType().Name}, {MostOwnFaults} times"), cancel);
            return true;
        }
        catch (Exception again) when (again is IOException or AlreadyClosedException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>True when it is the database or the disk that fails and not what the message says.</summary>
    private static bool IsSurroundings(Exception fault)
    {
        if (BillingHost.IsContention(fault))
        {
            return true;
        }

        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is PostgresException { SqlState: ['2', '2' or '3', ..] })
            {
                // a value or a constraint
                return false;
            }

            if (inner is NpgsqlException or IOException or UnauthorizedAccessException or ObjectDisposedException or TimeoutException)
            {
                return true;
            }
        }

        return false;
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

    [LoggerMessage(Level = LogLevel.Information, Message = "{File}: {Rows} rows are taken in from a message (taken in before: {WasKnown})")]
    private static partial void TakenIn(ILogger log, string file, long rows, bool wasKnown);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The message {File} can not be read: {Where}: {Reason}; it lies in {Queue}")]
    private static partial void PutAside(ILogger log, string file, string where, string reason, string queue);

    [LoggerMessage(Level = LogLevel.Error, Message = "The message {File} could not be taken in; it is kept and tried again in {Seconds} s")]
    private static partial void Held(ILogger log, Exception fault, string file, double seconds);
}
