using JasperFx;
using Npgsql;
using Weasel.Core;
using Weasel.Core.Migrations;

namespace Billing.Service.Hosting;

/// <summary>
/// The database's schema: Marten's tables, ours and the message queues'. It changes here and nowhere else. Any number of
/// processes may apply it at once: one works, the others wait and find it done.
/// </summary>
public static class Schema
{
    /// <summary>Brings the schema up to date.</summary>
    /// <param name="host">A host, started or not; it knows what the schema should be.</param>
    /// <returns>What was missing or different before, empty when nothing had to be done.</returns>
    public static Task<IReadOnlyList<SchemaDifference>> ApplyAsync(IHost host, CancellationToken cancellation) => ApplyAsync(host, isTold: true, cancellation);

    /// <param name="isTold">False when nobody asks for the differences, which take as long to find as to mend.</param>
    private static async Task<IReadOnlyList<SchemaDifference>> ApplyAsync(IHost host, bool isTold, CancellationToken cancellation)
    {
        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await LockAsync(connection, cancellation);
        try
        {
            // whoever waited for the lock may find that the work is done
            if (!isTold && await IsKnownAsync(database, cancellation))
            {
                return [];
            }

            var differences = isTold ? await DifferencesAsync(host, cancellation) : [];
            foreach (var part in await PartsAsync(host, cancellation))
            {
                await part.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate, ct: cancellation);
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
        var differences = new List<SchemaDifference>();
        foreach (var part in await PartsAsync(host, cancellation))
        {
            var migration = await part.CreateMigrationAsync(cancellation);
            differences.AddRange(migration.Deltas
                .Where(delta => delta.Difference != SchemaPatchDifference.None && delta.SchemaObject.Identifier.Name != "Schemas")
                .Select(delta => new SchemaDifference(delta.SchemaObject.Identifier.QualifiedName, delta.Difference == SchemaPatchDifference.Create)));
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
            await ApplyAsync(host, isTold: false, cancellation);
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

    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_lock(hashtextextended('billing.schema', 0))", connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
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

/// <summary>The schema is not what this program needs, and production changes nothing by itself.</summary>
public sealed class SchemaException(IReadOnlyList<SchemaDifference> differences)
    : Exception($"the database's schema is not up to date ({string.Join(", ", differences.Take(3))}{(differences.Count > 3 ? $", {differences.Count - 3} more" : "")}): run billing db-apply");
