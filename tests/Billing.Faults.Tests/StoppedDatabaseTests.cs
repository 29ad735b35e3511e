using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>The database goes away in mid-ingest and comes back: the ingest waits for it and counts nothing twice.</summary>
[Collection(OwnServer.Name)]
[Trait("Category", "Faults")]
public sealed class StoppedDatabaseTests(PrivateServer server) : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_ingest_waits_for_a_database_that_stops_crashes_or_is_killed()
    {
        var rows = Size.Of(160_000, 1_500_000);
        var file = _folder.At("calls.csv");
        MadeUp.WriteDelivery(file, rows, seed: 8);
        await using var undisturbed = await server.Databases.CreateAsync();
        var whole = (await undisturbed.IngestAsync(file)).Single();
        await using var database = await server.Databases.CreateAsync();
        await using var moment = await Moment.AfterRowsAsync(database, "billing.mt_events", 5_000);
        using var ingest = database.Start("ingest", "--json", file);

        // in the first batch, in a later one, and there again
        await OutageAsync(moment, ingest, server.StopFastAsync, () => moment.MoveAsync(rows / 2));
        await OutageAsync(moment, ingest, server.StopImmediatelyAsync, () => moment.MoveAsync(10_000));
        await OutageAsync(moment, ingest, server.KillAsync, moment.EndAsync);
        var ended = await ingest.EndAsync();

        ended.Code.ShouldBe(0, ended.All);
        Receipt.Read(ended.Output).Single().ShouldBe(whole);
        (await database.AllDeliveriesAsync()).ShouldBe(whole);
        (await Contents.OfAsync(database)).ShouldBe(await Contents.OfAsync(undisturbed));
        await database.ShouldBeSoundAsync();
    }

    /// <summary>Takes the database away at the moment, and gives it back once it is really gone.</summary>
    private async Task OutageAsync(Moment moment, BillingProcess ingest, Func<Task> stop, Func<Task> goOn)
    {
        await moment.ReachedAsync(ingest);
        await goOn();
        await stop();
        await server.StartAsync();
    }
}
