using Billing.Contracts.Documents;
using Billing.Service.Tests.Corrections;
using Billing.Service.Tests.Invoicing;
using static Billing.Service.Tests.Comparing.ComparedWorld;

namespace Billing.Service.Tests.Comparing;

/// <summary>A comparison goes by what stands: corrected facts count, voided calls do not.</summary>
public class CorrectedComparisonTests
{
    [Fact]
    public async Task Corrected_calls_are_compared_by_their_new_facts_and_voided_ones_not_at_all()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One));
        await world.IngestAsync(
            world.Call(One, BilledWorld.Fixed, "2026-10-03T10:00:00", id: "stays"),
            world.Call(One, BilledWorld.Fixed, "2026-10-03T11:00:00", seconds: 600, id: "corrected"),
            world.Call(One, BilledWorld.Fixed, "2026-10-03T12:00:00", id: "voided"),
            world.Call(One, BilledWorld.Fixed, "2026-10-03T13:00:00", id: "twice"));
        string[] theirs =
        [
            $"{One},{BilledWorld.Fixed},2026-10-03T10:00:00+09:00,60,8,a",
            $"{One},{BilledWorld.Mobile},2026-10-03T11:00:00+09:00,60,16,b",
            $"{One},{BilledWorld.Mobile},2026-10-03T13:00:00+09:00,120,32,c",
        ];
        Count(await CompareAsync(world, theirs), "missing-there").ShouldBe(3);

        await world.CorrectAsync(
            CorrectedWorld.Facts("sw-1/corrected", new CorrectedFactsDocument { CalledNumber = BilledWorld.Mobile, EndedAt = "2026-10-03T11:01:00+09:00" }),
            CorrectedWorld.Facts("sw-1/twice", new CorrectedFactsDocument { EndedAt = "2026-10-03T13:02:00+09:00" }),
            CorrectedWorld.Void("sw-1/voided"));
        await world.CorrectAsync(CorrectedWorld.Facts("sw-1/twice", new CorrectedFactsDocument { CalledNumber = BilledWorld.Mobile }));
        var after = await CompareAsync(world, theirs);

        after.Differences.ShouldBeEmpty();
        (after.Ours.Rows, Count(after, "equal")).ShouldBe((3, 3));
        after.Ours.ShouldBe(after.Theirs);
    }

    [Fact]
    public async Task An_unanswered_call_whose_called_number_was_set_right_is_found_by_it()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One));
        await world.IngestAsync(world.Unanswered("05033000009", BilledWorld.Fixed, "2026-10-03T10:00:00"), world.Unanswered(One, BilledWorld.Fixed, "2026-10-03T11:00:00"));
        await world.CorrectAsync(
            CorrectedWorld.Facts("sw-1/r000001", new CorrectedFactsDocument { CalledNumber = BilledWorld.Mobile }),
            CorrectedWorld.Facts("sw-1/r000002", new CorrectedFactsDocument { CalledNumber = BilledWorld.Mobile }));

        var result = await CompareAsync(
            world, [$"05033000009,{BilledWorld.Mobile},2026-10-03T10:00:00+09:00,60,8,a", $"{One},{BilledWorld.Mobile},2026-10-03T11:00:00+09:00,60,8,b"]);

        result.Differences.Select(row => $"{row.Class} {row.Reason}").ShouldAllBe(row => row.Contains("never answered here"));
        result.Differences.Count.ShouldBe(2);
    }

    private static long Count(Billing.Service.Comparing.ComparisonResult result, string kind) => result.Totals.Single(totals => totals.Class == kind).Ours.Rows;
}
