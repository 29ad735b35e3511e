using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Corrections;

[Trait("Category", "Faults")]
public class KilledRollbackTests
{
    private static readonly bool Large = Environment.GetEnvironmentVariable("BILLING_FAULTS") == "large";

    [Fact]
    public async Task A_roll_back_that_is_killed_goes_on_and_voids_every_call_once()
    {
        var count = Large ? 300_000 : 60_000;
        var contracts = Enumerable.Range(1, 20).Select(i => BilledWorld.Contract($"C-{i:D2}", $"050330000{i:D2}")).ToArray();
        await using var world = await BilledWorld.NewAsync(contracts);
        var receipt = await world.DeliverAsync("wrong.csv", [.. Enumerable.Range(0, count)
            .Select(i => world.Call(contracts[i % 20].Numbers[0].Number, BilledWorld.Fixed, $"2026-09-{1 + (i % 28):D2}T10:00:00", id: $"x{i:D6}"))]);
        var killed = 0;
        while (await KillAsync(world, receipt.Sha256, await VoidedAsync(world)))
        {
            killed++;
        }

        killed.ShouldBeGreaterThan(0);
        (await VoidedAsync(world)).ShouldBe(count);
        (await world.CountEventsAsync("delivery_rolled_back.v1")).ShouldBe(1);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.rated_calls")).ShouldBe(0);
        (await world.Database.ScalarAsync<long>(
            "select count(*) from billing.mt_streams s where version <> (select count(*) from billing.mt_events e where e.stream_id = s.id)")).ShouldBe(0);
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    private static Task<long> VoidedAsync(BilledWorld world) => world.Database.ScalarAsync<long>("select count(*) from billing.call_corrections");

    /// <summary>Starts a roll-back and kills it once it has committed something; true when it was still at work.</summary>
    private static async Task<bool> KillAsync(BilledWorld world, string file, long before)
    {
        using var process = Command.Start(
            new Dictionary<string, string> { ["BILLING_DB"] = world.Database.ConnectionString }, "deliveries", "rollback", file, "--reason", "wrong", "--yes");
        await Poll.UntilAsync("the roll-back has committed something or is over", async () => process.HasExited || await VoidedAsync(world) != before);

        var atWork = !process.HasExited;
        if (atWork)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync();
        return atWork && process.ExitCode != 0;
    }
}
