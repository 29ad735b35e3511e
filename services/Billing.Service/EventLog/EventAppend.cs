using Npgsql;

namespace Billing.Service.EventLog;

/// <summary>
/// The bulk append: writes events straight into Marten's tables inside the caller's transaction, so that Marten fetches,
/// folds, projects and appends after them as after its own. The order matters: streams first (their row locks keep versions
/// dense whoever races), sequence numbers as late as can be (a gap of a rolled-back draw makes the daemon wait), then the rows.
/// </summary>
public static class EventAppend
{
    private const string CopyEvents =
        $"copy {BillingStore.Schema}.mt_events (seq_id, version, id, stream_id, data, type, timestamp, is_archived) from stdin (format binary)";

    private const string LockStreams =
        $"""
        insert into {BillingStore.Schema}.mt_streams as s (id, version, timestamp, created)
        select u.id, u.n, now(), now() from unnest($1::varchar[], $2::bigint[]) with ordinality as u(id, n, o) order by u.o
        on conflict (id) do update set version = s.version + excluded.version, timestamp = excluded.timestamp
          where not coalesce(s.is_archived, false)
        returning s.id, s.version
        """;

    private const string DrawSequence =
        $"select array_agg(nextval('{BillingStore.Schema}.mt_events_sequence')) from generate_series(1, $1)";

    /// <summary>
    /// Makes room for <paramref name="counts"/> events on each stream and locks the streams until the transaction ends;
    /// returns the version before. New streams begin at 0.
    /// </summary>
    /// <exception cref="InvalidOperationException">A stream is archived.</exception>
    public static async Task<long[]> LockAsync(NpgsqlConnection connection, IReadOnlyList<string> streams, IReadOnlyList<long> counts, CancellationToken cancel)
    {
        if (streams.Count == 0)
        {
            return [];
        }

        // one order for everybody, or two batches could wait for each other
        var order = Enumerable.Range(0, streams.Count).OrderBy(i => streams[i], StringComparer.Ordinal).ToArray();
        await using var command = new NpgsqlCommand(LockStreams, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = order.Select(i => streams[i]).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = order.Select(i => counts[i]).ToArray() });
        var after = new Dictionary<string, long>(streams.Count, StringComparer.Ordinal);
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                after.Add(reader.GetString(0), reader.GetInt64(1));
            }
        }

        var before = new long[streams.Count];
        for (var i = 0; i < before.Length; i++)
        {
            before[i] = after.TryGetValue(streams[i], out var version)
                ? version - counts[i]
                : throw new InvalidOperationException($"Stream {streams[i]} is archived: its retention has ended.");
        }

        return before;
    }

    /// <summary>Locks the buffer's streams and writes its events.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, EventBuffer events, CancellationToken cancel) =>
        await WriteAsync(connection, events, await LockAsync(connection, events.Streams, events.Counts, cancel), cancel);

    /// <summary>Writes events whose streams were locked by <see cref="LockAsync"/>, in the buffer's order of streams.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, EventBuffer events, long[] lastVersions, CancellationToken cancel)
    {
        if (events.Count == 0)
        {
            return;
        }

        await using var draw = new NpgsqlCommand(DrawSequence, connection);
        draw.Parameters.Add(new NpgsqlParameter { Value = events.Count });
        var sequence = (long[])(await draw.ExecuteScalarAsync(cancel))!;
        await CopyBuffer.SendAsync(connection, CopyEvents, events.Number(sequence, lastVersions), cancel);
    }
}
