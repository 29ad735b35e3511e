using Billing.Contracts.Events;
using Billing.Service.Hosting;
using Billing.Service.Usage;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using NodaTime;
using Wolverine;
using Wolverine.Marten;
using Wolverine.Marten.Subscriptions;

namespace Billing.Service.Notices;

/// <summary>
/// Turns events of the log into notices, in the order of the log, and into deliveries and mails to whoever wants them. Notices, deliveries and the
/// messages that send them are committed with the mark of the subscription, so each is made exactly once, however the event was appended;
/// an error stops the subscription.
/// </summary>
public sealed class PublishNotices : BatchSubscription
{
    public const string Subscription = "notices";

    private readonly bool _toBroker;

    /// <param name="toBroker">True when each notice also goes to the broker.</param>
    public PublishNotices(bool toBroker)
        : base(Subscription)
    {
        _toBroker = toBroker;
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

        var told = await operations.QueryAsync<long>(
            $"select seq_id from {Sharding.Configuration.ToldElsewhere} where seq_id between ? and ?", cancellationToken, notices[0].No, notices[^1].No);
        notices.RemoveAll(notice => told.Contains(notice.No));

        var subscriptions = await operations.Query<WebhookSubscription>().ToListAsync(cancellationToken);
        foreach (var notice in notices)
        {
            operations.QueueSqlCommand(
                $"insert into {BillingStore.Schema}.notices (no, type, contract, at, data) values (?, ?, nullif(?, ''), ?, ?::jsonb)",
                notice.No, notice.Type, notice.Contract ?? "", notice.At.ToDateTimeOffset(), notice.Data.GetRawText());
            if (notice.Type == NoticeTypes.UsageLimitReached)
            {
                Telemetry.LimitAlerts.Add(1, new KeyValuePair<string, object?>("percent", notice.Data.GetProperty("percent").GetInt32()));
            }

            var targets = subscriptions.Where(subscription => subscription.Wants(notice)).Select(subscription => subscription.Id);
            foreach (var target in _toBroker ? targets.Append(EventExchange.Target) : targets)
            {
                var delivery = Guid.CreateVersion7(notice.At.ToDateTimeOffset());
                operations.QueueSqlCommand(
                    $"insert into {WebhookDeliveries.Table} (id, subscription, notice, type, state, created_at) values (?, ?, ?, ?, ?, ?)",
                    delivery, target, notice.No, notice.Type, WebhookDelivery.Pending, notice.At.ToDateTimeOffset());
                await bus.PublishAsync(new SendWebhook(delivery));
            }

            await MailAsync(notice, operations, bus, cancellationToken);
        }
    }

    /// <summary>A mail for each address that is told of the contract's limit.</summary>
    private static async Task MailAsync(Notice notice, IDocumentOperations operations, IMessageBus bus, CancellationToken cancel)
    {
        if (notice is not { Type: NoticeTypes.UsageLimitReached, Contract: { } contract } || notice.Data.GetProperty("percent").GetInt32() < SetLimitAlertAddresses.LeastPercent)
        {
            return;
        }

        foreach (var address in await SetLimitAlertAddresses.FindAsync(operations, contract, cancel))
        {
            var mail = Guid.CreateVersion7(notice.At.ToDateTimeOffset());
            operations.QueueSqlCommand(
                $"insert into {LimitMails.Table} (id, notice, contract, address, state, created_at) values (?, ?, ?, ?, ?, ?)",
                mail, notice.No, contract, address, LimitMail.Pending, notice.At.ToDateTimeOffset());
            await bus.PublishAsync(new SendLimitMail(mail));
        }
    }
}
