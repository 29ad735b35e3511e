using System.Text.Json;
using Billing.Contracts.Events;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>A record that the log holds: what it says, and whether it was voided, so that its identity is free again.</summary>
internal readonly record struct HeldCall(ulong Content, bool IsVoided);

/// <summary>Finds which records of a batch the log holds already, and what they say.</summary>
internal static class HeldCalls
{
    private const string Find = $"select id, type, data::text from {BillingStore.Schema}.mt_events where id = any($1)";
    private const string FindVoids = $"select id from {BillingStore.Schema}.mt_events where id = any($1)";
    private const string FindRollbacks =
        $"select no, file from {BillingStore.Schema}.deliveries where rollback_begun_at is not null and rolled_back_at is null";

    /// <summary>Adds to <paramref name="held"/> the events with these ids; returns how many were found.</summary>
    /// <param name="others">The other databases over which contracts are spread: what was suspended here may have been released into one of them.</param>
    /// <exception cref="IOException">One of them is of a delivery whose roll-back was begun and is not finished.</exception>
    public static async Task<int> FindAsync(
        NpgsqlConnection connection, IReadOnlyCollection<Guid> ids, Dictionary<Guid, HeldCall> held, IReadOnlyList<NpgsqlDataSource> others, CancellationToken cancel)
    {
        var found = new Dictionary<Guid, ulong>();
        var voids = new Dictionary<Guid, Guid>();
        var deliveries = new HashSet<long>();
        await using (var command = new NpgsqlCommand(Find, connection))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = ids.ToArray() });
            var calls = new CallRecordReader();
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var (id, data) = (reader.GetGuid(0), reader.GetString(2));
                var suspended = reader.GetString(1) == EventTypes.CallRecorded ? null : JsonSerializer.Deserialize<CallSuspended>(data, BillingStore.Json)!;
                var recorded = suspended is null ? JsonSerializer.Deserialize<CallRecorded>(data, BillingStore.Json)! : null;
                found[id] = CallIdentity.Of(calls.Read(suspended?.Call ?? recorded!.Call)).Content;
                deliveries.Add(suspended?.Delivery ?? recorded!.Delivery);
                voids[CallEventId.OfVoid(id)] = id;
                if (suspended is not null)
                {
                    // once released it is voided where it was recorded
                    voids[CallEventId.OfVoid(CallEventId.OfReleased(id))] = id;
                }
            }
        }

        var voided = found.Count == 0 ? [] : await VoidedAsync(connection, voids, cancel);
        var released = voids.Where(one => one.Key == CallEventId.OfVoid(CallEventId.OfReleased(one.Value)) && !voided.Contains(one.Value)).ToDictionary();
        foreach (var other in released.Count == 0 ? [] : others)
        {
            await using var there = await other.OpenConnectionAsync(cancel);
            voided.UnionWith(await VoidedAsync(there, released, cancel));
        }

        foreach (var (id, content) in found)
        {
            held[id] = new HeldCall(content, voided.Contains(id));
        }

        if (voided.Count < found.Count)
        {
            await RefuseRollbacksAsync(connection, deliveries, cancel);
        }

        return found.Count;
    }

    private static async Task<HashSet<Guid>> VoidedAsync(NpgsqlConnection connection, Dictionary<Guid, Guid> voids, CancellationToken cancel)
    {
        var voided = new HashSet<Guid>();
        await using var command = new NpgsqlCommand(FindVoids, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = voids.Keys.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            voided.Add(voids[reader.GetGuid(0)]);
        }

        return voided;
    }

    /// <summary>What is about to be voided can not make a record a duplicate, and is not free yet either.</summary>
    private static async Task RefuseRollbacksAsync(NpgsqlConnection connection, HashSet<long> deliveries, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(FindRollbacks, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (deliveries.Contains(reader.GetInt64(0)))
            {
                throw new IOException(
                    $"the roll-back of delivery {reader.GetInt64(0)} ({reader.GetString(1)}), which holds records of this file, was begun and is not finished: finish it with billing deliveries rollback, then send the file again");
            }
        }
    }
}
