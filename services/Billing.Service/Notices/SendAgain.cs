using Marten;
using Npgsql;
using NpgsqlTypes;
using Wolverine.Marten;

namespace Billing.Service.Notices;

/// <summary>Sends deliveries again that were given up, to webhooks and to the broker; all of them in one transaction with the messages that send them.</summary>
public sealed class SendAgain(IDocumentStore store, IMartenOutbox outbox)
{
    private const string Begin =
        $"""
        update {BillingStore.Schema}.webhook_deliveries set state = '{WebhookDelivery.Pending}', attempts = 0, next_attempt_at = null
        where state = '{WebhookDelivery.Failed}' and ($1::uuid[] is null or id = any($1)) returning id
        """;

    /// <param name="ids">Which ones; null for all.</param>
    /// <returns>The ids of those that will be sent.</returns>
    public async Task<IReadOnlyList<Guid>> RunAsync(IReadOnlyCollection<Guid>? ids, CancellationToken cancel)
    {
        await using var session = store.LightweightSession();
        outbox.Enroll(session);
        await session.BeginTransactionAsync(cancel);
        var begun = await BeginAsync((NpgsqlConnection)session.Connection!, ids, cancel);
        foreach (var id in begun)
        {
            await outbox.PublishAsync(new SendWebhook(id));
        }

        await session.SaveChangesAsync(cancel);
        return begun;
    }

    private static async Task<List<Guid>> BeginAsync(NpgsqlConnection connection, IReadOnlyCollection<Guid>? ids, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Begin, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)ids?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        var begun = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            begun.Add(reader.GetGuid(0));
        }

        return begun;
    }
}
