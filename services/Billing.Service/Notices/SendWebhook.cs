using Billing.Service.Hosting;
using Marten;
using NodaTime;
using Npgsql;
using Wolverine;
using Wolverine.Attributes;

namespace Billing.Service.Notices;

/// <summary>Sends one delivery, to a webhook or to the broker. Receivers tell a repeat by the id of the event, which is also <c>webhook-id</c> and the id of the message.</summary>
[MessageIdentity("send_webhook")]
public sealed record SendWebhook(Guid Delivery);

public static class SendWebhookHandler
{
    /// <summary>A delivery that fails is sent again later by the durable queue, until there is no later any more.</summary>
    public static async Task<OutgoingMessages> Handle(
        SendWebhook message, NpgsqlDataSource database, IQuerySession session, WebhookClient client, EventExchange exchange, BillingSettings settings, IClock clock, CancellationToken cancel)
    {
        if (await WebhookDeliveries.FindAsync(database, message.Delivery, cancel) is not { State: WebhookDelivery.Pending } delivery)
        {
            return [];
        }

        var now = clock.GetCurrentInstant();
        var answer = await ReadNotices.FindAsync(database, delivery.Notice, cancel) is not { } notice ? Never("there is no such event any more")
            : delivery.Subscription == EventExchange.Target ? await exchange.PublishAsync(notice, cancel)
            : await session.LoadAsync<WebhookSubscription>(delivery.Subscription, cancel) is not { } subscription ? Never("the subscription was deleted")
            : !await subscription.IsStandingAsync(session, now, cancel) ? Never("who subscribed may not be told any more")
            : await SendAsync(client, settings, subscription, notice, now, cancel);
        var next = answer.IsDelivered || answer.IsFinal ? null : NextAttempt.After(settings, delivery.Attempts);
        var state = answer.IsDelivered ? WebhookDelivery.Delivered : next is null ? WebhookDelivery.Failed : WebhookDelivery.Pending;
        await WebhookDeliveries.NoteAsync(database, delivery, answer, state, now, NextAttempt.At(now, next), cancel);
        var messages = new OutgoingMessages();
        if (next is { } wait)
        {
            messages.Delay(message, wait);
        }

        return messages;
    }

    private static WebhookAnswer Never(string error) => new(null, error, IsFinal: true);

    private static Task<WebhookAnswer> SendAsync(
        WebhookClient client, BillingSettings settings, WebhookSubscription subscription, Notice notice, Instant now, CancellationToken cancel)
    {
        if (WebhookClient.Refuse(subscription.Url, settings) is { } refused)
        {
            return Task.FromResult(new WebhookAnswer(null, refused));
        }

        var body = notice.Body(settings.EventsSource);
        var timestamp = now.ToUnixTimeSeconds();
        return client.SendAsync(
            subscription.Url, notice.Id, timestamp, WebhookSignature.Of(subscription.SecretsAt(now), notice.Id, timestamp, body), body, cancel);
    }
}
