using RabbitMQ.Client;

namespace Billing.Service.Ingestion.Broker;

/// <summary>The messages that lie aside: listed, and sent back once what stopped them is mended.</summary>
internal static class DeadMessages
{
    /// <summary>What lies there now, the latest first. Each is taken and given back.</summary>
    public static async Task<IReadOnlyList<DeadMessage>> ListAsync(BrokerQueues queues, BrokerSettings settings, CancellationToken cancel)
    {
        var found = new List<DeadMessage>();
        await EachAsync(queues, settings, taken =>
        {
            found.Add(DeadLetter.Read(taken.BasicProperties, taken.Body.Span));
            return Task.FromResult(false);
        }, cancel);
        return [.. found.OrderByDescending(message => message.PutAsideAt)];
    }

    /// <summary>
    /// Sends messages back to the queue of call records: each leaves when the broker has confirmed that it lies there, so one is there twice rather than lost,
    /// and then counts once all the same.
    /// </summary>
    /// <param name="ids">Which ones; null for all.</param>
    /// <returns>The ids of those sent back.</returns>
    public static async Task<IReadOnlyList<string>> ReplayAsync(BrokerQueues queues, BrokerSettings settings, IReadOnlyCollection<string>? ids, CancellationToken cancel)
    {
        var replayed = new List<string>();
        await EachAsync(queues, settings, async taken =>
        {
            var id = DeadLetter.Read(taken.BasicProperties, taken.Body.Span).Id;
            if (ids?.Contains(id) == false)
            {
                return false;
            }

            await queues.PublishAsync(settings.Queue, DeadLetter.Again(taken.BasicProperties), taken.Body, cancel);
            replayed.Add(id);
            return true;
        }, cancel);
        return replayed;
    }

    /// <param name="leaves">Whether a message leaves the queue; the others are given back when all were seen.</param>
    private static async Task EachAsync(BrokerQueues queues, BrokerSettings settings, Func<BasicGetResult, Task<bool>> leaves, CancellationToken cancel)
    {
        // those that come while this is at work are left for the next time
        var left = await queues.Channel.MessageCountAsync(settings.DeadQueue, cancel);
        ulong last = 0;
        for (; left > 0 && await queues.Channel.BasicGetAsync(settings.DeadQueue, autoAck: false, cancel) is { } taken; left--)
        {
            if (await leaves(taken))
            {
                await queues.Channel.BasicAckAsync(taken.DeliveryTag, multiple: false, cancel);
            }
            else
            {
                last = taken.DeliveryTag;
            }
        }

        if (last > 0)
        {
            await queues.Channel.BasicNackAsync(last, multiple: true, requeue: true, cancel);
        }
    }
}
