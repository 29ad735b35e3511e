using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>The process is killed in mid-ingest and run again: nothing is lost and nothing is there twice.</summary>
[Trait("Category", "Faults")]
public sealed class KilledIngestTests : IDisposable
{
    private const int Seed = 20261001;

    /// <summary>Rows that are written at once: beyond them some are in.</summary>
    private const int Batch = 60_000;

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_again_and_again_an_ingest_ends_as_if_it_had_not_been()
    {
        var rows = Size.Of(120_000, 1_000_000);
        var kills = Size.Of(3, 20);
        var file = _folder.At("calls.csv");
        MadeUp.WriteDelivery(file, rows, Seed);
        await using var undisturbed = await DatabaseServer.Shared.CreateAsync();
        var whole = (await undisturbed.IngestAsync(file)).Single();
        whole.Rows.ShouldBe(rows);

        await using var database = await DatabaseServer.Shared.CreateAsync();
        var random = new Random(Seed);
        for (var kill = 0; kill < kills; kill++)
        {
            await KillAsync(database, file, (kill % 4) switch
            {
                0 => ("billing.mt_events", Batch + random.Next(rows / 4)),
                1 => ("billing.rated_calls", random.Next(rows / 8)),
                2 => ("billing.mt_events", 1),
                _ => ("billing.month_usage", 0),
            });
            await AttemptsShouldAddUpAsync(database);
        }

        var last = (await database.IngestAsync(file)).Single();

        last.Rows.ShouldBe(rows);
        var all = await database.AllDeliveriesAsync();
        (all.Rated, all.Unanswered, all.Suspended).ShouldBe((whole.Rated, whole.Unanswered, whole.Suspended));
        all.Duplicate.ShouldBe(all.Rows - all.Stored - all.Rejected);
        (await database.CountAsync("select max(attempt) from billing.deliveries")).ShouldBe(kills + 1);
        (await Contents.OfAsync(database)).ShouldBe(await Contents.OfAsync(undisturbed));
        await database.ShouldBeSoundAsync();
    }

    private static async Task KillAsync(FaultDatabase database, string file, (string Table, int Rows) after)
    {
        await using var moment = await Moment.AfterRowsAsync(database, after.Table, after.Rows);
        using var ingest = database.Start("ingest", file);
        await moment.ReachedAsync(ingest);
        await ingest.KillAsync();
    }

    /// <summary>Also with a file that is half in, every row that counts as received is accounted for.</summary>
    private static async Task AttemptsShouldAddUpAsync(FaultDatabase database)
    {
        var all = await database.AllDeliveriesAsync();
        all.Rows.ShouldBe(all.Stored + all.Duplicate + all.Rejected);
    }
}
