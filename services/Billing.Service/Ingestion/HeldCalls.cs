using System.Text.Json;
using Billing.Contracts.Events;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>Finds which records of a batch the log holds already, and what they say.</summary>
internal static class HeldCalls
{
    private const string Find = $"select id, type, data::text from {BillingStore.Schema}.mt_events where id = any($1)";

    /// <summary>Adds to <paramref name="held"/> the contents of the events with these ids; returns how many were found.</summary>
    public static async Task<int> FindAsync(NpgsqlConnection connection, IReadOnlyCollection<Guid> ids, Dictionary<Guid, ulong> held, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Find, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = ids.ToArray() });
        var calls = new CallRecordReader();
        var found = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var data = reader.GetString(2);
            var call = reader.GetString(1) == EventTypes.CallRecorded
                ? JsonSerializer.Deserialize<CallRecorded>(data, BillingStore.Json)!.Call
                : JsonSerializer.Deserialize<CallSuspended>(data, BillingStore.Json)!.Call;
            held[reader.GetGuid(0)] = CallIdentity.Of(calls.Read(call)).Content;
            found++;
        }

        return found;
    }
}
