using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>The read tables are made again from the events, and the process is killed meanwhile: run again it gives the same rows.</summary>
[Trait("Category", "Faults")]
public sealed class KilledRebuildTests : IDisposable
{
    private const string Invoices = "select count(*) || ' ' || sum(hashtextextended(data::text, 0)::numeric) from billing.mt_events where type = 'invoice_issued.v1'";

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rebuild")]
    [InlineData("projections", "rebuild")]
    public async Task Pain05_a_rebuild_charges_nothing_anew_and_leaves_what_is_issued_as_it_is(params string[] rebuild)
    {
        MadeUp.WriteDelivery(_folder.At("calls.csv"), Size.Of(8_000, 300_000), seed: 18);
        await using var database = await DatabaseServer.Shared.CreateAsync();
        await database.IngestAsync(_folder.At("calls.csv"));
        await database.DoneAsync("invoices", "issue", "--month", "2026-10");
        // known too late for the calls that came before
        await database.DoneAsync("contracts", "import", _folder.Write("contracts.json", MadeUp.LateContractsDocument()));
        var before = await Contents.OfAsync(database);
        var issued = await database.TextAsync(Invoices);

        for (var kill = 0; kill < Size.Of(1, 6); kill++)
        {
            await KillAsync(database, rebuild);
        }

        await database.DoneAsync(rebuild);

        (await Contents.OfAsync(database)).ShouldBe(before);
        (await database.TextAsync(Invoices)).ShouldBe(issued);
        (await database.JsonAsync("invoices", "issue", "--month", "2026-10")).GetProperty("alreadyIssued").GetInt32().ShouldBe(MadeUp.Contracts);
        await database.DoneAsync("invoices", "verify", "--month", "2026-10");
        await database.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Calls_that_come_in_during_a_rebuild_are_there_afterwards()
    {
        var count = Size.Of(12_000, 300_000);
        MadeUp.Write(_folder.At("early.csv"), MadeUp.Calls(count, seed: 19));
        MadeUp.Write(_folder.At("late.csv"), MadeUp.Calls(count, seed: 19, first: count / 2));
        await using var oneByOne = await DatabaseServer.Shared.CreateAsync();
        await oneByOne.IngestAsync(_folder.At("early.csv"), _folder.At("late.csv"));
        await using var database = await DatabaseServer.Shared.CreateAsync();
        await database.IngestAsync(_folder.At("early.csv"));

        await using var gate = await TableGate.CloseAsync(database, "billing.mt_events");
        using var rebuild = database.Start("rebuild");
        using var ingest = database.Start("ingest", _folder.At("late.csv"));
        await gate.OpenAsync(rebuild, ingest);
        foreach (var ended in await Task.WhenAll(rebuild.EndAsync(), ingest.EndAsync()))
        {
            ended.Code.ShouldBe(0, ended.All);
        }

        (await Contents.OfAsync(database)).ShouldBe(await Contents.OfAsync(oneByOne));
        await database.ShouldBeSoundAsync();
    }

    /// <summary>
    /// One writes rows in place: it is killed in their midst. The other makes tables of its own: it is killed when they are whole and about to take the place
    /// of those that are read.
    /// </summary>
    private static async Task KillAsync(FaultDatabase database, string[] command)
    {
        if (command is ["rebuild"])
        {
            await using var gate = await TableGate.CloseAsync(database, "billing.rated_calls", "access share");
            using var rebuild = database.Start(command);
            (await gate.ReachedAsync(rebuild)).ShouldBeTrue("the rebuild ended before the exchange");
            await rebuild.KillAsync();
        }
        else
        {
            await using var moment = await Moment.AfterRowsAsync(database, "billing.rated_calls", 2_500);
            using var rebuild = database.Start(command);
            await moment.ReachedAsync(rebuild);
            await rebuild.KillAsync();
        }
    }
}
