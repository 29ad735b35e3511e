using Billing.Contracts;
using Billing.Service.Hosting.Refusals;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>
/// Brings what a shard knows up to what the main database knows: the events of contracts, tariffs and reference under their own numbers and instants, and which
/// contract is where. So a number of knowledge means the same in all databases, and a call is rated and replayed alike wherever it is. One transaction; repeated it changes nothing.
/// </summary>
internal static class InformShard
{
    private const string Schema = BillingStore.Schema;

    private const string EventColumns = "id, stream_id, version, data, type, timestamp, mt_dotnet_type, is_archived";

    /// <summary>All shards; the main database, which is the first, knows.</summary>
    public static async Task AllAsync(IReadOnlyList<Shard> all, CancellationToken cancel)
    {
        foreach (var shard in all.Skip(1))
        {
            await RunAsync(all[0].Database, shard.Database, cancel);
        }
    }

    /// <returns>The number of the last change that the shard knows now.</returns>
    public static async Task<long> RunAsync(NpgsqlDataSource main, NpgsqlDataSource shard, CancellationToken cancel)
    {
        await using var from = await main.OpenConnectionAsync(cancel);
        await using var to = await shard.OpenConnectionAsync(cancel);

        // one look at the main database: a change that commits meanwhile is in all that is read, or in none of it
        await using var looking = await from.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var (known, changed) = await LatestAsync(from, cancel);
        if (await LatestAsync(to, cancel) == (known, changed))
        {
            return known;
        }

        await using var transaction = await to.BeginTransactionAsync(cancel);
        var before = await TakeTurnAsync(to, cancel);
        if (before > known)
        {
            // whoever looked later may have been here first
            await using var anew = await main.OpenConnectionAsync(cancel);
            if ((await LatestAsync(anew, cancel)).Known >= before)
            {
                return before;
            }

            throw new RefusedException(new Refusal("§1", $"the shard knows change {before} and the main database only {known}: it is not a shard of this one, or one of them was restored"));
        }

        await AssertSameHistoryAsync(from, to, before, cancel);
        if (before < known)
        {
            await KnowledgeAsync(from, to, before, cancel);
        }

        await PlacesAsync(from, to, cancel);
        await transaction.CommitAsync(cancel);
        return known;
    }

    /// <exception cref="RefusedException">The shard's history is not that of the main database.</exception>
    public static async Task AssertFitsAsync(NpgsqlDataSource main, NpgsqlDataSource shard, CancellationToken cancel)
    {
        await using var from = await main.OpenConnectionAsync(cancel);
        await using var to = await shard.OpenConnectionAsync(cancel);
        await AssertSameHistoryAsync(from, to, (await LatestAsync(to, cancel)).Known, cancel);
    }

    private static async Task<(long Known, long Changed)> LatestAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select (select coalesce(max(no), 0) from {Schema}.knowledge_log), (select coalesce(max(changed), 0) from {Configuration.ContractShards})", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Whoever informs the same shard waits here and finds it done.</summary>
    private static async Task<long> TakeTurnAsync(NpgsqlConnection to, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            insert into {Schema}.knowledge_counter (id, no) values (1, 0) on conflict do nothing;
            select no from {Schema}.knowledge_counter where id = 1 for update
            """, to)
        { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The last change that both know must be one and the same.</summary>
    private static async Task AssertSameHistoryAsync(NpgsqlConnection from, NpgsqlConnection to, long no, CancellationToken cancel)
    {
        const string Entry = $"select stream_id || ' ' || version || ' ' || extract(epoch from known_at) from {Schema}.knowledge_log where no = $1";
        if (no > 0 && await EntryAsync(from) != await EntryAsync(to))
        {
            throw new RefusedException(new Refusal("§1", $"change {no} of what is known is not the same in the shard and in the main database: one of them was restored to another time"));
        }

        async Task<string?> EntryAsync(NpgsqlConnection connection)
        {
            await using var command = new NpgsqlCommand(Entry, connection);
            command.Parameters.Add(new NpgsqlParameter { Value = no });
            return (string?)await command.ExecuteScalarAsync(cancel);
        }
    }

    private static async Task KnowledgeAsync(NpgsqlConnection from, NpgsqlConnection to, long before, CancellationToken cancel)
    {
        await CopyRows.ExecuteAsync(to,
            $"""
            create temp table news on commit drop as select * from {Schema}.knowledge_log with no data;
            create temp table happened on commit drop as select seq_id, {EventColumns} from {Schema}.mt_events with no data;
            create temp table entries on commit drop as select * from {Schema}.number_entries with no data;
            create temp table terms on commit drop as select * from {Schema}.contract_terms with no data
            """, cancel);
        var fresh = $"select distinct stream_id from {Schema}.knowledge_log where no > {before}";
        await CopyRows.SendAsync(from, $"select no, stream_id, version, known_at from {Schema}.knowledge_log where no > {before}", to, "news (no, stream_id, version, known_at)", cancel);
        await CopyRows.SendAsync(from,
            $"""
            select e.seq_id, {string.Join(", ", EventColumns.Split(", ").Select(column => $"e.{column}"))}
            from (select stream_id, max(version) as version, (select coalesce(max(b.version), 0) from {Schema}.knowledge_log b where b.stream_id = l.stream_id and b.no <= {before}) as known
                  from {Schema}.knowledge_log l where no > {before} group by stream_id) s
            cross join lateral (select * from {Schema}.mt_events e where e.stream_id = s.stream_id and e.version > s.known and e.version <= s.version order by e.version offset 0) e
            """, to, $"happened (seq_id, {EventColumns})", cancel);
        foreach (var (table, temporary) in new[] { ("number_entries", "entries"), ("contract_terms", "terms") })
        {
            await CopyRows.TableAsync(from, $"{Schema}.{table}", $"stream_id in ({fresh})", to, temporary, cancel);
        }

        await CopyRows.ExecuteAsync(to,
            $"""
            insert into {Schema}.mt_streams (id, version, timestamp, created)
            select stream_id, max(version), max(timestamp), min(timestamp) from happened group by stream_id
            on conflict (id) do update set version = excluded.version, timestamp = excluded.timestamp;
            insert into {Schema}.mt_events (seq_id, {EventColumns})
            select nextval('{Schema}.mt_events_sequence'), {EventColumns} from (select * from happened order by seq_id offset 0) e;
            insert into {Schema}.knowledge_log (no, stream_id, version, known_at) select no, stream_id, version, known_at from news;
            update {Schema}.knowledge_counter set no = (select max(no) from news) where id = 1;
            delete from {Schema}.number_entries where stream_id in (select stream_id from news);
            insert into {Schema}.number_entries select * from entries;
            delete from {Schema}.contract_terms where stream_id in (select stream_id from news);
            insert into {Schema}.contract_terms select * from terms
            """, cancel);
    }

    private static async Task PlacesAsync(NpgsqlConnection from, NpgsqlConnection to, CancellationToken cancel)
    {
        await using var last = new NpgsqlCommand($"select coalesce(max(changed), 0) from {Configuration.ContractShards}", to);
        var changed = (long)(await last.ExecuteScalarAsync(cancel))!;
        await CopyRows.ExecuteAsync(to, $"create temp table places on commit drop as select contract, shard, moving_to, changed from {Configuration.ContractShards} with no data", cancel);
        await CopyRows.SendAsync(from, $"select contract, shard, moving_to, changed from {Configuration.ContractShards} where changed > {changed}", to, "places", cancel);
        await CopyRows.ExecuteAsync(to,
            $"""
            insert into {Configuration.ContractShards} (contract, shard, moving_to, changed) select contract, shard, moving_to, changed from places
            on conflict (contract) do update set shard = excluded.shard, moving_to = excluded.moving_to, changed = excluded.changed
            """, cancel);
    }
}
