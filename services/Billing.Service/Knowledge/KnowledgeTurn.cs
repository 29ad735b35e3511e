using Billing.Contracts;
using Billing.Service.Hosting.Refusals;
using JasperFx;
using Marten;
using Npgsql;

namespace Billing.Service.Knowledge;

/// <summary>
/// The turn to change what is known. It is held by one transaction at a time, from <see cref="TakeAsync"/> to the commit or
/// rollback, so whoever holds it sees everything known before, and a rule across contracts that holds then still
/// holds at the commit (R58).
/// </summary>
internal static class KnowledgeTurn
{
    /// <summary>An import of ten thousand contracts keeps its turn for seconds; whoever comes meanwhile waits.</summary>
    private const int LongestWaitSeconds = 600;

    /// <summary>Starts the session's transaction, waits for the turn and returns the number of the latest change.</summary>
    public static async Task<long> TakeAsync(IDocumentSession session, CancellationToken cancellation)
    {
        await session.BeginTransactionAsync(cancellation);
        await using var command = new NpgsqlCommand(
            $"""
             insert into {BillingStore.Schema}.knowledge_counter (id, no) values (1, 0) on conflict do nothing;
             select no, (select name from {Sharding.Configuration.ThisShard}) from {BillingStore.Schema}.knowledge_counter where id = 1 for update
             """,
            session.Connection)
        {
            CommandTimeout = LongestWaitSeconds,
        };
        long seen;
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            seen = reader.GetInt64(0);
            if (!await reader.IsDBNullAsync(1, cancellation))
            {
                throw new RefusedException(new Refusal("§1", $"this is the shard {reader.GetString(1)}: contracts, tariffs and reference are changed in the main database"));
            }
        }

        ((ITransactionParticipantRegistrar)session).AddTransactionParticipant(new StillHeld(seen));
        return seen;
    }

    /// <summary>
    /// The store repeats a transaction that the server rolled back, and with it the turn was lost: the repeat counts only
    /// when nothing became known in between.
    /// </summary>
    private sealed class StillHeld(long seen) : ITransactionParticipant
    {
        public async Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token)
        {
            await using var command = new NpgsqlCommand(
                $"select no from {BillingStore.Schema}.knowledge_counter where id = 1 for update", connection, transaction);
            if (await command.ExecuteScalarAsync(token) is not long no || no != seen)
            {
                throw new ConcurrencyException("Something else became known while this change was being decided.");
            }
        }
    }
}
