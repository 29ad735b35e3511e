using Billing.Contracts;
using Billing.Service.Knowledge;
using Billing.Service.Replay;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Usage;
using static Billing.Service.Tests.Invoicing.BilledWorld;

namespace Billing.Service.Tests.Replay;

/// <summary>What a replay holds in memory does not grow with the calls of the month.</summary>
public sealed class ReplayedSumsTests
{
    private static readonly ReplayRequest Request = new(October);

    [Fact]
    public async Task However_many_calls_a_month_has_only_their_sums_are_kept()
    {
        await using var world = await NewAsync(Contract("C-1", "05033000001", limit: 5), Contract("C-2", "05033000002"));
        await world.IngestAsync(Rows(world, 40));
        var few = await ReadAsync(world);
        await world.IngestAsync(Rows(world, 1200));
        var many = await ReadAsync(world);

        (few.Calls, many.Calls).ShouldBe((40, 1240));
        (many.Groups, many.Changes).ShouldBe((few.Groups, few.Changes));
        few.Groups.ShouldBe(4);

        // a piece of the log is what is on its way at a time
        many.LargestPiece.ShouldBeLessThanOrEqualTo(100);
        many.Pieces.ShouldBeGreaterThan(10);
    }

    private static string[] Rows(BilledWorld world, int calls) =>
        [.. Enumerable.Range(0, calls).Select(i => world.Call($"0503300000{1 + (i % 2)}", i % 4 < 2 ? Mobile : NewYork, $"2026-10-{1 + (i % 30):D2}T10:00:00"))];

    private static async Task<(long Calls, int Groups, int Changes, long LargestPiece, int Pieces)> ReadAsync(BilledWorld world)
    {
        await using var snapshot = await LogSnapshot.OpenAsync(world.Database.Database, default);
        var log = new CallLog(snapshot, default) { EventsOfAPiece = 100 };
        var scope = await log.OfMonthAsync(October);
        var replayed = new ReplayedLog(new Dictionary<string, long>(), await log.ChangesAsync(scope), null);
        var knowledge = new RebuildKnowledge(new KnowledgeLoader(world.Database.Database));
        var share = new RateMonth(Request, replayed, new RecordedSide(knowledge), new OtherSide(await world.KnowledgeAsync(), null, new SupposedCorrections([])), null);
        var counting = new Counting(share);
        await log.ReadAsync(scope, [counting], null);
        return (share.Calls, share.Usage.Values.Sum(usage => usage.Lines.Count), share.Changes.Count + share.Late.Count + share.Donors.Count, counting.Largest, scope.Pieces.Count);
    }

    private sealed class Counting(RateMonth share) : ITakeCalls
    {
        private long _calls;

        public long Largest { get; private set; }

        public void Take(in LoggedCall call)
        {
            _calls++;
            share.Take(call);
        }

        public void Finish(int piece)
        {
            (Largest, _calls) = (Math.Max(Largest, _calls), 0);
            share.Finish(piece);
        }
    }
}
