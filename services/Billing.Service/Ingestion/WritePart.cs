using Billing.Service.EventLog;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>
/// Writes a part of a batch in one transaction: events, rated calls, usage, suspense, rejects, limit alerts and the counts of the
/// delivery. Everything the part changes is committed or none of it is.
/// </summary>
internal static class WritePart
{
    private const string CopyRejects = $"copy {BillingStore.Schema}.rejects (delivery, line, reason, source, record_id, field, detail) from stdin (format binary)";

    /// <summary>False, and nothing written, when more is known by now than the part was built with.</summary>
    /// <exception cref="PostgresException">23505 on the index of event ids: a record of the part is held already; nothing was written.</exception>
    public static async Task<bool> TryWriteAsync(NpgsqlConnection connection, BatchPart part, long lastLine, DateTime now, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var versions = await EventAppend.LockAsync(connection, part.Events.Streams, part.Events.Counts, cancel);
        if (await KnowledgeLoader.CurrentNoAsync(connection, cancel) != part.Context.Known)
        {
            return false;
        }

        await EventAppend.WriteAsync(connection, part.Events, versions, cancel);
        await part.RatedCalls.SendAsync(connection, cancel);
        await part.Usage.ApplyAsync(connection, cancel);
        await SuspenseRows.SendAsync(part.Suspended, connection, cancel);
        await part.Rejects.SendAsync(connection, CopyRejects, cancel);
        await CallHalves.WriteAsync(connection, part, now, cancel);
        await LimitAlerts.RaiseAsync(connection, part.Limits, now, cancel);
        await Deliveries.CountAsync(connection, part.Context.Delivery, part.Counts, part.No, lastLine, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
