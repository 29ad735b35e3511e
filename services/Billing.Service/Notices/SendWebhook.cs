using Billing.Service.Hosting;
using Marten;
using NodaTime;
using Npgsql;
using Wolverine;
using Wolverine.Attributes;

namespace Billing.Service.Notices;

/// <summary>Sends one delivery. Receivers tell a repeat by its <c>webhook-id</c>.</summary>
[MessageIdentity("send_webhook")]
public sealed record SendWebhook(Guid Delivery);

public static class SendWebhookHandler
{
    /// <summary>A delivery that fails is sent again later by the durable queue, until there is no later any more.</summary>
    public static async Task<OutgoingMessages> Handle(
        SendWebhook message, NpgsqlDataSource database, IQuerySession session, WebhookClient client, BillingSettings settings, IClock clock, CancellationToken cancel)
    {
        if (await WebhookDeliveries.FindAsync(database, message.Delivery, cancel) is not { State: WebhookDelivery.Pending } delivery)
        {
            return [];
        }

        var now = clock.GetCurrentInstant();
        var notice = await ReadNotices.FindAsync(database, delivery.Notice, cancel);
        if (notice is null || await session.LoadAsync<WebhookSubscription>(delivery.Subscription, cancel) is not { } subscription)
        {
            await WebhookDeliveries.NoteAsync(database, delivery, new WebhookAnswer(null, "the subscription was deleted"), WebhookDelivery.Failed, now, null, cancel);
            return [];
        }

        if (!await subscription.IsStandingAsync(session, now, cancel))
        {
            await WebhookDeliveries.NoteAsync(database, delivery, new WebhookAnswer(null, "who subscribed may not be told any more"), WebhookDelivery.Failed, now, null, cancel);
            return [];
        }

        var answer = await AttemptAsync(client, settings, subscription, notice, now, cancel);
        var next = answer.IsDelivered ? null : NextAttempt.After(settings, delivery.Attempts);
        var state = answer.IsDelivered ? WebhookDelivery.Delivered : next is null ? WebhookDelivery.Failed : WebhookDelivery.Pending;
        await WebhookDeliveries.NoteAsync(database, delivery, answer, state, now, NextAttempt.At(now, next), cancel);
        var messages = new OutgoingMessages();
        if (next is { } wait)
        {
            messages.Delay(message, wait);
        }

        return messages;
    }

    private static Task<WebhookAnswer> AttemptAsync(
        WebhookClient client, BillingSettings settings, WebhookSubscription subscription, Notice notice, Instant now, CancellationToken cancel)
    {
        if (WebhookClient.Refuse(subscription.Url, settings) is { } refused)
        {
            return Task.FromResult(new WebhookAnswer(null, refused));
        }

        var body = notice.Body();
        var timestamp = now.ToUnixTimeSeconds();
        return client.SendAsync(
            subscription.Url, notice.Id, timestamp, WebhookSignature.Of(subscription.SecretsAt(now), notice.Id, timestamp, body), body, cancel);
    }
}
