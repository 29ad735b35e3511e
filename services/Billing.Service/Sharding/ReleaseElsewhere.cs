using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Calls;
using Billing.Service.EventLog;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>A record in suspense, with the stream that holds it.</summary>
internal sealed record SuspendedRecord(Guid Id, string Stream, CallSuspended Suspended);

/// <summary>
/// Releases suspended records of one shard that are charged to contracts of another: recorded there first, then noted here as released. Cut short between the two they
/// are still suspended here, and the next release finds them recorded there: the id of what a record becomes follows from its own.
/// </summary>
internal sealed class ReleaseElsewhere(NpgsqlDataSource here, Shard there, TimeProvider clock)
{
    public async Task<long> RunAsync(IReadOnlyList<SuspendedRecord> records, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await here.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        // held until it is noted: whoever voids one of them, or releases it as well, waits
        var waiting = await LockAsync(connection, records, cancel);
        var recorded = await RecordAsync(connection, [.. records.Where(record => waiting.Contains(record.Id))], now, cancel);
        await NoteAsync(connection, recorded, now, cancel);
        await transaction.CommitAsync(cancel);
        return recorded.Count;
    }

    /// <summary>Those that are still suspended.</summary>
    private static async Task<HashSet<Guid>> LockAsync(NpgsqlConnection connection, IReadOnlyList<SuspendedRecord> records, CancellationToken cancel) =>
        await IdsAsync(connection, $"select id from {BillingStore.Schema}.suspense where id = any($1) and released_as is null order by id for update", records.Select(record => record.Id), cancel);

    /// <summary>Those that are recorded in the other shard now, under what numbers of knowledge.</summary>
    private async Task<List<(SuspendedRecord Record, string Stream, long Known)>> RecordAsync(
        NpgsqlConnection suspended, IReadOnlyList<SuspendedRecord> records, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await there.Database.OpenConnectionAsync(cancel);
        while (true)
        {
            var known = await there.Knowledge.CurrentAsync(connection, cancel);
            var held = await HeldAsync(connection, records, cancel);
            var calls = new ReleasedCalls(known, now);
            var reader = new CallRecordReader();
            var result = new List<(SuspendedRecord, string, long)>();
            RatedCall call = default;
            foreach (var record in records)
            {
                var row = reader.Read(record.Suspended.Call);
                known.Rater.Rate(row.Facts, ref call);
                if (call.Outcome == Outcome.Suspended || call.Contract is null)
                {
                    continue; // more is known by now
                }

                if (held.Contains(record.Id) && !held.Contains(CallEventId.OfVoid(record.Id)))
                {
                    continue; // a copy of what was recorded there itself: it moved there with its contract
                }

                result.Add((record, held.Contains(CallEventId.OfReleased(record.Id))
                    ? UsageStreams.Of(call.Contract.Id, call.UsageMonth)
                    : calls.Record(record.Id, record.Suspended, call), known.No));
            }

            await new MonthPartitions(there.Database).EnsureAsync(calls.Months, cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            if (!await calls.TryWriteAsync(connection, cancel))
            {
                continue;
            }

            await CountAsync(connection, calls.Count, now, cancel);
            await MovedDeliveries.NoteAsync(suspended, $"select unnest('{{{string.Join(',', result.Select(one => one.Item1.Suspended.Delivery).Distinct())}}}'::bigint[])", connection, cancel);
            await transaction.CommitAsync(cancel);
            return result;
        }
    }

    private static async Task NoteAsync(NpgsqlConnection connection, IReadOnlyList<(SuspendedRecord Record, string Stream, long Known)> recorded, DateTimeOffset now, CancellationToken cancel)
    {
        var events = new EventBuffer();
        foreach (var ((id, suspense, _), stream, known) in recorded)
        {
            ReleasedCalls.Tell(events, id, suspense, stream, known, now);
        }

        await EventAppend.WriteAsync(connection, events, cancel);
        await SuspenseRows.ReleaseAsync([.. recorded.Select(one => (one.Record.Id, CallEventId.OfReleased(one.Record.Id)))], connection, cancel);
    }

    /// <summary>What the other shard has of them: as released, as recorded before their contract moved there, as voided since.</summary>
    private static async Task<HashSet<Guid>> HeldAsync(NpgsqlConnection connection, IReadOnlyList<SuspendedRecord> records, CancellationToken cancel) =>
        await IdsAsync(connection, $"select id from {BillingStore.Schema}.mt_events where id = any($1)",
            records.SelectMany(record => (Guid[])[CallEventId.OfReleased(record.Id), record.Id, CallEventId.OfVoid(record.Id)]), cancel);

    private static async Task<HashSet<Guid>> IdsAsync(NpgsqlConnection connection, string query, IEnumerable<Guid> asked, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(query, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = asked.ToArray() });
        var ids = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    /// <summary>The calls count as ones that came from another shard: no row of a file of that database became them.</summary>
    private static async Task CountAsync(NpgsqlConnection connection, int calls, DateTimeOffset now, CancellationToken cancel)
    {
        if (calls == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            $"""
            insert into {Configuration.MovedCalls} (move, direction, contract, shard, calls, accepted, events, digest, moved_at)
            values (gen_random_uuid(), 'released', '', coalesce((select no from {Configuration.ThisShard}), 0), $1, $1, $1, '', $2)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = (long)calls });
        command.Parameters.Add(new NpgsqlParameter { Value = now.UtcDateTime });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
