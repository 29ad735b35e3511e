using System.Diagnostics;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Service.EventLog;
using Billing.Service.Sharding;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>One attempt at taking a file in.</summary>
/// <param name="Profile">What makes calls of its rows; null when it is cdr v1.</param>
internal sealed record Delivery(long No, string File, string Sha256, int Attempt, Profile? Profile);

/// <summary>Files by their bytes: <c>delivery-{sha256}</c> streams and the table <c>deliveries</c>.</summary>
internal static class Deliveries
{
    public const string RolledBack = "delivery_rolled_back.v1";

    private const string Table = $"{BillingStore.Schema}.deliveries";

    public static string StreamOf(string sha256) => $"delivery-{sha256}";

    /// <summary>The receipt of the first attempt that took the file in completely and stands; null when there is none.</summary>
    public static async Task<ReceiptDocument?> CompletedAsync(NpgsqlConnection connection, string sha256, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select receipt::text from {Table} where sha256 = $1 and completed_at is not null and rolled_back_at is null order by attempt limit 1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = sha256 });
        return await command.ExecuteScalarAsync(cancel) is string receipt ? InOrder(JsonSerializer.Deserialize<ReceiptDocument>(receipt, BillingJson.Options)!) : null;
    }

    /// <summary>The database keeps members in an order of its own; a receipt names its reasons in theirs.</summary>
    internal static ReceiptDocument InOrder(ReceiptDocument receipt) => receipt with
    {
        Reasons = new ReasonCountsDocument
        {
            Suspended = new SortedDictionary<string, long>(receipt.Reasons.Suspended.ToDictionary(), StringComparer.Ordinal),
            Rejected = new SortedDictionary<string, long>(receipt.Reasons.Rejected.ToDictionary(), StringComparer.Ordinal),
        },
    };

    /// <summary>
    /// Begins an attempt: a number of its own, and <c>FileReceived</c>. The span in which it begins is kept with it (W3C Trace Context), so that those of invoices can
    /// lead to it.
    /// </summary>
    public static async Task<Delivery> BeginAsync(NpgsqlConnection connection, string file, string sha256, Profile? profile, DateTime now, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(
            $"""
            select pg_advisory_xact_lock(hashtextextended('{Table}', 0));
            insert into {Table} (no, sha256, attempt, file, received_at, trace, profile, profile_document)
            select (select coalesce(max(no), {ShardPlace.NumbersOfAShard} * (select no from {Sharding.Configuration.ThisShard}), 0) + 1 from {Table}), @sha, (select coalesce(max(attempt), 0) + 1 from {Table} where sha256 = @sha), @file, @now, @trace, @profile, @document::jsonb
            returning no, attempt
            """,
            connection);
        command.Parameters.AddWithValue("sha", sha256);
        command.Parameters.AddWithValue("file", file);
        command.Parameters.AddWithValue("now", now);
        command.Parameters.Add(new NpgsqlParameter<string?>("trace", Activity.Current is { Recorded: true, Id: { } span } ? span : null));
        command.Parameters.Add(new NpgsqlParameter<string?>("profile", profile?.Name));
        command.Parameters.Add(new NpgsqlParameter<string?>("document", profile is null ? null : JsonSerializer.Serialize(profile.Document, BillingJson.Options)));
        Delivery delivery;
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            await reader.NextResultAsync(cancel);
            await reader.ReadAsync(cancel);
            delivery = new Delivery(reader.GetInt64(0), file, sha256, reader.GetInt32(1), profile);
        }

        await AppendAsync(connection, sha256, "file_received.v1", new FileReceived(delivery.No, file, sha256, delivery.Attempt), now, cancel);
        await transaction.CommitAsync(cancel);
        return delivery;
    }

    /// <summary>Adds a part of a batch to the counts; <paramref name="lastLine"/> tells later whether this part of it was committed.</summary>
    public static async Task CountAsync(NpgsqlConnection connection, long no, ReceiptCounts counts, int part, long lastLine, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            update {Table} set rows = rows + $2, rated = rated + $3, unanswered = unanswered + $4, suspended = suspended + $5,
              duplicate = duplicate + $6, rejected = rejected + $7, joined = joined + $8, waiting = waiting + $9, skipped = skipped + $10,
              last_lines[$11] = $12 where no = $1
            """,
            connection);
        foreach (var value in (ReadOnlySpan<long>)[no, counts.Rows, counts.Count(Outcome.Rated), counts.Count(Outcome.Unanswered),
            counts.Count(Outcome.Suspended), counts.Count(Outcome.Duplicate), counts.Count(Outcome.Rejected), counts.Joined, counts.Waiting, counts.Skipped])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        command.Parameters.Add(new NpgsqlParameter { Value = part + 1 });
        command.Parameters.Add(new NpgsqlParameter { Value = lastLine });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The last line of the last batch whose part of this number was committed.</summary>
    public static async Task<long> LastLineAsync(NpgsqlConnection connection, long no, int part, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select coalesce(last_lines[$2], 0) from {Table} where no = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = no });
        command.Parameters.Add(new NpgsqlParameter { Value = part + 1 });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Ends an attempt: the receipt is final, and <c>FileCompleted</c> says so.</summary>
    public static async Task CompleteAsync(NpgsqlConnection connection, Delivery delivery, ReceiptDocument receipt, DateTime now, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(
            $"update {Table} set completed_at = $2, receipt = $3::jsonb where no = $1 and completed_at is null", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = delivery.No });
        command.Parameters.Add(new NpgsqlParameter { Value = now });
        command.Parameters.Add(new NpgsqlParameter { Value = JsonSerializer.Serialize(receipt, BillingJson.Options) });
        if (await command.ExecuteNonQueryAsync(cancel) == 1)
        {
            await AppendAsync(connection, delivery.Sha256, "file_completed.v1", new FileCompleted(delivery.No, receipt), now, cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    /// <summary>Notes that the attempts at a file are being rolled back: until that is finished, what they hold makes nothing a duplicate.</summary>
    public static Task BeginRollbackAsync(NpgsqlConnection connection, string sha256, DateTime now, CancellationToken cancel) => UpdateAsync(
        connection, $"update {Table} set rollback_begun_at = coalesce(rollback_begun_at, $2) where sha256 = $1 and rolled_back_at is null", sha256, now, cancel);

    /// <summary>True when a roll-back was begun and is not finished. None begins while files are taken in.</summary>
    public static async Task<bool> IsAnyRollbackUnfinishedAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select exists (select from {Table} where rollback_begun_at is not null and rolled_back_at is null)", connection);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Ends a roll-back that left calls on issued invoices: the attempts stand.</summary>
    public static Task LeaveRollbackAsync(NpgsqlConnection connection, string sha256, CancellationToken cancel) => UpdateAsync(
        connection, $"update {Table} set rollback_begun_at = null where sha256 = $1 and rolled_back_at is null", sha256, null, cancel);

    /// <summary>Ends a roll-back that left nothing, and <c>DeliveryRolledBack</c> says so.</summary>
    public static async Task CompleteRollbackAsync(NpgsqlConnection connection, string sha256, DeliveryRolledBack happened, DateTime now, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await UpdateAsync(connection, $"update {Table} set rolled_back_at = $2 where sha256 = $1 and rolled_back_at is null", sha256, now, cancel);
        await UpdateAsync(connection, $"update {Sharding.Configuration.MovedDeliveries} set rolled_back_at = $2 where sha256 = $1 and rolled_back_at is null", sha256, now, cancel);
        await CallHalves.RollBackAsync(connection, sha256, cancel);
        await AppendAsync(connection, sha256, RolledBack, happened, now, cancel);
        await transaction.CommitAsync(cancel);
    }

    private static async Task UpdateAsync(NpgsqlConnection connection, string sql, string sha256, DateTime? now, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = sha256 });
        if (now is { } at)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = at });
        }

        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task AppendAsync<T>(NpgsqlConnection connection, string sha256, string type, T body, DateTime now, CancellationToken cancel)
    {
        var events = new EventBuffer();
        events.Add(events.Stream(StreamOf(sha256)), Guid.NewGuid(), System.Text.Encoding.ASCII.GetBytes(type),
            JsonSerializer.SerializeToUtf8Bytes(body, BillingStore.Json), new DateTimeOffset(now).ToUnixTimeMilliseconds());
        await EventAppend.WriteAsync(connection, events, cancel);
    }
}
