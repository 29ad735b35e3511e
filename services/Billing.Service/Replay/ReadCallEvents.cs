using System.Buffers.Binary;
using Billing.Service.EventLog;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Replay;

/// <summary>Reads call events by COPY, one row in memory at a time.</summary>
internal sealed class ReadCallEvents(NpgsqlConnection connection)
{
    private static readonly Instant DatabaseEpoch = Instant.FromUtc(2000, 1, 1, 0, 0);

    private readonly CopyReader _rows = new(columns: 6);
    private readonly StoredCalls _calls = new();

    /// <summary>Hands over the events that fulfil an SQL condition; how many they were.</summary>
    public async Task<long> ReadAsync(string condition, ITakeCalls taker, CancellationToken cancel)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync(
            $"""
            copy (select id, type, stream_id, version, timestamp, data from {BillingStore.Schema}.mt_events
            where type in ('{EventTypes.CallRecorded}', '{EventTypes.CallSuspended}') and {condition}) to stdout (format binary)
            """,
            cancel);
        _rows.Begin(stream);
        long events = 0;
        while (_rows.TryRead())
        {
            taker.Take(new LoggedCall
            {
                Id = _rows.Uuid(0),
                IsSuspended = _rows.Field(1).SequenceEqual("call_suspended.v1"u8),
                Stream = _rows.Field(2),
                Version = BinaryPrimitives.ReadInt64BigEndian(_rows.Field(3)),
                At = DatabaseEpoch.PlusNanoseconds(BinaryPrimitives.ReadInt64BigEndian(_rows.Field(4)) * 1000),
                Stored = _calls.Read(_rows.Jsonb(5)),
            });
            events++;
        }

        return events;
    }
}
