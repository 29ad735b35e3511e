using System.Text.Json;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Formats;
using NodaTime;
using Npgsql;
using NpgsqlTypes;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Ingestion;

/// <summary>A batch of call records that was sent over HTTP, and what became of it.</summary>
/// <param name="State"><c>accepted</c>: the body is here and waits or is being worked on; <c>complete</c>: see the receipt; <c>refused</c>: see the fault; <c>failed</c>: send it again.</param>
/// <param name="Sha256">The SHA-256 of the body: the delivery's name.</param>
/// <param name="Fault">Why it was refused, or failed.</param>
/// <param name="Profile">The name of the profile that makes cdr v1 of the body; null when it is cdr v1.</param>
/// <param name="Source">The name of the switch, in place of the profile's.</param>
public sealed record BatchReceipt(
    Guid Id, string File, string Sha256, long Bytes, Instant ReceivedAt, string State, Instant? FinishedAt = null, ReceiptDocument? Receipt = null, BatchFault? Fault = null,
    string? Profile = null, string? Source = null)
{
    public const string Accepted = "accepted";
    public const string Complete = "complete";
    public const string Refused = "refused";
    public const string Failed = "failed";

    /// <summary>Whether both are what one request asks for.</summary>
    internal bool IsSameAs(BatchReceipt other) => (Sha256, Profile, Source) == (other.Sha256, other.Profile, other.Source);

    /// <summary>The profile, null when none is named; or why there is none.</summary>
    internal (Profile? Profile, DocumentFault? Fault) FindProfile() => Profile is null ? (null, null) : NamedProfile.ReadShipped(Profile, Source);
}

/// <summary>Why a batch was not taken in, and where in it.</summary>
public sealed record BatchFault(string Path, string Reason);

/// <summary>
/// Keeps the batches in the table <c>cdr_batches</c>. A key of a client's choice names one batch of that client for good: it is stored with the
/// batch, and the unique index lets one of two requests have it.
/// </summary>
internal static class BatchReceipts
{
    private const string Columns = "id, file, sha256, bytes, received_at, state, finished_at, receipt::text, fault_path, fault, profile, source";

    public static Table Table()
    {
        var table = new Table($"{BillingStore.Schema}.cdr_batches");
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("client", "text").NotNull();
        table.AddColumn("key", "text").AllowNulls();
        table.AddColumn("file", "text").NotNull();
        table.AddColumn("sha256", "text").NotNull();
        table.AddColumn("bytes", "bigint").NotNull();
        table.AddColumn("received_at", "timestamptz").NotNull();
        table.AddColumn("state", "text").NotNull();
        table.AddColumn("finished_at", "timestamptz").AllowNulls();
        table.AddColumn("receipt", "jsonb").AllowNulls();
        table.AddColumn("fault_path", "text").AllowNulls();
        table.AddColumn("fault", "text").AllowNulls();
        table.AddColumn("profile", "text").AllowNulls();
        table.AddColumn("source", "text").AllowNulls();
        table.Indexes.Add(new IndexDefinition("ux_cdr_batches_key") { Columns = ["client", "key"], IsUnique = true, Predicate = "key is not null" });
        return table;
    }

    /// <summary>Notes a batch.</summary>
    /// <returns>The batch that the key names: this one, or the one for which the client used it first.</returns>
    public static async Task<BatchReceipt> BeginAsync(NpgsqlConnection connection, BatchReceipt batch, string client, string? key, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            insert into {BillingStore.Schema}.cdr_batches (id, client, key, file, sha256, bytes, received_at, state, profile, source)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (client, key) where key is not null do nothing
            """,
            connection);
        foreach (var value in (ReadOnlySpan<object?>)[
            batch.Id, client, key, batch.File, batch.Sha256, batch.Bytes, batch.ReceivedAt.ToDateTimeUtc(), batch.State, batch.Profile, batch.Source])
        {
            command.Parameters.Add(value is null ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } : new NpgsqlParameter { Value = value });
        }

        if (await command.ExecuteNonQueryAsync(cancel) == 1)
        {
            return batch;
        }

        await using var first = new NpgsqlCommand($"select {Columns} from {BillingStore.Schema}.cdr_batches where client = $1 and key = $2", connection);
        first.Parameters.Add(new NpgsqlParameter { Value = client });
        first.Parameters.Add(new NpgsqlParameter { Value = key });
        return (await ReadAsync(first, cancel))!;
    }

    /// <summary>The batch with that id; null when there is none.</summary>
    public static async Task<BatchReceipt?> FindAsync(NpgsqlDataSource database, Guid id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select {Columns} from {BillingStore.Schema}.cdr_batches where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return await ReadAsync(command, cancel);
    }

    /// <summary>Notes what became of a batch; the first word stands.</summary>
    public static async Task<BatchReceipt> FinishAsync(NpgsqlDataSource database, Guid id, IngestResult result, Instant now, CancellationToken cancel)
    {
        var fault = result.Refused is { } refused ? new BatchFault(refused.Path, refused.Reason) : null;
        await FinishAsync(database, id, fault is null ? BatchReceipt.Complete : BatchReceipt.Refused, result.Receipt, fault, now, cancel);
        return (await FindAsync(database, id, cancel))!;
    }

    /// <summary>Notes that a batch could not be taken in, for a reason that does not lie in it.</summary>
    public static Task FailAsync(NpgsqlDataSource database, Guid id, string reason, Instant now, CancellationToken cancel) =>
        FinishAsync(database, id, BatchReceipt.Failed, null, new BatchFault("content", reason), now, cancel);

    private static async Task FinishAsync(NpgsqlDataSource database, Guid id, string state, ReceiptDocument? receipt, BatchFault? fault, Instant now, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"""
            update {BillingStore.Schema}.cdr_batches set state = $2, receipt = $3::jsonb, fault_path = $4, fault = $5, finished_at = $6
            where id = $1 and state in ('{BatchReceipt.Accepted}', '{BatchReceipt.Failed}')
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        command.Parameters.Add(new NpgsqlParameter { Value = state });
        foreach (var text in (ReadOnlySpan<string?>)[receipt is null ? null : JsonSerializer.Serialize(receipt, BillingJson.Options), fault?.Path, fault?.Reason])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        }

        command.Parameters.Add(new NpgsqlParameter { Value = now.ToDateTimeUtc() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<BatchReceipt?> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return !await reader.ReadAsync(cancel) ? null : new BatchReceipt(
            reader.GetGuid(0),
            reader.GetString(1),
            reader.GetString(2),
            reader.GetInt64(3),
            Instant.FromDateTimeUtc(reader.GetDateTime(4)),
            reader.GetString(5),
            reader.IsDBNull(6) ? null : Instant.FromDateTimeUtc(reader.GetDateTime(6)),
            reader.IsDBNull(7) ? null : Deliveries.InOrder(JsonSerializer.Deserialize<ReceiptDocument>(reader.GetString(7), BillingJson.Options)!),
            reader.IsDBNull(9) ? null : new BatchFault(reader.GetString(8), reader.GetString(9)),
            reader.IsDBNull(10) ? null : reader.GetString(10),
            reader.IsDBNull(11) ? null : reader.GetString(11));
    }
}
