using System.Data;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>One state of the database for all queries of a transaction.</summary>
internal static class Snapshot
{
    /// <summary>
    /// Begins a transaction that sees nothing of what commits after its first query. A rebuild waits for it before it puts new
    /// tables of rated calls in place, for these would be empty to whoever still sees the state before: the lock is
    /// therefore taken before the first query.
    /// </summary>
    public static async Task<NpgsqlTransaction> BeginSnapshotAsync(this NpgsqlConnection connection, CancellationToken cancel)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        try
        {
            await using var command = new NpgsqlCommand($"lock table only {BillingStore.Schema}.rated_calls in access share mode", connection);
            await command.ExecuteNonQueryAsync(cancel);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }
}
