using Billing.Contracts;
using Billing.Rating;
using Billing.Rating.Records;
using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>Rows of <c>suspense</c> on their way in.</summary>
internal static class SuspenseRows
{
    public static void Add(CopyBuffer rows, Guid id, string stream, in CdrRow row, SuspenseReason reason, UsageMonth month, long delivery, long line)
    {
        rows.BeginRow(8);
        rows.Uuid(id);
        rows.Text(stream);
        rows.Text(row.Source);
        rows.Text(row.RecordId);
        rows.Text(Words.Of(reason));
        rows.Date(Tokyo.DayNumber(month.FirstDay));
        rows.BigInt(delivery);
        rows.BigInt(line);
    }

    /// <param name="table">Where to; a rebuild fills a table of its own first.</param>
    public static Task SendAsync(CopyBuffer rows, NpgsqlConnection connection, CancellationToken cancel, string table = $"{BillingStore.Schema}.suspense") =>
        rows.SendAsync(connection, $"copy {table} (id, stream_id, source, record_id, reason, month, delivery, line) from stdin (format binary)", cancel);

    /// <summary>Takes records out that were voided while they were suspended; returns how many were not there.</summary>
    public static async Task<long> RemoveAsync(IReadOnlyCollection<Guid> voided, NpgsqlConnection connection, CancellationToken cancel)
    {
        if (voided.Count == 0)
        {
            return 0;
        }

        await using var command = new NpgsqlCommand($"delete from {BillingStore.Schema}.suspense where id = any($1)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = voided.ToArray() });
        return voided.Count - await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Notes as which events suspended records were recorded.</summary>
    public static async Task ReleaseAsync(IReadOnlyList<(Guid Suspended, Guid Recorded)> released, NpgsqlConnection connection, CancellationToken cancel)
    {
        if (released.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            $"update {BillingStore.Schema}.suspense s set released_as = r.recorded from unnest($1::uuid[], $2::uuid[]) as r(suspended, recorded) where s.id = r.suspended",
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = released.Select(pair => pair.Suspended).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = released.Select(pair => pair.Recorded).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
