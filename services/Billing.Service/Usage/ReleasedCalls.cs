using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Calls;
using Billing.Rating.Invoicing;
using Billing.Service.EventLog;
using Billing.Service.Knowledge;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>
/// Suspended records on their way to the usage of their contracts: the events that record them, their rows and the limits they may reach. In the same database
/// the suspense streams are told with them, in another one they are told after them.
/// </summary>
internal sealed class ReleasedCalls(RatingKnowledge known, DateTimeOffset now)
{
    private readonly EventBuffer _events = new();
    private readonly CallRows _rows = new();
    private readonly Dictionary<(string, UsageMonth), Yen> _limits = [];

    /// <summary>How many calls are recorded.</summary>
    public int Count { get; private set; }

    public IEnumerable<UsageMonth> Months => _rows.Months;

    /// <summary>Records one; returns the stream that holds it.</summary>
    /// <param name="call">What rating made of it: a call of a contract.</param>
    public string Record(Guid suspended, CallSuspended record, in RatedCall call)
    {
        var stream = UsageStreams.Of(call.Contract!.Id, call.UsageMonth);
        var recorded = new CallRecorded(record.Call, record.Delivery, record.Line, known.No);
        var id = CallEventId.OfReleased(suspended);
        if (BillingMonth.LimitOf(call.Contract, call.UsageMonth) is { } limit)
        {
            _limits[(call.Contract.Id, call.UsageMonth)] = limit;
        }

        Append(_events, stream, id, "call_recorded.v1"u8, recorded, now);
        _rows.Add(id, recorded, known.Rater);
        Count++;
        return stream;
    }

    /// <summary>Records one and tells its suspense stream, which is in the same database.</summary>
    public void Release(Guid suspended, string suspense, CallSuspended record, in RatedCall call)
    {
        Tell(_events, suspended, suspense, Record(suspended, record, call), known.No, now);
        _rows.Released.Add((suspended, CallEventId.OfReleased(suspended)));
    }

    /// <summary>Adds to events what a suspense stream is told of a record that left it.</summary>
    public static void Tell(EventBuffer events, Guid suspended, string suspense, string usage, long known, DateTimeOffset now) =>
        Append(events, suspense, Guid.NewGuid(), "call_released.v1"u8, new CallReleased(suspended, CallEventId.OfReleased(suspended), usage, known), now);

    /// <summary>False, and nothing is written, when more is known once the streams are locked: a rerating may have passed them.</summary>
    public async Task<bool> TryWriteAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var versions = await EventAppend.LockAsync(connection, _events.Streams, _events.Counts, cancel);
        if (await KnowledgeLoader.CurrentNoAsync(connection, cancel) != known.No)
        {
            return false;
        }

        await EventAppend.WriteAsync(connection, _events, versions, cancel);
        await _rows.WriteAsync(connection, cancel);
        await LimitAlerts.RaiseAsync(connection, _limits, now.UtcDateTime, cancel);
        return true;
    }

    private static void Append<T>(EventBuffer events, string stream, Guid id, ReadOnlySpan<byte> type, T happened, DateTimeOffset now) =>
        events.Add(events.Stream(stream), id, type, JsonSerializer.SerializeToUtf8Bytes(happened, BillingStore.Json), now.ToUnixTimeMilliseconds());
}
