using NodaTime;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>One attempt at a file. <c>State</c>: complete, cut-short, rolling-back or rolled-back.</summary>
public sealed record DeliveryEntry(
    long Delivery, string File, string Sha256, int Attempt, Instant ReceivedAt, string State,
    long Rows, long Rated, long Unanswered, long Suspended, long Duplicate, long Rejected, long Joined = 0, long Waiting = 0, long Skipped = 0, string? Profile = null)
{
    public const string RolledBack = "rolled-back";

    public bool IsRolledBack => State == RolledBack;
}

/// <summary>Reads which files were received.</summary>
public static class DeliveryList
{
    private const string Columns =
        $"""
        select no, file, sha256, attempt, received_at,
          case when rolled_back_at is not null then '{DeliveryEntry.RolledBack}' when rollback_begun_at is not null then 'rolling-back'
            when completed_at is not null then 'complete' else 'cut-short' end,
          rows, rated, unanswered, suspended, duplicate, rejected, joined, waiting, skipped, profile
        from {BillingStore.Schema}.deliveries
        """;

    /// <summary>Attempts at files of other databases, some of whose calls have moved here.</summary>
    private const string Moved = Sharding.Configuration.MovedDeliveries;

    /// <summary>All attempts, oldest first.</summary>
    public static async Task<IReadOnlyList<DeliveryEntry>> ReadAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand($"{Columns} order by no", connection);
        return await ReadAsync(command, cancel);
    }

    /// <summary>A part of the attempts, newest first.</summary>
    /// <param name="before">The number of the delivery behind which the list goes on; null for the beginning.</param>
    /// <param name="name">Only files of this name.</param>
    public static async Task<List<DeliveryEntry>> PartAsync(NpgsqlDataSource database, string? name, long? before, int most, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = Part(name, before, most);
        command.Connection = connection;
        return await ReadAsync(command, cancel);
    }

    internal static NpgsqlCommand Part(string? name, long? before, int most)
    {
        var conditions = new Conditions();
        conditions.Add("no < {0}", before);
        conditions.Add("file = {0}", name);
        return conditions.Query(Columns, $"order by no desc limit {most}");
    }

    /// <summary>The attempts at one file, oldest first; none when there is no such file or more than one.</summary>
    /// <param name="file">SHA-256, a unique beginning of it, or a delivery number.</param>
    public static async Task<IReadOnlyList<DeliveryEntry>> OfFileAsync(NpgsqlConnection connection, string file, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            with asked as (
              select sha256 from {BillingStore.Schema}.deliveries where no::text = $1 or (length($1) >= 6 and starts_with(sha256, lower($1)))
              union select sha256 from {Moved} where no::text = $1 or (length($1) >= 6 and starts_with(sha256, lower($1))))
            {Columns} where sha256 in (select sha256 from asked)
            union all
            select no, file, sha256, 0, received_at, case when rolled_back_at is null then 'complete' else '{DeliveryEntry.RolledBack}' end, 0, 0, 0, 0, 0, 0, 0, 0, 0, null
            from {Moved} where sha256 in (select sha256 from asked)
            order by 1
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = file });
        var entries = await ReadAsync(command, cancel);
        return entries.DistinctBy(entry => entry.Sha256).Count() == 1 ? entries : [];
    }

    /// <summary>Attempts at other files, after a delivery, that counted records as duplicates and stand.</summary>
    public static async Task<IReadOnlyList<DeliveryEntry>> WithDuplicatesSinceAsync(NpgsqlConnection connection, DeliveryEntry delivery, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"{Columns} where no > $1 and sha256 <> $2 and rolled_back_at is null and duplicate > 0 order by no limit 10", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = delivery.Delivery });
        command.Parameters.Add(new NpgsqlParameter { Value = delivery.Sha256 });
        return await ReadAsync(command, cancel);
    }

    private static async Task<List<DeliveryEntry>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var entries = new List<DeliveryEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            entries.Add(new DeliveryEntry(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), Instant.FromDateTimeUtc(reader.GetDateTime(4)), reader.GetString(5),
                reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9), reader.GetInt64(10), reader.GetInt64(11),
                reader.GetInt64(12), reader.GetInt64(13), reader.GetInt64(14), reader.IsDBNull(15) ? null : reader.GetString(15)));
        }

        return entries;
    }
}
