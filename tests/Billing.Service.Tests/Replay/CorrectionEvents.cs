using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Replay;

/// <summary>Puts correction events at the end of a usage stream, as they lie in the log.</summary>
internal static class CorrectionEvents
{
    private static readonly CorrectionGrounds Grounds = new("test", "tester");

    public static async Task VoidAsync(BilledWorld world, string contract, UsageMonth month, string recordId) =>
        await AppendAsync(world, contract, month, StreamCorrections.Voided, new CallVoided(await IdAsync(world, recordId), Grounds));

    public static async Task CorrectAsync(BilledWorld world, string contract, UsageMonth month, string recordId, Func<CallRecord, CallRecord> correct, long known)
    {
        var json = await world.Database.ScalarAsync<string>($"select data::text from billing.mt_events where data->'call'->>'recordId' = '{recordId}'");
        var facts = correct(JsonSerializer.Deserialize<CallRecorded>(json, BillingStore.Json)!.Call);
        await AppendAsync(world, contract, month, StreamCorrections.Corrected, new CallCorrected(await IdAsync(world, recordId), facts, known, Grounds));
    }

    public static Task RerateAsync(BilledWorld world, string contract, UsageMonth month, long known) =>
        AppendAsync(world, contract, month, StreamCorrections.Rerated, new UsageRerated(known, Grounds));

    private static Task<Guid> IdAsync(BilledWorld world, string recordId) =>
        world.Database.ScalarAsync<Guid>($"select id from billing.mt_events where data->'call'->>'recordId' = '{recordId}'");

    private static async Task AppendAsync(BilledWorld world, string contract, UsageMonth month, string type, object happened)
    {
        await using var command = world.Database.Database.CreateCommand(
            """
            with moved as (update billing.mt_streams set version = version + 1 where id = $1 returning version)
            insert into billing.mt_events (seq_id, id, stream_id, version, data, type, timestamp, is_archived)
            select nextval('billing.mt_events_sequence'), gen_random_uuid(), $1, version, $2::jsonb, $3, now(), false from moved
            """);
        command.Parameters.AddWithValue(UsageStreams.Of(contract, month));
        command.Parameters.AddWithValue(JsonSerializer.Serialize(happened, happened.GetType(), BillingStore.Json));
        command.Parameters.AddWithValue(type);
        (await command.ExecuteNonQueryAsync()).ShouldBe(1);
    }
}
