using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Corrections;

/// <summary>Facts of a recorded call are set right by an event; the call keeps its identity and place.</summary>
public class CorrectCallsTests
{
    private const string Number = "05033000001";

    [Fact]
    public async Task A_corrected_call_is_rated_by_its_new_facts_and_usage_changes_by_the_difference()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"),
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T11:00:00", id: "b"));

        var report = await world.CorrectAsync(CorrectedWorld.Facts("sw-1/b", new CorrectedFactsDocument { CalledNumber = BilledWorld.Mobile, EndedAt = "2026-09-03T11:02:00+09:00" }));

        report.Effects.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            effect => effect.Calls.ShouldBe(1), effect => effect.Before.ShouldBe(Yen.Whole(16)), effect => effect.After.ShouldBe(Yen.Whole(40)));
        (await world.Database.ScalarAsync<string>("select class || ' ' || charge || ' ' || line from billing.rated_calls where record_id = 'b'")).ShouldBe("mobile 32 3");
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task The_last_of_several_corrections_counts_and_a_corrected_call_can_be_voided()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"), world.Call(Number, BilledWorld.Fixed, "2026-09-03T11:00:00", id: "b"));
        await world.CorrectAsync(CorrectedWorld.Facts("sw-1/a", new CorrectedFactsDocument { CalledNumber = BilledWorld.Mobile }));
        await world.CorrectAsync(CorrectedWorld.Facts("sw-1/a", new CorrectedFactsDocument { EndedAt = "2026-09-03T10:03:00+09:00" }));
        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe("56");
        await world.ShouldBeWhatTheLogSaysAsync();

        await world.VoidAsync("sw-1/a");

        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe("8");
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task Facts_that_belong_elsewhere_are_refused()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number), BilledWorld.Contract("C-2", "05033000002"));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Fixed, "2026-09-30T23:00:00", id: "a"), world.Call("05033000009", BilledWorld.Fixed, "2026-09-03T11:00:00", id: "suspended"));

        (await RefusedAsync(new CorrectedFactsDocument { CallingNumber = "05033000002" })).ShouldContain("1 other-contract");
        (await RefusedAsync(new CorrectedFactsDocument { AnsweredAt = "2026-10-01T00:00:00+09:00", EndedAt = "2026-10-01T00:01:00+09:00" })).ShouldContain("1 other-month");
        (await RefusedAsync(new CorrectedFactsDocument { CallingNumber = "05033000009" })).ShouldContain("1 unknown-number");
        (await RefusedAsync(new CorrectedFactsDocument { AnsweredAt = "" })).ShouldContain("1 unanswered");
        (await RefusedAsync(new CorrectedFactsDocument { EndedAt = "2026-01-01T00:00:00+09:00" })).ShouldContain("time-order");
        (await RefusedAsync(new CorrectedFactsDocument { CalledNumber = BilledWorld.Mobile }, "sw-1/suspended")).ShouldContain("is suspended");

        async Task<string> RefusedAsync(CorrectedFactsDocument facts, string call = "sw-1/a") => (await world.RefusedAsync(CorrectedWorld.Facts(call, facts))).Message;
    }

    [Fact]
    public async Task Of_several_calls_all_are_corrected_or_none()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"), world.Call(Number, BilledWorld.Fixed, "2026-09-03T11:00:00", id: "b"));

        await world.RefusedAsync(CorrectedWorld.Void("sw-1/a"), CorrectedWorld.Facts("sw-1/b", new CorrectedFactsDocument { CallingNumber = "05033000009" }));

        await world.CorrectAsync(CorrectedWorld.Void("sw-1/a"), CorrectedWorld.Facts("sw-1/b", new CorrectedFactsDocument { CalledNumber = BilledWorld.Mobile }));
        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe("16");
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task A_month_whose_calls_were_corrected_is_invoiced_and_verified()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"),
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T11:00:00", id: "b"),
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T12:00:00", id: "c"));
        await world.VoidAsync("sw-1/a");
        await world.CorrectAsync(CorrectedWorld.Facts("sw-1/b", new CorrectedFactsDocument { CalledNumber = BilledWorld.Mobile }));

        await world.IssueAsync(BilledWorld.September);

        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.September), "usage").ShouldBe(["usage fixed 2026-09 1 8 S", "usage mobile 2026-09 1 16 S"]);
        (await world.VerifyAsync("C-1", BilledWorld.September)).Fault.ShouldBeNull();
    }
}
