using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>A row that could not be read. Source and record id are as captured, cut at 256 bytes.</summary>
/// <param name="Field">What a profile could not make a field of; null otherwise.</param>
/// <param name="Detail">What was wrong with it.</param>
public sealed record RejectedRow(long Delivery, long Line, string Reason, string Source, string RecordId, string? Field = null, string? Detail = null);

/// <summary>Reads the rejects of a file.</summary>
public static class Rejects
{
    /// <param name="file">SHA-256, a unique beginning of it, or a delivery number.</param>
    /// <returns>Null when there is no such file or more than one.</returns>
    public static async Task<IReadOnlyList<RejectedRow>?> ReadAsync(NpgsqlDataSource database, string file, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var find = new NpgsqlCommand(
            $"select no, sha256 from {BillingStore.Schema}.deliveries where no::text = $1 or (length($1) >= 6 and starts_with(sha256, lower($1))) order by attempt", connection);
        find.Parameters.Add(new NpgsqlParameter { Value = file });
        var deliveries = new List<(long No, string Sha256)>();
        await using (var reader = await find.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                deliveries.Add((reader.GetInt64(0), reader.GetString(1)));
            }
        }

        return deliveries.Select(delivery => delivery.Sha256).Distinct().Count() == 1
            ? await ReadAsync(connection, deliveries[^1].No, cancel)
            : null;
    }

    /// <summary>The delivery whose rejects are those of a file: its last attempt; null when there is no such file or more than one.</summary>
    /// <param name="file">SHA-256, a unique beginning of it, or a delivery number.</param>
    public static async Task<long?> DeliveryOfAsync(NpgsqlDataSource database, string file, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await DeliveryList.OfFileAsync(connection, file, cancel)) is [.., var last] ? last.Delivery : null;
    }

    /// <summary>A part of the rejects of a delivery, by line.</summary>
    /// <param name="after">The line behind which to go on; 0 for the beginning.</param>
    public static async Task<List<RejectedRow>> PartAsync(NpgsqlDataSource database, long delivery, long after, int most, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return [.. await ReadAsync(connection, "delivery = $1 and line > $2", $"limit {most}", [delivery, after], cancel)];
    }

    /// <summary>The rows of one source and record id.</summary>
    internal static Task<IReadOnlyList<RejectedRow>> OfAsync(NpgsqlConnection connection, string source, string recordId, CancellationToken cancel) =>
        ReadAsync(connection, "source = $1 and record_id = $2", "", [source, recordId], cancel);

    private static Task<IReadOnlyList<RejectedRow>> ReadAsync(NpgsqlConnection connection, long delivery, CancellationToken cancel) =>
        ReadAsync(connection, "delivery = $1", "", [delivery], cancel);

    private static async Task<IReadOnlyList<RejectedRow>> ReadAsync(NpgsqlConnection connection, string which, string limit, object[] values, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select delivery, line, reason, source, record_id, nullif(field, ''), nullif(detail, '') from {BillingStore.Schema}.rejects where {which} order by delivery, line {limit}", connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        var rows = new List<RejectedRow>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(new RejectedRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetString(6)));
        }

        return rows;
    }
}
