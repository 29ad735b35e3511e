using Billing.Service.Knowledge;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Usage;

/// <summary>Records that nobody could be charged for are kept, and recorded once somebody can.</summary>
public sealed class SuspenseTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly ReleaseRequest Everything = new(null, null, null, []);

    [Fact]
    public async Task Pain04_calls_without_contract_wait_in_suspense_and_are_charged_after_release()
    {
        using var month = new MonthFiles();
        await MonthFiles.LearnAsync(database, contracts: false);
        var file = month.Write("calls.csv", month.Rows);
        var early = await database.IngestAsync(file);
        early.Outcomes.Rated.ShouldBe(0);
        early.Reasons.Suspended["unknown-number"].ShouldBeGreaterThan(1000);

        await MonthFiles.OpenContractsAsync(database);
        var release = await ReleaseAsync(Everything);

        release.Released.ShouldBe(await database.ScalarAsync<long>("select count(*) from billing.rated_calls where outcome = 'rated'"));
        release.Released.ShouldBeGreaterThan(1000);
        release.Remaining.Keys.ShouldContain("conflicting-duplicate");
        (await ReleaseAsync(Everything)).Released.ShouldBe(0);
        (await Reconcile.RunAsync(database.Database, null, CancellationToken.None)).Holds.ShouldBeTrue();

        // the same file again: what was released is still held
        var again = await database.IngestAsync(month.Write("again.csv", month.Rows.Reverse()));
        again.Outcomes.Rated.ShouldBe(0);
        again.Outcomes.Suspended.ShouldBe(0);

        var before = await database.DigestAsync("rated_calls") + await database.DigestAsync("suspense");
        using var daemon = await database.Store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync(RatedCallsProjection.ProjectionName, CancellationToken.None);
        (await database.DigestAsync("rated_calls") + await database.DigestAsync("suspense")).ShouldBe(before);
    }

    [Fact]
    public async Task Numbers_are_masked_where_a_suspended_record_is_shown()
    {
        using var month = new MonthFiles();
        await database.IngestAsync(month.Write("one.csv", [month.Call("sw-m", "1", "05099999999", "0312345678", "2026-10-05T10:00:00+09:00", 60)]));
        var id = await database.ScalarAsync<Guid>("select id from billing.suspense where source = 'sw-m'");

        var shown = await SuspenseList.FindAsync(database.Database, id, CancellationToken.None);

        shown!.Call.CalledNumber.ShouldBe("031234****");
    }

    private async Task<ReleaseResult> ReleaseAsync(ReleaseRequest request)
    {
        using var knowledge = new KnowledgeCache(database.Database);
        return await new ReleaseSuspended(database.Database, knowledge, TimeProvider.System).RunAsync(request, CancellationToken.None);
    }
}
