using System.Text.Json;
using Billing.Contracts.Events;
using Billing.Service;
using Npgsql;

namespace Billing.Bench.Ratios;

/// <summary>
/// The call events that a file of calls became, kept outside the database in COPY's binary form, to be written again by a
/// plain COPY.
/// </summary>
internal sealed class EventFile(string folder)
{
    private const string Columns = "seq_id, id, stream_id, version, data, type, timestamp, is_archived";
    private const string IsCall = "type like 'call\\_%' or type = 'usage_limit_reached.v1'";

    private readonly string _events = Path.Combine(folder, "events.copy");
    private readonly string _streams = Path.Combine(folder, "streams.copy");

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    public async Task SaveAsync(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using (var count = new NpgsqlCommand($"select count(*) from billing.mt_events where {IsCall}", connection) { CommandTimeout = 0 })
        {
            Count = (long)(await count.ExecuteScalarAsync())!;
        }

        await ToFileAsync(connection, $"select {Columns} from billing.mt_events where {IsCall} order by seq_id", _events);
        await ToFileAsync(connection, "select id, version, timestamp, created from billing.mt_streams where id ~ '^(usage|unassigned|suspense)-'", _streams);
    }

    /// <summary>An identical table beside the real one, its streams filled in: with all keys, indexes and the foreign key.</summary>
    public async Task PrepareAsync(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var create = new NpgsqlCommand(
            """
            create table billing.plain_events (like billing.mt_events including all);
            alter table billing.plain_events add foreign key (stream_id) references billing.mt_streams (id) on delete cascade
            """,
            connection);
        await create.ExecuteNonQueryAsync();
        await FromFileAsync(connection, "billing.mt_streams (id, version, timestamp, created)", _streams);
    }

    /// <summary>The plain COPY, in one transaction.</summary>
    public async Task CopyAsync(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        await FromFileAsync(connection, $"billing.plain_events ({Columns})", _events);
    }

    /// <summary>The calls recorded first, as objects with their streams.</summary>
    public static async Task<List<(string Stream, CallRecorded Recorded)>> LoadAsync(NpgsqlDataSource database, int count)
    {
        var calls = new List<(string, CallRecorded)>(count);
        await using var command = database.CreateCommand($"select stream_id, data from billing.mt_events where type = 'call_recorded.v1' order by seq_id limit {count}");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            calls.Add((reader.GetString(0), JsonSerializer.Deserialize<CallRecorded>(reader.GetFieldValue<byte[]>(1), BillingStore.Json)!));
        }

        return calls;
    }

    /// <summary>Reads every recorded call back as an object, and nothing else; how many there are.</summary>
    public static async Task<long> ReadAsync(NpgsqlDataSource database)
    {
        long read = 0;
        await using var command = database.CreateCommand("select data from billing.mt_events where type = 'call_recorded.v1' order by seq_id");
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            read += JsonSerializer.Deserialize<CallRecorded>(reader.GetFieldValue<byte[]>(0), BillingStore.Json)!.Line > 0 ? 1 : 0;
        }

        return read;
    }

    private static async Task ToFileAsync(NpgsqlConnection connection, string query, string path)
    {
        await using var file = File.Create(path);
        await using var copy = await connection.BeginRawBinaryCopyAsync($"copy ({query}) to stdout (format binary)");
        await copy.CopyToAsync(file);
    }

    private static async Task FromFileAsync(NpgsqlConnection connection, string table, string path)
    {
        await using var file = File.OpenRead(path);
        await using var copy = await connection.BeginRawBinaryCopyAsync($"copy {table} from stdin (format binary)");
        await file.CopyToAsync(copy, 1 << 20);
    }
}
