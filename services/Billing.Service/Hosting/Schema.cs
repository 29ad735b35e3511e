using Npgsql;
using Weasel.Core.Migrations;

namespace Billing.Service.Hosting;

/// <summary>
/// The database's schema: Marten's tables, ours and the message queues'. It changes here and nowhere else. Any number of
/// processes may apply it at once: one works, the others wait and find it done. Servers of this or another version may work meanwhile: what they
/// have and this program does not know stays, and none waits longer than <see cref="LongestWait"/> for a table.
/// </summary>
public static class Schema
{
    private const int MostAttempts = 30;

    /// <summary>How long a change waits for a table before it lets those pass that came behind it; a little longer than the writing of a batch takes.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Brings the schema up to date.</summary>
    /// <param name="host">A host, started or not; it knows what the schema should be.</param>
    /// <returns>What was missing or different before, empty when nothing had to be done.</returns>
    /// <exception cref="SchemaException">A table was in use all the time.</exception>
    public static Task<IReadOnlyList<SchemaDifference>> ApplyAsync(IHost host, CancellationToken cancellation) => ApplyAsync(host, trustsMark: false, cancellation);

    /// <param name="trustsMark">True when nothing needs to be looked at if this build has applied it before.</param>
    private static async Task<IReadOnlyList<SchemaDifference>> ApplyAsync(IHost host, bool trustsMark, CancellationToken cancellation)
    {
        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await LockAsync(connection, cancellation);
        try
        {
            // whoever waited for the lock may find that the work is done
            if (trustsMark && await IsKnownAsync(database, cancellation))
            {
                return [];
            }

            var differences = new List<SchemaDifference>();
            foreach (var part in await PartsAsync(host, cancellation))
            {
                var needed = await NeededChanges.OfAsync(part, connection, cancellation);
                foreach (var (sql, inTransaction) in needed.Statements())
                {
                    await ChangeAsync(connection, sql, inTransaction, cancellation);
                }

                differences.AddRange(needed.Differences);
            }

            await LeaveRoomAsync(connection, cancellation);
            await RememberAsync(connection, cancellation);
            return differences;
        }
        finally
        {
            await using var unlock = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
            await unlock.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    /// <summary>What the database lacks or has in another form than this program expects; empty when it is as it should be.</summary>
    public static async Task<IReadOnlyList<SchemaDifference>> DifferencesAsync(IHost host, CancellationToken cancellation)
    {
        await using var connection = await host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellation);
        var differences = new List<SchemaDifference>();
        foreach (var part in await PartsAsync(host, cancellation))
        {
            differences.AddRange((await NeededChanges.OfAsync(part, connection, cancellation)).Differences);
        }

        return differences;
    }

    /// <summary>
    /// Before a command works: in production it is told to stop when the schema is not as it should be, otherwise the
    /// schema is brought up to date. One query when this program has applied or found the schema before.
    /// </summary>
    /// <exception cref="SchemaException">Production, and something is missing.</exception>
    public static async Task EnsureAsync(BillingSettings settings, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (await IsKnownAsync(database, cancellation))
        {
            return;
        }

        using var host = BillingHost.Build(settings, HostMode.OneShot);
        if (!settings.Production)
        {
            await ApplyAsync(host, trustsMark: true, cancellation);
        }
        else if (await DifferencesAsync(host, cancellation) is { Count: > 0 } differences)
        {
            throw new SchemaException(differences);
        }
    }

    /// <summary>True when this very build has applied its schema to the database.</summary>
    private static async Task<bool> IsKnownAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            select obj_description(to_regnamespace('billing'), 'pg_namespace')
            where to_regclass('billing.mt_events') is not null and to_regclass('billing_queue.wolverine_incoming_envelopes') is not null
            """);
        return await command.ExecuteScalarAsync(cancellation) is string mark && mark == Mark;
    }

    private static string Mark { get; } = string.Join(' ', [
        "schema of build",
        typeof(Schema).Module.ModuleVersionId.ToString("N"),
        typeof(Marten.IDocumentStore).Module.ModuleVersionId.ToString("N"),
        typeof(Wolverine.IMessageBus).Module.ModuleVersionId.ToString("N"),
    ]);

    /// <summary>Asks again and again: a statement that waits would keep an index from being built beside the work, and the index it.</summary>
    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended('billing.schema', 0))", connection);
        while (await command.ExecuteScalarAsync(cancellation) is not true)
        {
            await Task.Delay(Pause, cancellation);
        }
    }

    private static async Task ChangeAsync(NpgsqlConnection connection, string sql, bool inTransaction, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
                if (!inTransaction)
                {
                    await command.ExecuteNonQueryAsync(cancellation);
                    return;
                }

                await using var transaction = await connection.BeginTransactionAsync(cancellation);
                await using var limit = new NpgsqlCommand($"set local lock_timeout = {LongestWait.TotalMilliseconds:F0}", connection);
                await limit.ExecuteNonQueryAsync(cancellation);
                await command.ExecuteNonQueryAsync(cancellation);
                await transaction.CommitAsync(cancellation);
                return;
            }
            catch (PostgresException fault) when (inTransaction && fault.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                if (attempt == MostAttempts)
                {
                    throw new SchemaException($"a table is in use all the time ({fault.MessageText}): run billing db-apply again when whoever uses it has ended");
                }

                await Task.Delay(Pause * attempt, cancellation);
            }
        }
    }

    /// <summary>
    /// Pages of the tables whose rows every batch of calls changes are filled by half: a new version of a row then lies on the
    /// page of the old one, and no index has to follow it.
    /// </summary>
    private static async Task LeaveRoomAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"alter table {BillingStore.Schema}.mt_streams set (fillfactor = 50); alter table {BillingStore.Schema}.month_usage set (fillfactor = 50)", connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Leaves the build's mark at the schema; without the right to do so the next command only looks more closely.</summary>
    private static async Task RememberAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        try
        {
            await using var command = new NpgsqlCommand($"comment on schema {BillingStore.Schema} is '{Mark}'", connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
        }
    }

    private static async Task<IReadOnlyList<IDatabase>> PartsAsync(IHost host, CancellationToken cancellation)
    {
        var parts = host.Services.GetServices<IDatabase>().ToList();
        foreach (var source in host.Services.GetServices<IDatabaseSource>())
        {
            parts.AddRange(await source.BuildDatabases());
        }

        cancellation.ThrowIfCancellationRequested();
        return [.. parts.Distinct()];
    }
}

/// <summary>A table, index or function that is not as it should be.</summary>
public sealed record SchemaDifference(string Name, bool IsMissing)
{
    public override string ToString() => IsMissing ? $"{Name} is missing" : $"{Name} is not up to date";
}

/// <summary>The schema is not what this program needs, and production changes nothing by itself; or it can not be changed now.</summary>
public sealed class SchemaException(string message) : Exception(message)
{
    public SchemaException(IReadOnlyList<SchemaDifference> differences)
        : this($"the database's schema is not up to date ({string.Join(", ", differences.Take(3))}{(differences.Count > 3 ? $", {differences.Count - 3} more" : "")}): run billing db-apply")
    {
    }
}
