using Billing.Contracts;
using Billing.Service.Ingestion;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>What moved with a contract.</summary>
/// <param name="Digest">Of the events as they were read and as they were written: SHA-256 over their ids, streams, versions and contents.</param>
public sealed record ContractMoved(string Contract, string From, string To, long Events, long Calls, string Digest);

/// <summary>
/// Moves a contract from one database to another: the events of its usage, invoices and disputes as they are, and the rows of the read tables that were made of them. First
/// all of it is written there, where it counts for nothing yet; then, in one transaction, it goes from here and the place of the contract changes; then everybody is told.
/// Cut short anywhere, the same command goes on. Files wait meanwhile, and so do writers of the database that the contract leaves.
/// </summary>
public sealed class MoveContract(Shards shards, TimeProvider clock)
{
    private const string Schema = BillingStore.Schema;

    public async Task<(ContractMoved? Moved, Refusal? Refusal)> RunAsync(string contract, string to, CancellationToken cancel)
    {
        var all = await shards.RequireAsync(cancel);
        if (all.SingleOrDefault(shard => shard.Name == to) is not { } target)
        {
            return (null, new Refusal("§1", $"there is no shard {to}: {string.Join(", ", all.Select(shard => shard.Name))}"));
        }

        // whoever takes a file in ends first; who comes then finds the contract in its new place
        await using var guard = await FileLocks.ForRollbackAsync(shards.Main, "move", cancel);
        var places = await ContractPlaces.LoadAsync(all, cancel);
        if (places.Find(contract) is not { } place)
        {
            return (null, new Refusal("§1", $"there is no contract {contract}"));
        }

        var unfinished = await MovingToAsync(guard, contract, cancel);
        if (unfinished is { } begun && begun != target.No)
        {
            return (null, new Refusal("§1", $"{contract} is on its way to {all.Single(shard => shard.No == begun).Name}: end that move first"));
        }

        if (place == target.No && unfinished is null)
        {
            return (null, new Refusal("§1", $"{contract} is in {to} already"));
        }

        // the main database notes the new place when the contract leaves it, the other ones when they are told
        var source = all.Single(shard => shard.No == (place == target.No ? 0 : place));
        var moved = unfinished is null ? null : await LeftAsync(contract, source, target, cancel);
        if (moved is null)
        {
            if (await UnfinishedFileAsync(guard, cancel) is { } file)
            {
                return (null, new Refusal("§1", $"{file} was not taken in to its end: send it again first, or its rows would go astray"));
            }

            await PlaceAsync(guard, all, contract, place, movingTo: target.No, cancel);
            moved = await CopyAsync(contract, source, target, guard, cancel);
        }

        await PlaceAsync(guard, all, contract, target.No, movingTo: null, cancel);
        return (moved, null);
    }

    /// <summary>What left when the contract did, if only the news of it was cut short: the books of the database that it left say so.</summary>
    private static async Task<ContractMoved?> LeftAsync(string contract, Shard source, Shard target, CancellationToken cancel)
    {
        await using var command = source.Database.CreateCommand(
            $"""
            select m.direction = 'out' and m.shard = $2, m.events, m.calls, m.digest from {Configuration.MovedCalls} m
            where m.contract = $1 and m.direction in ('in', 'out') order by m.moved_at desc limit 1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = contract });
        command.Parameters.Add(new NpgsqlParameter { Value = target.No });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) && reader.GetBoolean(0)
            ? new ContractMoved(contract, source.Name, target.Name, reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3))
            : null;
    }

    private async Task<ContractMoved> CopyAsync(string contract, Shard source, Shard target, NpgsqlConnection main, CancellationToken cancel)
    {
        await using var from = await source.Database.OpenConnectionAsync(cancel);
        await using var to = await target.Database.OpenConnectionAsync(cancel);
        await using var leaving = await from.BeginTransactionAsync(cancel);
        await CopyRows.ExecuteAsync(from, $"lock table {Schema}.mt_streams in share row exclusive mode", cancel);
        await ContractData.ListStreamsAsync(from, contract, cancel);
        var before = await ContractData.DigestAsync(from, cancel);
        var months = await ContractData.MonthsAsync(from, cancel);
        await new MonthPartitions(target.Database).EnsureAsync(months, cancel);

        var move = Guid.NewGuid();
        await using (var arriving = await to.BeginTransactionAsync(cancel))
        {
            await CopyRows.ExecuteAsync(to, "set local billing.moving = 'on'", cancel);
            await RemoveAsync(to, contract, cancel);
            await ContractData.CopyAsync(from, to, contract, cancel);
            await MovedDeliveries.NoteAsync(from, ContractData.DeliveriesOfCalls, to, cancel);
            await ContractData.ListStreamsAsync(to, contract, cancel);
            var after = await ContractData.DigestAsync(to, cancel);
            if (after != before)
            {
                throw new InvalidOperationException($"{contract}: what was written to {target.Name} is not what was read from {source.Name}; nothing was moved");
            }

            await NoteAsync(to, move, "in", contract, source.No, before, cancel);
            await arriving.CommitAsync(cancel);
        }

        // from here on it is there; what is left is to take it from here
        await NoteAsync(from, move, "out", contract, target.No, before, cancel);
        await RouteAsync(from, main, target.No, cancel);
        await CopyRows.ExecuteAsync(from, $"insert into {Configuration.MovedDisputes} (id) select id from {Schema}.disputes where contract = {CopyRows.Quoted(contract)} on conflict do nothing", cancel);
        await ContractData.DeleteAsync(from, contract, cancel);
        await SetPlaceAsync(from, contract, target.No, cancel);
        await leaving.CommitAsync(cancel);
        return new ContractMoved(contract, source.Name, target.Name, before.Events, before.Calls, before.Digest);
    }

    /// <summary>What an earlier try has written there, which counted for nothing.</summary>
    private static async Task RemoveAsync(NpgsqlConnection to, string contract, CancellationToken cancel)
    {
        await ContractData.ListStreamsAsync(to, contract, cancel);
        await ContractData.DeleteAsync(to, contract, cancel);
        await CopyRows.ExecuteAsync(to,
            $"""
            delete from {Configuration.MovedCalls} i where i.contract = {CopyRows.Quoted(contract)} and i.direction = 'in' and i.move =
              (select move from {Configuration.MovedCalls} l where l.contract = i.contract and l.direction in ('in', 'out') order by moved_at desc, direction limit 1)
            """, cancel);
    }

    /// <summary>Copies of the records that leave are to be found where these are now. Whose record went elsewhere when it first came keeps that place.</summary>
    private static async Task RouteAsync(NpgsqlConnection from, NpgsqlConnection main, int shard, CancellationToken cancel)
    {
        await CopyRows.ExecuteAsync(main, "drop table if exists moved; create temp table moved (id uuid)", cancel);
        await CopyRows.SendAsync(from, $"select id from {Schema}.mt_events where stream_id in (select id from leaving) and type = '{EventTypes.CallRecorded}'", main, "moved", cancel);
        await CopyRows.ExecuteAsync(main, $"update {Configuration.RecordShards} r set shard = {shard} from moved m where r.id = m.id", cancel);
    }

    /// <summary>
    /// How many of the calls rows of this database's files had become, in its own books: those that left suspense were counted as suspended. What is noted later has
    /// the later time, whatever the clock of the machine says: the books tell by it what happened last.
    /// </summary>
    private async Task NoteAsync(NpgsqlConnection connection, Guid move, string direction, string contract, int shard, ContractContents contents, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            insert into {Configuration.MovedCalls} (move, direction, contract, shard, calls, accepted, events, digest, moved_at)
            select @move, @direction, @contract, @shard, @calls,
              (select count(*) from {Schema}.mt_events e where e.stream_id in (select id from leaving) and e.type = '{EventTypes.CallRecorded}'
                 and not exists (select from {Schema}.suspense s where s.released_as = e.id)), @events, @digest,
              greatest(@now, (select max(moved_at) + interval '1 microsecond' from {Configuration.MovedCalls} where contract = @contract))
            """, connection)
        { CommandTimeout = 0 };
        command.Parameters.AddWithValue("move", move);
        command.Parameters.AddWithValue("direction", direction);
        command.Parameters.AddWithValue("contract", contract);
        command.Parameters.AddWithValue("shard", shard);
        command.Parameters.AddWithValue("calls", contents.Calls);
        command.Parameters.AddWithValue("events", contents.Events);
        command.Parameters.AddWithValue("digest", contents.Digest);
        command.Parameters.AddWithValue("now", clock.GetUtcNow().UtcDateTime);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<string?> UnfinishedFileAsync(NpgsqlConnection guard, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select file from {Configuration.RoutedFiles} where completed_at is null order by begun_at limit 1", guard);
        return (string?)await command.ExecuteScalarAsync(cancel);
    }

    private static async Task<int?> MovingToAsync(NpgsqlConnection guard, string contract, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select moving_to from {Configuration.ContractShards} where contract = $1", guard);
        command.Parameters.Add(new NpgsqlParameter { Value = contract });
        return await command.ExecuteScalarAsync(cancel) as int?;
    }

    /// <summary>Says in the main database where a contract is, and then in all.</summary>
    private static async Task PlaceAsync(NpgsqlConnection guard, IReadOnlyList<Shard> all, string contract, int shard, int? movingTo, CancellationToken cancel)
    {
        await using var transaction = await guard.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(
            $"""
            select pg_advisory_xact_lock(hashtextextended('{Configuration.ContractShards}', 0));
            update {Configuration.ContractShards} set shard = @shard, moving_to = @moving, changed = (select max(changed) + 1 from {Configuration.ContractShards}) where contract = @contract
            """, guard);
        command.Parameters.AddWithValue("contract", contract);
        command.Parameters.AddWithValue("shard", shard);
        command.Parameters.Add(new NpgsqlParameter("moving", NpgsqlTypes.NpgsqlDbType.Integer) { Value = (object?)movingTo ?? DBNull.Value });
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        await InformShard.AllAsync(all, cancel);
    }

    /// <summary>In the database that the contract leaves, with what it leaves behind.</summary>
    private static Task SetPlaceAsync(NpgsqlConnection from, string contract, int shard, CancellationToken cancel) =>
        CopyRows.ExecuteAsync(from, $"update {Configuration.ContractShards} set shard = {shard} where contract = {CopyRows.Quoted(contract)}", cancel);
}
