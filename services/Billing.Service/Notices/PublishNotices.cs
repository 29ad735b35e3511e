using Billing.Contracts.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using NodaTime;
using Wolverine;
using Wolverine.Marten;
using Wolverine.Marten.Subscriptions;

namespace Billing.Service.Notices;

/// <summary>
/// Turns events of the log into notices, in the order of the log, and into deliveries to whoever subscribed. Notices, deliveries and the
/// messages that send them are committed with the mark of the subscription, so each is made exactly once, however the event was appended;
/// an error stops the subscription.
/// </summary>
public sealed class PublishNotices : BatchSubscription
{
    public const string Subscription = "notices";

    public PublishNotices()
        : base(Subscription)
    {
        IncludeType<InvoiceIssued>();
        IncludeType<UsageLimitReached>();
        IncludeType<FileCompleted>();
    }

    public override async Task ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, IMessageBus bus, CancellationToken cancellationToken)
    {
        var notices = page.Events.Select(Notice.Of).OfType<Notice>().ToList();
        if (notices.Count == 0)
        {
            return;
        }

        var subscriptions = await operations.Query<WebhookSubscription>().ToListAsync(cancellationToken);
        foreach (var notice in notices)
        {
            operations.QueueSqlCommand(
                $"insert into {BillingStore.Schema}.notices (no, type, contract, at, data) values (?, ?, ?, ?, ?::jsonb)",
                notice.No, notice.Type, (object?)notice.Contract ?? DBNull.Value, notice.At.ToDateTimeUtc(), notice.Data.GetRawText());
            foreach (var subscription in subscriptions.Where(subscription => subscription.Wants(notice)))
            {
                var delivery = Guid.CreateVersion7(notice.At.ToDateTimeOffset());
                operations.QueueSqlCommand(
                    $"insert into {BillingStore.Schema}.webhook_deliveries (id, subscription, notice, type, state, created_at) values (?, ?, ?, ?, ?, ?)",
                    delivery, subscription.Id, notice.No, notice.Type, WebhookDelivery.Pending, notice.At.ToDateTimeUtc());
                await bus.PublishAsync(new SendWebhook(delivery));
            }
        }
    }
}
