using Marten;
using Npgsql;
using Wolverine.Marten;

namespace Billing.Service.Notices;

/// <summary>Sends deliveries again that were given up, to webhooks and to the broker; all of them in one transaction with the messages that send them.</summary>
public sealed class SendAgain(IDocumentStore store, IMartenOutbox outbox)
{
    /// <param name="ids">Which ones; null for all.</param>
    /// <returns>The ids of those that will be sent.</returns>
    public async Task<IReadOnlyList<Guid>> RunAsync(IReadOnlyCollection<Guid>? ids, CancellationToken cancel)
    {
        await using var session = store.LightweightSession();
        outbox.Enroll(session);
        await session.BeginTransactionAsync(cancel);
        var begun = await WebhookDeliveries.BeginGivenUpAgainAsync((NpgsqlConnection)session.Connection!, ids, cancel);
        foreach (var id in begun)
        {
            await outbox.PublishAsync(new SendWebhook(id));
        }

        await session.SaveChangesAsync(cancel);
        return begun;
    }
}
