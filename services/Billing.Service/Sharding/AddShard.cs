using Billing.Contracts;
using Billing.Service.Hosting;
using Billing.Service.Ingestion;
using JasperFx;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>
/// Adds a database to those over which contracts are spread. With the first one the main database becomes one of several: its contracts and records keep their
/// place. May be repeated: a shard that was added is brought up to date.
/// </summary>
public sealed class AddShard(BillingSettings settings, Shards shards, TimeProvider clock)
{
    private const string Existing =
        $"""
        insert into {Configuration.ContractShards} (contract, shard, changed)
        select distinct substr(stream_id, 10), 0, 1 from {BillingStore.Schema}.knowledge_log where starts_with(stream_id, 'contract-') on conflict do nothing
        """;

    /// <summary>The records that the main database holds, voided ones too: a copy of one must find it there.</summary>
    private const string ExistingRecords =
        $"""
        insert into {Configuration.RecordShards} (id, shard)
        select id, 0 from {BillingStore.Schema}.mt_events where type in ('call_recorded.v1', 'call_suspended.v1') on conflict do nothing
        """;

    /// <param name="address">The connection string of an empty database, or of a shard that was added before.</param>
    /// <param name="takesContracts">Whether contracts without a place may get one there.</param>
    public async Task<(Shard? Shard, Refusal? Refusal)> RunAsync(string name, string address, bool takesContracts, CancellationToken cancel)
    {
        if (name.Length is 0 or > 40 || name == Shards.MainName || name.Any(letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-'))
        {
            return (null, new Refusal("§1", $"'{name}' is no name of a shard: small letters, digits and -, at most 40, not {Shards.MainName}"));
        }

        if (!DatabaseAddress.IsValid(address))
        {
            return (null, new Refusal("§1", "the shard's address is no connection string"));
        }

        await using (var connection = await shards.Main.OpenConnectionAsync(cancel))
        {
            if ((await ShardPlace.OfAsync(connection, cancel)).RefuseInShard("shards are added") is { } refusal)
            {
                return (null, refusal);
            }
        }

        await using var database = BillingHost.CreateDataSource(settings.OfShard(address), HostMode.OneShot);
        if (await IsMainAsync(database, cancel))
        {
            return (null, new Refusal("§1", "this is the main database itself: a shard is another database"));
        }

        await Schema.EnsureAsync(settings.OfShard(address), database, cancel);
        if (await RefuseAsync(database, name, address, cancel) is { } unfit)
        {
            return (null, unfit);
        }

        // whoever takes a file in or moves a contract ends first, and sees the shard then
        await using var guard = await FileLocks.ForRollbackAsync(shards.Main, "shards", cancel);
        var no = await EnterAsync(name, takesContracts, cancel);
        await shards.Tenancy.TenantDatabase.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate, ct: cancel);
        await shards.Tenancy.AddDatabaseRecordAsync(name, address);
        await BecomeAsync(database, no, name, cancel);
        var added = (await shards.ListAsync(cancel)).Single(shard => shard.No == no);
        await InformShard.RunAsync(shards.Main, added.Database, cancel);
        return (added, null);
    }

    /// <summary>Whether an address leads to the main database, under whatever host name: a lock that is held there can not be had then.</summary>
    private async Task<bool> IsMainAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        var drawn = Random.Shared.NextInt64();
        await using var main = await shards.Main.OpenConnectionAsync(cancel);
        await using var held = await main.BeginTransactionAsync(cancel);
        await using var hold = new NpgsqlCommand($"select pg_advisory_xact_lock({drawn})", main);
        await hold.ExecuteNonQueryAsync(cancel);
        await using var take = database.CreateCommand($"select pg_try_advisory_xact_lock({drawn})");
        return await take.ExecuteScalarAsync(cancel) is false;
    }

    /// <summary>A shard begins empty, or is this one.</summary>
    private async Task<Refusal?> RefuseAsync(NpgsqlDataSource database, string name, string address, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var place = await ShardPlace.OfAsync(connection, cancel);
        if (place.Name is { } other)
        {
            if (other != name)
            {
                return new Refusal("§1", $"the database is the shard {other} already");
            }

            await using var entered = shards.Main.CreateCommand($"select exists (select from {Configuration.Shards} where no = $1 and name = $2)");
            entered.Parameters.Add(new NpgsqlParameter { Value = place.No });
            entered.Parameters.Add(new NpgsqlParameter { Value = name });
            if (await entered.ExecuteScalarAsync(cancel) is not true)
            {
                return new Refusal("§1", $"the database is a shard {name} of another main database");
            }

            await InformShard.AssertFitsAsync(shards.Main, database, cancel);
            return null;
        }

        // the address of a shard may change, but what it holds must be there
        if ((await Shards.OfEachAsync(settings, cancel)).Any(known => known.Name == name && known.Settings.Database != address))
        {
            return new Refusal("§1", $"there is a shard {name} already, and this is not its database");
        }

        await using var command = new NpgsqlCommand(
            $"select exists (select from {BillingStore.Schema}.knowledge_log) or exists (select from {BillingStore.Schema}.deliveries) or exists (select from {Configuration.Shards})", connection);
        return (bool)(await command.ExecuteScalarAsync(cancel))! ? new Refusal("§1", "the database is not empty: a shard begins with nothing") : null;
    }

    /// <summary>The shard's number in the main database, whose own place is noted first.</summary>
    private async Task<int> EnterAsync(string name, bool takesContracts, CancellationToken cancel)
    {
        await using var connection = await shards.Main.OpenConnectionAsync(cancel);
        var isFirst = !(await ShardPlace.OfAsync(connection, cancel)).IsSpread;
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(
            $"""
            lock table {Configuration.Shards} in exclusive mode;
            insert into {Configuration.Shards} (no, name, takes_contracts, added_at) values (0, '{Shards.MainName}', true, @now) on conflict do nothing;
            insert into {Configuration.Shards} (no, name, takes_contracts, added_at) select max(no) + 1, @name, @takes, @now from {Configuration.Shards}
            on conflict (name) do update set takes_contracts = excluded.takes_contracts;
            """, connection)
        { CommandTimeout = 0 };
        command.Parameters.AddWithValue("name", name);
        command.Parameters.AddWithValue("takes", takesContracts);
        command.Parameters.AddWithValue("now", clock.GetUtcNow().UtcDateTime);
        await command.ExecuteNonQueryAsync(cancel);
        await using var read = new NpgsqlCommand($"select no from {Configuration.Shards} where name = $1", connection);
        read.Parameters.Add(new NpgsqlParameter { Value = name });
        var no = (int)(await read.ExecuteScalarAsync(cancel))!;
        if (isFirst)
        {
            // once the lock is had, all that was written before is seen
            await using var first = new NpgsqlCommand($"lock table {BillingStore.Schema}.mt_streams in share row exclusive mode; {Existing}; {ExistingRecords}; {Configuration.Awake}", connection) { CommandTimeout = 0 };
            await first.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
        return no;
    }

    private static async Task BecomeAsync(NpgsqlDataSource database, int no, string name, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand($"insert into {Configuration.ThisShard} (no, name) values ($1, $2) on conflict do nothing", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = no });
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        await command.ExecuteNonQueryAsync(cancel);
        await using var wake = new NpgsqlCommand(Configuration.Awake, connection);
        await wake.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }
}
