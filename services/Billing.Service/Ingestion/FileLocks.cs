using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>
/// Who works on files at a time. A file is one process's; any number of files are taken in side by side, but none while a delivery is
/// rolled back: whether a record is a duplicate must not change under the file that is read. The locks end with their connection, which
/// is therefore not a pooled one.
/// </summary>
internal static class FileLocks
{
    /// <summary>The server asks after a silent machine and lets its locks go after a minute, not after hours.</summary>
    private const string GiveUpTheDead = "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3";

    private const string Ingest = $"{BillingStore.Schema}.ingest";

    /// <summary>Waits for the file, and for roll-backs to end.</summary>
    public static Task<NpgsqlConnection> ForIngestAsync(NpgsqlDataSource database, string sha256, CancellationToken cancel) =>
        TakeAsync(database, sha256, "pg_advisory_lock_shared", cancel);

    /// <summary>Waits for the file, and for all files that are taken in; those that come then wait.</summary>
    public static Task<NpgsqlConnection> ForRollbackAsync(NpgsqlDataSource database, string sha256, CancellationToken cancel) =>
        TakeAsync(database, sha256, "pg_advisory_lock", cancel);

    /// <summary>Waits until no other file of a profile that joins rows is taken in; held until the connection ends.</summary>
    public static async Task TakeProfileAsync(NpgsqlConnection connection, string profile, CancellationToken cancel)
    {
        await using var command = Locking("select pg_advisory_lock(hashtextextended($1, 1))", $"{BillingStore.Schema}.profile.{profile}", connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>True when no other process is at a watched file of that name, wherever it lies; held until it is released or the connection ends.</summary>
    public static async Task<bool> TryTakeWatchedAsync(NpgsqlConnection connection, string name, CancellationToken cancel)
    {
        await using var command = Locking("select pg_try_advisory_lock(hashtextextended($1, 2))", name, connection);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <inheritdoc cref="TryTakeWatchedAsync"/>
    public static async Task ReleaseWatchedAsync(NpgsqlConnection connection, string name, CancellationToken cancel)
    {
        await using var command = Locking("select pg_advisory_unlock(hashtextextended($1, 2))", name, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A connection of its own, with which its locks end.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        NpgsqlConnection connection;
        await using (var pooled = await database.OpenConnectionAsync(cancel))
        {
            connection = pooled.CloneWith(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        }

        try
        {
            await connection.OpenAsync(cancel);
            await using var command = new NpgsqlCommand(GiveUpTheDead, connection);
            await command.ExecuteNonQueryAsync(cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<NpgsqlConnection> TakeAsync(NpgsqlDataSource database, string sha256, string lockIngest, CancellationToken cancel)
    {
        var connection = await OpenAsync(database, cancel);
        try
        {
            foreach (var (take, name) in new[] { ("pg_advisory_lock", Deliveries.StreamOf(sha256)), (lockIngest, Ingest) })
            {
                await using var command = Locking($"select {take}(hashtextextended($1, 0))", name, connection);
                await command.ExecuteNonQueryAsync(cancel);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static NpgsqlCommand Locking(string sql, string name, NpgsqlConnection connection) =>
        new(sql, connection) { CommandTimeout = 0, Parameters = { new NpgsqlParameter { Value = name } } };
}
