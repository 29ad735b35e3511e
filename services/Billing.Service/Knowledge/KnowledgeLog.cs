using JasperFx;
using Marten;
using Npgsql;

namespace Billing.Service.Knowledge;

/// <summary>
/// Numbers every change of a contract, tariff or reference table, whoever makes it: a session that appends to such a stream
/// takes its turn before it writes, and in its own transaction takes the next number for each stream and notes the
/// version that the stream then has. So numbers are given in the order of commits, and none is missing.
/// </summary>
internal sealed class KnowledgeLog : DocumentSessionListenerBase
{
    public override async Task BeforeSaveChangesAsync(IDocumentSession session, CancellationToken token)
    {
        var streams = session.PendingChanges.Streams()
            .Where(stream => KnowledgeStreams.Holds(stream.Key) && stream.Events.Count > 0)
            .Select(stream => stream.Key!)
            .ToArray();
        if (streams.Length > 0)
        {
            // before any stream is touched: two writers then wait for each other here and nowhere else
            await KnowledgeTurn.TakeAsync(session, token);
            ((ITransactionParticipantRegistrar)session).AddTransactionParticipant(new Entries(streams));
        }
    }

    private sealed class Entries(string[] streams) : ITransactionParticipant
    {
        public async Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token)
        {
            await using var command = new NpgsqlCommand(
                $"""
                 with last as (
                   select greatest(clock_timestamp(), max(known_at)) as known_at
                   from (select known_at from {BillingStore.Schema}.knowledge_log order by no desc limit 1) newest),
                 turn as (
                   update {BillingStore.Schema}.knowledge_counter set no = no + cardinality(@streams) where id = 1
                   returning no - cardinality(@streams) as before)
                 insert into {BillingStore.Schema}.knowledge_log (no, stream_id, version, known_at)
                 select turn.before + changed.place, changed.id, stream.version, last.known_at
                 from turn, last, unnest(@streams) with ordinality as changed (id, place)
                 join {BillingStore.Schema}.mt_streams stream on stream.id = changed.id
                 """,
                connection,
                transaction);
            command.Parameters.AddWithValue("streams", streams);
            if (await command.ExecuteNonQueryAsync(token) != streams.Length)
            {
                throw new ConcurrencyException("A stream that was changed is not there, or it is archived.");
            }
        }
    }
}
