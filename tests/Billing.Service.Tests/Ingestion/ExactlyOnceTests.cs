using Billing.Service.Usage;

namespace Billing.Service.Tests.Ingestion;

/// <summary>Whatever way records come, each is billed once and each row is accounted for.</summary>
public sealed class ExactlyOnceTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Pain02_a_file_sent_again_changes_nothing_and_overlaps_count_as_duplicates()
    {
        using var month = new MonthFiles();
        await MonthFiles.LearnAsync(database);
        var first = await database.IngestAsync(month.Write("first.csv", month.Rows.Take(2000)));
        var calls = await database.DigestAsync("rated_calls");

        (await database.IngestAsync(month.Write("again.csv", month.Rows.Take(2000)))).ShouldBe(first, new SameReceipt());
        var overlap = await database.IngestAsync(month.Write("overlap.csv", month.Rows.Skip(1000).Take(1000)));

        overlap.Outcomes.Rated.ShouldBe(0);
        overlap.Outcomes.Unanswered.ShouldBe(0);
        overlap.Outcomes.Suspended.ShouldBe(0);
        (overlap.Outcomes.Duplicate + overlap.Outcomes.Rejected).ShouldBe(1000);
        (await database.DigestAsync("rated_calls")).ShouldBe(calls);
        await ReconciledAsync();
    }

    [Fact]
    public async Task Pain03_another_content_under_the_same_id_is_suspended_and_its_copies_are_duplicates()
    {
        using var month = new MonthFiles();
        await MonthFiles.LearnAsync(database);
        var call = month.Call("sw-c", "1", "05033010001", "0312345678", "2026-10-05T10:00:00+09:00", 60);
        var other = month.Call("sw-c", "1", "05033010001", "0312345678", "2026-10-05T10:00:00+09:00", 61);
        var third = month.Call("sw-c", "1", "05033010001", "0312345678", "2026-10-05T10:00:00+09:00", 62);

        (await database.IngestAsync(month.Write("1.csv", [call, other, other, call]))).Outcomes.ShouldSatisfyAllConditions(
            outcomes => outcomes.Suspended.ShouldBe(1),
            outcomes => outcomes.Duplicate.ShouldBe(2));
        var second = await database.IngestAsync(month.Write("2.csv", [third, other, call, third]));

        second.Outcomes.Suspended.ShouldBe(1);
        second.Outcomes.Duplicate.ShouldBe(3);
        second.Reasons.Suspended.ShouldHaveSingleItem().Key.ShouldBe("conflicting-duplicate");
        (await database.ScalarAsync<long>("select count(*) from billing.rated_calls where source = 'sw-c'")).ShouldBe(1);
        await ReconciledAsync();
    }

    [Fact]
    public async Task Two_files_at_once_that_share_records_store_each_once()
    {
        using var month = new MonthFiles();
        await MonthFiles.LearnAsync(database);
        var calls = Enumerable.Range(0, 3000).Select(i => month.Call("sw-r", $"{i:D6}", "05033010001", "0312345678", "2026-10-07T10:00:00+09:00", i % 300)).ToList();

        var receipts = await Task.WhenAll(
            Task.Run(() => database.IngestAsync(month.Write("a.csv", calls.Take(2000)))),
            Task.Run(() => database.IngestAsync(month.Write("b.csv", calls.Skip(1000)))),
            Task.Run(() => database.IngestAsync(month.Write("c.csv", calls.Where((_, i) => i % 2 == 0).Reverse()))));

        receipts.Sum(receipt => receipt.Outcomes.Rated).ShouldBe(3000);
        receipts.Sum(receipt => receipt.Outcomes.Duplicate).ShouldBe(receipts.Sum(receipt => receipt.Rows) - 3000);
        (await database.ScalarAsync<long>("select count(*) from billing.rated_calls where source = 'sw-r'")).ShouldBe(3000);
        (await database.ScalarAsync<long>(
            "select count(*) from (select stream_id from billing.mt_events e join billing.mt_streams s on s.id = e.stream_id group by stream_id, s.version having max(e.version) <> count(*) or s.version <> count(*)) gaps")).ShouldBe(0);
        await ReconciledAsync();
    }

    private async Task ReconciledAsync() =>
        (await Reconcile.RunAsync(database.Database, null, CancellationToken.None)).Holds.ShouldBeTrue();

    private sealed class SameReceipt : IEqualityComparer<Contracts.Documents.ReceiptDocument>
    {
        public bool Equals(Contracts.Documents.ReceiptDocument? x, Contracts.Documents.ReceiptDocument? y) => x!.File == y!.File && x.Outcomes == y.Outcomes && x.Sha256 == y.Sha256;

        public int GetHashCode(Contracts.Documents.ReceiptDocument obj) => obj.Sha256.GetHashCode(StringComparison.Ordinal);
    }
}
