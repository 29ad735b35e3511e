using Billing.Contracts.Events;
using Npgsql;

namespace Billing.Service.Disputes;

/// <summary>What documents have given back for calls, so that no call is given back twice. Right as long as the invoices are locked.</summary>
internal static class GivenBack
{
    private const string Upheld =
        $"""
        select call ->> 'source', call ->> 'recordId', d.document from {BillingStore.Schema}.disputes d
        join {BillingStore.Schema}.mt_events e on e.stream_id = '{DisputeRules.Prefix}' || d.id and e.type = '{Configuration.DisputeOpened}'
        cross join lateral jsonb_array_elements(e.data::jsonb -> 'calls') call
        where d.contract = any($1) and d.document is not null and (call ->> 'event')::uuid = any($2) limit 1
        """;

    private const string Corrected =
        $"select call_id, document from {BillingStore.Schema}.call_corrections where call_id = any($1) and document is not null limit 1";

    /// <summary>The first of the calls that an upheld dispute named, and the document that gave it back; null when none did.</summary>
    public static async Task<(string Call, string Document)?> ByDisputeAsync(
        NpgsqlConnection connection, string[] contracts, Guid[] calls, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Upheld, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = contracts });
        command.Parameters.Add(new NpgsqlParameter { Value = calls });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? ($"{reader.GetString(0)}/{reader.GetString(1)}", reader.GetString(2)) : null;
    }

    /// <summary>The first of disputed calls that another dispute or a correction gave back, and the document; null when none did.</summary>
    public static async Task<(string Call, string Document)?> FindAsync(NpgsqlConnection connection, DisputeOpened opened, CancellationToken cancel)
    {
        if (opened.Calls.Count == 0)
        {
            return null;
        }

        var calls = opened.Calls.Select(call => call.Event).ToArray();
        if (await ByDisputeAsync(connection, [opened.Contract], calls, cancel) is { } given)
        {
            return given;
        }

        await using var command = new NpgsqlCommand(Corrected, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = calls });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return null;
        }

        var (id, document) = (reader.GetGuid(0), reader.GetString(1));
        var call = opened.Calls.First(call => call.Event == id);
        return ($"{call.Source}/{call.RecordId}", document);
    }
}
