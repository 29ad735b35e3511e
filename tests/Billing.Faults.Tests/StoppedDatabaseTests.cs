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
        using var ingest = database.Start("ingest", "--json", file);

        await OutageAsync(database, ingest, "select true from billing.deliveries where rows > 0", PrivateServer.StopFastAsync);
        await OutageAsync(database, ingest, "select tuples_processed > 5000 from pg_stat_progress_copy where datname = current_database()", PrivateServer.StopImmediatelyAsync);
        await OutageAsync(database, ingest, $"select rows > {rows / 4} from billing.deliveries", PrivateServer.KillAsync);
        var ended = await ingest.EndAsync();

        ended.Code.ShouldBe(0, ended.All);
        Receipt.Read(ended.Output).Single().ShouldBe(whole);
        (await database.AllDeliveriesAsync()).ShouldBe(whole);
        (await Contents.OfAsync(database)).ShouldBe(await Contents.OfAsync(undisturbed));
        await database.ShouldBeSoundAsync();
    }

    /// <summary>Takes the database away when the condition holds, and gives it back once it is really gone.</summary>
    private static async Task OutageAsync(FaultDatabase database, BillingProcess ingest, string condition, Func<Task> stop)
    {
        await using (var watch = await database.WatchAsync())
        {
            (await Poll.UntilAsync(condition, () => watch.HoldsAsync(condition), () => ingest.HasEnded)).ShouldBeTrue("the ingest ended before the outage");
            await stop();
        }

        await PrivateServer.StartAsync();
    }
}
