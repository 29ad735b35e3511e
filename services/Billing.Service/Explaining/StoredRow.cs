using Billing.Contracts;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.Explaining;

/// <summary>What the read tables say of a stored record.</summary>
internal sealed class StoredRow(NpgsqlConnection connection, CancellationToken cancel)
{
    private const string Columns =
        """
        outcome, contract, number, class, carrier, destination, stripped_prefix, tax_category, chargeable_ms, units, charge::text,
        tail_ms, tail_charge::text, tail_over_limit, tariff_version
        """;

    private const string OfContract =
        $"select {Columns} from {BillingStore.Schema}.rated_calls where usage_month = $1 and contract = $2 and answered_at = any($3) and id = $4";

    private const string OfNobody =
        $"select {Columns} from {BillingStore.Schema}.rated_calls where usage_month = $1 and contract is null and $2::text is null and answered_at = any($3) and id = $4";

    private const string UsagePrefix = "usage-";
    private const int MonthLength = 7;

    /// <summary>The contract and month of the stream that holds a call; no contract when nobody holds its number.</summary>
    public static (string? Contract, UsageMonth Month) OwnerOf(string stream)
    {
        var month = UsageMonth.Parse(stream[^MonthLength..]);
        return stream.StartsWith(UsagePrefix, StringComparison.Ordinal) ? (stream[UsagePrefix.Length..^(MonthLength + 1)], month) : (null, month);
    }

    /// <summary>The row of a recorded call; null when there is none.</summary>
    /// <param name="answered">The instants under which it may be listed.</param>
    public async Task<CallResult?> FindAsync(StoredRecord record, params IReadOnlyList<Instant> answered)
    {
        var (contract, month) = OwnerOf(record.Stream);
        await using var command = new NpgsqlCommand(contract is null ? OfNobody : OfContract, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)contract ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = answered.Select(at => at.ToDateTimeUtc()).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = record.Id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Read(reader, month) : null;
    }

    private static CallResult Read(NpgsqlDataReader reader, UsageMonth month) => new(
        reader.GetString(0), null, Text(reader, 1), Text(reader, 2), month, Text(reader, 3), Text(reader, 4), Text(reader, 5), Text(reader, 6), Text(reader, 7),
        new Seconds(reader.GetInt64(8)), reader.GetInt64(9), Yen.Parse(reader.GetString(10)),
        reader.IsDBNull(11) ? null : new Seconds(reader.GetInt64(11)), reader.IsDBNull(12) ? null : Yen.Parse(reader.GetString(12)),
        reader.GetBoolean(13), Text(reader, 14));

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
