using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>Several processes take records in at the same time.</summary>
[Trait("Category", "Faults")]
public sealed class RacingIngestTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_processes_with_the_same_file_take_it_in_once()
    {
        var file = _folder.At("calls.csv");
        MadeUp.WriteDelivery(file, Size.Of(5_000, 200_000), seed: 2);
        await using var database = await DatabaseServer.Shared.CreateAsync();

        var receipts = await AtOnceAsync(database, [file], [file]);

        receipts[0].ShouldBe(receipts[1]);
        (await database.AllDeliveriesAsync()).ShouldBe(receipts[0]);
        (await database.CountAsync("select count(*) from billing.rated_calls")).ShouldBe(receipts[0].Rated + receipts[0].Unanswered);
        await database.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Two_files_that_share_half_of_their_records_store_each_record_once()
    {
        var count = Size.Of(60_000, 600_000);
        var calls = MadeUp.Calls(count, seed: 3).ToList();
        var first = calls[..(count * 2 / 3)];
        var second = calls[(count / 3)..];
        second.Reverse();
        MadeUp.Write(_folder.At("first.csv"), first);
        MadeUp.Write(_folder.At("second.csv"), second);
        await using var oneByOne = await DatabaseServer.Shared.CreateAsync();
        var expected = Receipt.Sum(await oneByOne.IngestAsync(_folder.At("second.csv"), _folder.At("first.csv")));
        await using var database = await DatabaseServer.Shared.CreateAsync();

        var receipts = await AtOnceAsync(database, [_folder.At("first.csv")], [_folder.At("second.csv")]);

        Receipt.Sum(receipts).ShouldBe(expected);
        expected.Stored.ShouldBe(count);
        (await Contents.OfAsync(database)).ShouldBe(await Contents.OfAsync(oneByOne));
        await database.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Pain03_of_two_copies_that_differ_one_is_charged_and_the_other_suspended_whichever_comes_first()
    {
        var calls = MadeUp.Calls(Size.Of(6_000, 300_000), seed: 4).ToList();
        var others = calls.Select((call, index) => index % 7 == 0 ? call.Conflicting() : call).Reverse();
        MadeUp.Write(_folder.At("first.csv"), calls);
        MadeUp.Write(_folder.At("second.csv"), others);
        await using var database = await DatabaseServer.Shared.CreateAsync();

        var receipts = await AtOnceAsync(database, [_folder.At("first.csv")], [_folder.At("second.csv")]);

        var conflicts = (calls.Count + 6) / 7;
        var all = Receipt.Sum(receipts);
        all.Stored.ShouldBe(calls.Count + conflicts);
        all.Duplicate.ShouldBe(calls.Count - conflicts);
        (await database.CountAsync("select count(distinct (source, record_id)) from billing.suspense where reason = 'conflicting-duplicate'")).ShouldBe(conflicts);
        (await database.CountAsync("select count(*) from billing.suspense where reason = 'conflicting-duplicate'")).ShouldBe(conflicts);
        await database.ShouldBeSoundAsync();

        // sent once more in the other order, everything is known, the copies that differ too
        MadeUp.Write(_folder.At("again.csv"), calls.Concat(calls.Select((call, index) => index % 7 == 0 ? call.Conflicting() : call)));
        (await database.IngestAsync(_folder.At("again.csv"))).Single().Duplicate.ShouldBe(calls.Count * 2);
        await database.ShouldBeSoundAsync();
    }

    /// <summary>The receipts of two processes that run at once.</summary>
    private static async Task<Receipt[]> AtOnceAsync(FaultDatabase database, string[] one, string[] other)
    {
        await using var gate = await TableGate.CloseAsync(database, "billing.deliveries");
        using var first = database.Start(["ingest", "--json", .. one]);
        using var second = database.Start(["ingest", "--json", .. other]);
        await gate.OpenAsync(first, second);
        var ended = await Task.WhenAll(first.EndAsync(), second.EndAsync());
        ended.ShouldAllBe(process => process.Code == 0, string.Concat(ended.Select(process => process.Error)));
        return [.. ended.SelectMany(process => Receipt.Read(process.Output))];
    }
}
