using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Disputes.Archive;

/// <summary>The disputed calls: as they were captured, and as they were rated. The other party's number is masked unless it is revealed.</summary>
public sealed class CallRecordsExhibit(NpgsqlDataSource database) : IDisputeExhibit
{
    private const string Records =
        $"select id, data from {BillingStore.Schema}.mt_events where id = any($1) and type = '{EventTypes.CallRecorded}'";

    private const string Rated =
        $"""
        select id, number, class, carrier, destination, stripped_prefix, tax_category, usage_month, answered_at, chargeable_ms, units, charge::text,
               tail_ms, tail_charge::text, tail_over_limit, tariff_version, delivery, line
        from {BillingStore.Schema}.rated_calls where usage_month = any($1) and contract = $2 and id = any($3)
        """;

    public async Task<IReadOnlyList<ArchiveFile>> FilesAsync(DisputeCase dispute, CancellationToken cancel)
    {
        var calls = dispute.Dispute.Opened.Calls;
        if (calls.Count == 0)
        {
            return [];
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var records = await RecordsAsync(connection, calls, dispute.IsRevealed, cancel);
        var rated = await RatedAsync(connection, dispute, cancel);
        return
        [
            ArchiveFile.Json("calls/records.json", calls.Where(call => records.ContainsKey(call.Event)).Select(call => records[call.Event])),
            ArchiveFile.Json("calls/rated.json", calls.Where(call => rated.ContainsKey(call.Event)).Select(call => rated[call.Event])),
        ];
    }

    private static async Task<Dictionary<Guid, CallRecorded>> RecordsAsync(
        NpgsqlConnection connection, IReadOnlyList<DisputedCall> calls, bool isRevealed, CancellationToken cancel)
    {
        var records = new Dictionary<Guid, CallRecorded>();
        await using var command = new NpgsqlCommand(Records, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = calls.Select(call => call.Event).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var recorded = JsonSerializer.Deserialize<CallRecorded>(reader.GetString(1), BillingStore.Json)!;
            records.Add(reader.GetGuid(0), isRevealed ? recorded : recorded with { Call = Masked.Call(recorded.Call) });
        }

        return records;
    }

    private static async Task<Dictionary<Guid, RatedCallRow>> RatedAsync(NpgsqlConnection connection, DisputeCase dispute, CancellationToken cancel)
    {
        var opened = dispute.Dispute.Opened;
        var rows = new Dictionary<Guid, RatedCallRow>();
        await using var command = new NpgsqlCommand(Rated, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = opened.Calls.Select(call => call.Month.FirstDay.ToDateOnly()).Distinct().ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = opened.Contract });
        command.Parameters.Add(new NpgsqlParameter { Value = opened.Calls.Select(call => call.Event).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(reader.GetGuid(0), Row(reader, opened.Calls, dispute.IsRevealed));
        }

        return rows;
    }

    private static RatedCallRow Row(NpgsqlDataReader reader, IReadOnlyList<DisputedCall> calls, bool isRevealed)
    {
        var id = reader.GetGuid(0);
        var call = calls.First(disputed => disputed.Event == id);
        var destination = Text(reader, 4);
        return new RatedCallRow(
            call.Source,
            call.RecordId,
            Text(reader, 1),
            Text(reader, 2),
            Text(reader, 3),
            destination is null || isRevealed ? destination : Masked.Number(destination),
            Text(reader, 5),
            Text(reader, 6),
            call.Month,
            Instant.FromDateTimeUtc(reader.GetDateTime(8)),
            new Seconds(reader.GetInt64(9)),
            reader.GetInt64(10),
            Yen.Parse(reader.GetString(11)),
            reader.IsDBNull(12) ? null : new Seconds(reader.GetInt64(12)),
            Text(reader, 13) is { } tail ? Yen.Parse(tail) : null,
            reader.GetBoolean(14),
            Text(reader, 15),
            reader.GetInt64(16),
            reader.GetInt64(17));
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

/// <summary>A disputed call as it is rated; the destination is masked unless it was revealed.</summary>
public sealed record RatedCallRow(
    string Source,
    string RecordId,
    string? Number,
    string? Class,
    string? Carrier,
    string? Destination,
    string? StrippedPrefix,
    string? TaxCategory,
    UsageMonth UsageMonth,
    Instant AnsweredAt,
    Seconds Chargeable,
    long Units,
    Yen Charge,
    Seconds? Tail,
    Yen? TailCharge,
    bool TailOverLimit,
    string? TariffVersion,
    long Delivery,
    long Line);
