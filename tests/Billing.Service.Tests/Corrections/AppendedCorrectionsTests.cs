using Billing.Contracts.Events;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Usage;
using Marten;

namespace Billing.Service.Tests.Corrections;

/// <summary>Corrections that a session appends count at once, by the inline projection.</summary>
public class AppendedCorrectionsTests
{
    private const string Number = "05033000001";
    private const string Stream = "usage-C-1-2026-09";

    [Fact]
    public async Task Voids_corrections_and_reratings_of_a_session_make_the_rows_of_a_rebuild()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync([.. new[] { "a", "b", "c" }.Select(id => world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: id)), world.Call("05033000009", BilledWorld.Fixed, "2026-09-03T10:00:00", id: "s")]);
        await world.PublishAsync(RerateUsageTests.FixedAt("6"));
        var known = (await world.KnowledgeAsync()).No;
        var facts = (await RecordedAsync(world, "b")).Call with { CalledNumber = BilledWorld.Mobile };

        await AppendAsync(world, Stream, new CallCorrected(CallEventId.Of("sw-1", "b"), facts, known, CorrectedWorld.Grounds));
        await AppendAsync(world, Stream,
            new CallVoided(CallEventId.Of("sw-1", "a"), CorrectedWorld.Grounds), new UsageRerated(known, CorrectedWorld.Grounds), new CallVoided(CallEventId.Of("sw-1", "b"), CorrectedWorld.Grounds));
        await AppendAsync(world, "suspense-sw-1-2026-09", new CallVoided(CallEventId.Of("sw-1", "s"), CorrectedWorld.Grounds));

        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe("6");
        (await world.Database.ScalarAsync<string>("select string_agg(kind || ' ' || version, ',' order by version) from billing.call_corrections where stream_id = 'usage-C-1-2026-09'"))
            .ShouldBe("correct 4,void 5,rerate 6,void 7");
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task A_correction_that_fits_no_call_is_not_appended()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"));

        (await Should.ThrowAsync<Exception>(() => AppendAsync(world, Stream, new CallVoided(Guid.NewGuid(), CorrectedWorld.Grounds)))).ToString().ShouldContain("do not fit the calls");

        (await world.CountEventsAsync("call_voided.v1")).ShouldBe(0);
    }

    private static async Task<CallRecorded> RecordedAsync(BilledWorld world, string id)
    {
        await using var session = world.Database.Store.QuerySession();
        return (await session.Events.FetchStreamAsync(Stream)).Select(happened => happened.Data).OfType<CallRecorded>().Single(recorded => recorded.Call.RecordId == id);
    }

    private static async Task AppendAsync(BilledWorld world, string stream, params object[] events)
    {
        await using var session = world.Database.Store.LightweightSession();
        session.Events.Append(stream, events);
        await session.SaveChangesAsync();
    }
}
