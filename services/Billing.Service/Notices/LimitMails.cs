using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.Notices;

/// <summary>A mail that tells one address that a contract reached a share of its limit (R14).</summary>
/// <param name="Notice">The number of the notice that it tells.</param>
/// <param name="State"><c>pending</c>, <c>sent</c> or <c>failed</c>: given up.</param>
/// <param name="NextAttemptAt">When it is tried again; absent when it is not.</param>
/// <param name="Error">What was in the way at the last attempt.</param>
public sealed record LimitMail(
    Guid Id, long Notice, string Contract, string Address, string State, int Attempts, Instant CreatedAt, Instant? LastAttemptAt, Instant? NextAttemptAt, string? Error)
{
    public const string Pending = "pending";
    public const string Sent = "sent";
    public const string Failed = "failed";
}

/// <summary>Keeps the mails of limit alerts.</summary>
public static class LimitMails
{
    internal const string Table = $"{BillingStore.Schema}.limit_mails";

    private const string Columns = $"select id, notice, contract, address, state, attempts, created_at, last_attempt_at, next_attempt_at, error from {Table}";

    /// <summary>The latest mails about a contract, the newest first.</summary>
    public static async Task<IReadOnlyList<LimitMail>> LatestAsync(NpgsqlDataSource database, string contract, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"{Columns} where contract = $1 order by id desc limit 50");
        command.Parameters.Add(new NpgsqlParameter { Value = contract });
        return await ReadAsync(command, cancel);
    }

    internal static async Task<LimitMail?> FindAsync(NpgsqlDataSource database, Guid id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"{Columns} where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return (await ReadAsync(command, cancel)).FirstOrDefault();
    }

    /// <summary>Notes an attempt.</summary>
    internal static async Task NoteAsync(NpgsqlDataSource database, LimitMail mail, string? error, string state, Instant now, Instant? next, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"update {Table} set attempts = attempts + 1, state = $2, error = $3, last_attempt_at = $4, next_attempt_at = $5 where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = mail.Id });
        command.Parameters.Add(new NpgsqlParameter { Value = state });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = now.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)next?.ToDateTimeUtc() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<List<LimitMail>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var mails = new List<LimitMail>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            mails.Add(new LimitMail(
                reader.GetGuid(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetInt32(5), At(6)!.Value, At(7), At(8),
                reader.IsDBNull(9) ? null : reader.GetString(9)));
        }

        return mails;

        Instant? At(int column) => reader.IsDBNull(column) ? null : Instant.FromDateTimeUtc(reader.GetDateTime(column));
    }
}
