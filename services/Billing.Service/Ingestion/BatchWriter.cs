using Billing.Service.EventLog;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>
/// Writes a batch in one transaction: events, rated calls, usage, suspense, rejects, limit alerts and the counts of the
/// delivery. Everything the batch changes is committed or none of it is.
/// </summary>
internal static class BatchWriter
{
    private const string CopyRejects = $"copy {BillingStore.Schema}.rejects (delivery, line, reason, source, record_id) from stdin (format binary)";

    /// <exception cref="PostgresException">23505 on the index of event ids: a record of the batch is held already; nothing was written.</exception>
    public static async Task WriteAsync(NpgsqlConnection connection, CallBatch batch, Delivery delivery, DateTime now, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await EventAppend.WriteAsync(connection, batch.Events, cancel);
        await batch.RatedCalls.SendAsync(connection, cancel);
        await batch.Usage.ApplyAsync(connection, cancel);
        await SuspenseRows.SendAsync(batch.Suspended, connection, cancel);
        await batch.Rejects.SendAsync(connection, CopyRejects, cancel);
        await LimitAlerts.RaiseAsync(connection, batch.Limits, now, cancel);
        await Deliveries.CountAsync(connection, delivery.No, batch.Counts, batch.Raw.LastLine, cancel);
        await transaction.CommitAsync(cancel);
    }
}
