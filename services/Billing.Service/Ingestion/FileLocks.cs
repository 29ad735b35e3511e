using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>
/// Who works on files at a time. A file is one process's; any number of files are taken in side by side, but none while a delivery is
/// rolled back: whether a record is a duplicate must not change under the file that is read. The locks end with their connection, which
/// is therefore not a pooled one.
/// </summary>
internal static class FileLocks
{
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
        await using var command = new NpgsqlCommand("select pg_advisory_lock(hashtextextended($1, 1))", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = $"{BillingStore.Schema}.profile.{profile}" });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<NpgsqlConnection> TakeAsync(NpgsqlDataSource database, string sha256, string lockIngest, CancellationToken cancel)
    {
        NpgsqlConnection connection;
        await using (var pooled = await database.OpenConnectionAsync(cancel))
        {
            connection = pooled.CloneWith(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        }

        try
        {
            await connection.OpenAsync(cancel);
            foreach (var (take, name) in new[] { ("pg_advisory_lock", Deliveries.StreamOf(sha256)), (lockIngest, Ingest) })
            {
                await using var command = new NpgsqlCommand($"select {take}(hashtextextended($1, 0))", connection) { CommandTimeout = 0 };
                command.Parameters.Add(new NpgsqlParameter { Value = name });
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
}
