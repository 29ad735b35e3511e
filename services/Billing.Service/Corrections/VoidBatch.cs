using System.Text.Json;
using Billing.Contracts.Events;
using Billing.Service.EventLog;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>Voids many calls in the caller's transaction, which has locked their streams: rows out, events in, each in a few statements.</summary>
internal static class VoidBatch
{
    /// <exception cref="InvalidDataException">A call is not among the rated calls; nothing must be committed.</exception>
    public static async Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<FoundCall> calls, Dictionary<string, long> versions, CorrectionGrounds grounds, DateTimeOffset now, CancellationToken cancel)
    {
        if (calls.Count == 0)
        {
            return;
        }

        var events = new EventBuffer();
        var apply = new ApplyCorrections(connection, no => throw new InvalidOperationException($"Nothing is rated, with {no} or otherwise."), look: false, cancel);
        foreach (var call in calls)
        {
            var voided = new CallVoided(call.Id, grounds);
            events.Add(events.Stream(call.Stream), CallEventId.OfVoid(call.Id), "call_voided.v1"u8, JsonSerializer.SerializeToUtf8Bytes(voided, BillingStore.Json), now.ToUnixTimeMilliseconds());
            await apply.TakeAsync(new LoggedCorrection(call.Stream, ++System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(versions, call.Stream), voided));
        }

        await apply.FlushAsync();
        if (apply.Missing > 0)
        {
            throw new InvalidDataException($"{apply.Missing} calls are in the log but not among the rated calls: is a rebuild running?");
        }

        await EventAppend.WriteAsync(connection, events, cancel);
    }
}
