using Billing.Contracts;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Corrections;

/// <summary>A voided call counts no more, and its identity is free for the record that takes its place.</summary>
public class VoidCallsTests
{
    private const string Number = "05033000001";

    [Fact]
    public async Task A_voided_call_is_taken_out_of_rated_calls_and_usage_and_its_event_stays()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"),
            world.Call(Number, BilledWorld.Mobile, "2026-09-03T11:00:00", id: "b"),
            world.Unanswered(Number, BilledWorld.Fixed, "2026-09-03T12:00:00"));

        var report = await world.VoidAsync("sw-1/b", "sw-1/r000001");

        report.Effects.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            effect => effect.Calls.ShouldBe(2),
            effect => effect.Before.ShouldBe(Yen.Whole(24)),
            effect => effect.After.ShouldBe(Yen.Whole(8)));
        (await world.Database.ScalarAsync<string>("select string_agg(record_id, ',') from billing.rated_calls")).ShouldBe("a");
        (await world.Database.ScalarAsync<long>("select count(*) from billing.month_usage")).ShouldBe(1);
        (await world.CountEventsAsync("call_recorded.v1")).ShouldBe(3);
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task The_effect_is_shown_first_and_nothing_is_written()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"));
        var before = await world.StateAsync();

        var (report, _) = await world.TryCorrectAsync(CorrectedWorld.Terms(write: false), [CorrectedWorld.Void("sw-1/a")]);

        report!.Effects.ShouldHaveSingleItem().After.ShouldBe(Yen.Zero);
        report.Written.ShouldBeFalse();
        (await world.StateAsync()).ShouldBe(before);
        (await world.CountEventsAsync("call_voided.v1")).ShouldBe(0);
    }

    [Fact]
    public async Task A_call_is_voided_once_and_one_that_never_was_is_not_voided()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"));
        await world.VoidAsync("sw-1/a");

        (await world.RefusedAsync(CorrectedWorld.Void("sw-1/a"))).Message.ShouldContain("was voided before");
        (await world.RefusedAsync(CorrectedWorld.Void("sw-1/b"))).Message.ShouldContain("was never taken in");
        (await world.RefusedAsync(CorrectedWorld.Void("nonsense"))).Message.ShouldContain("SOURCE/ID");
        (await world.RefusedAsync(CorrectedWorld.Void("sw-1/b"), CorrectedWorld.Void("sw-1/b"))).Message.ShouldContain("more than once");
    }

    [Fact]
    public async Task Suspended_released_and_unassigned_records_can_be_voided()
    {
        const string later = "05033000002";
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(
            world.Call("05033000009", BilledWorld.Fixed, "2026-09-03T10:00:00", id: "stays"),
            world.Call("05033000009", BilledWorld.Fixed, "2026-09-03T10:00:00", id: "suspended"),
            world.Call(later, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "released"),
            world.Unanswered("05033000009", BilledWorld.Fixed, "2026-09-03T12:00:00"));
        await world.ImportAsync(BilledWorld.Contract("C-2", later));
        (await world.ReleaseAsync()).Released.ShouldBe(1);

        var report = await world.VoidAsync("sw-1/suspended", "sw-1/released", "sw-1/r000001");

        report.Suspended.ShouldBe(1);
        report.Calls.ShouldBe(2);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.rated_calls")).ShouldBe(0);
        (await world.Database.ScalarAsync<string>("select string_agg(record_id, ',' order by record_id) from billing.suspense where released_as is null")).ShouldBe("stays");
        (await world.ReleaseAsync()).Released.ShouldBe(0);
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task The_next_record_of_a_voided_identity_is_new_and_so_on_along_the_chain()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        var first = world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a");
        var second = world.Call(Number, BilledWorld.Mobile, "2026-09-03T10:00:00", id: "a");
        var third = world.Call(Number, BilledWorld.NewYork, "2026-09-03T10:00:00", id: "a");
        await world.IngestAsync(first);

        // while it stands, another is in conflict with it
        (await world.IngestAsync(second)).Outcomes.Suspended.ShouldBe(1);
        await world.VoidAsync("sw-1/a");
        (await world.DeliverAsync("2.csv", [second, second])).Outcomes.ShouldSatisfyAllConditions(
            outcomes => outcomes.Rated.ShouldBe(1),
            outcomes => outcomes.Duplicate.ShouldBe(1));
        (await world.DeliverAsync("3.csv", [first, third])).Outcomes.Suspended.ShouldBe(2);
        (await world.DeliverAsync("4.csv", [second, first, third, first])).Outcomes.Duplicate.ShouldBe(4);
        await world.VoidAsync("sw-1/a");
        (await world.DeliverAsync("5.csv", [first, second])).Outcomes.ShouldSatisfyAllConditions(
            outcomes => outcomes.Rated.ShouldBe(1),
            outcomes => outcomes.Duplicate.ShouldBe(1));

        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe("8");
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task A_conflicting_copy_is_voided_by_its_id_and_counts_again_when_it_is_sent_again()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        var copy = world.Call(Number, BilledWorld.Mobile, "2026-09-03T10:00:00", id: "a");
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"), copy);
        var id = await world.Database.ScalarAsync<Guid>("select id from billing.suspense");

        await world.VoidAsync($"{id}");

        (await world.Database.ScalarAsync<long>("select count(*) from billing.suspense")).ShouldBe(0);
        (await world.DeliverAsync("again.csv", [copy, copy])).Outcomes.ShouldSatisfyAllConditions(
            outcomes => outcomes.Suspended.ShouldBe(1),
            outcomes => outcomes.Duplicate.ShouldBe(1));
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task A_released_record_that_was_voided_leaves_its_identity_free()
    {
        const string later = "05033000002";
        await using var world = await BilledWorld.NewAsync();
        var call = world.Call(later, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a");
        await world.IngestAsync(call);
        await world.ImportAsync(BilledWorld.Contract("C-2", later));
        await world.ReleaseAsync();
        (await world.DeliverAsync("duplicate.csv", [call, call])).Outcomes.Duplicate.ShouldBe(2);
        await world.VoidAsync("sw-1/a");

        (await world.DeliverAsync("again.csv", [call, call, call])).Outcomes.Rated.ShouldBe(1);

        (await world.ChargeAsync("C-2", BilledWorld.September)).ShouldBe("8");
        await world.ShouldBeWhatTheLogSaysAsync();
    }
}
