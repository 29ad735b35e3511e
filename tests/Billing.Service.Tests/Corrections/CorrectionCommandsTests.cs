using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Corrections;

/// <summary><c>billing calls</c>, <c>billing usage rerate</c> and <c>billing deliveries</c> as a person uses them.</summary>
public class CorrectionCommandsTests
{
    private const string Number = "05033000001";

    [Fact]
    public async Task Every_command_shows_the_effect_first_and_writes_with_yes()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        var receipt = await world.DeliverAsync("wrong.csv",
            [world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"), world.Call(Number, BilledWorld.Fixed, "2026-09-03T11:00:00", id: "b"), world.Call(Number, BilledWorld.Fixed, "2026-09-03T12:00:00", id: "c")]);
        var file = world.Folder("corrections.json");
        await File.WriteAllTextAsync(file, """{ "corrections": [ { "call": "sw-1/b", "facts": { "calledNumber": "09012345678" } } ] }""");
        await world.PublishAsync(RerateUsageTests.FixedAt("6"));

        await BothAsync(world, "24", "16", "1 call\n", ["calls", "void", "sw-1/a"]);
        await BothAsync(world, "16", "24", "1 call\n", ["calls", "correct", "--file", file]);
        await BothAsync(world, "24", "22", "2 calls of 1 contract rated", ["usage", "rerate", "--month", "2026-09"]);
        await BothAsync(world, "22", "6", "1 call\n", ["deliveries", "rollback", receipt.Sha256, "--calls", "sw-1/b"]);
        (await RunAsync(world, "deliveries", "show", receipt.Sha256[..8])).Output.ShouldContain("1 call and 0 suspended records stand");
        await BothAsync(world, "6", "0", "1 call and 0 suspended records", ["deliveries", "rollback", "1"]);
        (await RunAsync(world, "deliveries", "list")).Output.ShouldContain("rolled-back  wrong.csv");
        (await RunAsync(world, "reconcile")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_refused_is_said_in_one_line_with_code_2()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        var file = world.Folder("corrections.json");
        await File.WriteAllTextAsync(file, """{ "corrections": [ { "call": "sw-1/b" } ] }""");

        (await RunAsync(world, "calls", "void", "sw-1/a", "--reason", "x")).ShouldSatisfyAllConditions(
            ended => ended.Code.ShouldBe(2), ended => ended.ErrorLine.ShouldContain("sw-1/a was never taken in"));
        (await RunAsync(world, "calls", "correct", "--file", file, "--reason", "x")).ShouldSatisfyAllConditions(
            ended => ended.Code.ShouldBe(2), ended => ended.ErrorLine.ShouldContain("$.corrections[0]: either void: true or facts is expected"));
        (await RunAsync(world, "deliveries", "rollback", "7", "--reason", "x")).Code.ShouldBe(2);
        (await RunAsync(world, "calls", "void", "sw-1/a")).Code.ShouldBe(64);
        (await RunAsync(world, "calls", "void", "sw-1/a", "--reason", "x", "--invoice-as", "gift")).Code.ShouldBe(64);
    }

    private static async Task BothAsync(BilledWorld world, string before, string after, string said, string[] arguments)
    {
        var looked = await RunAsync(world, [.. arguments, "--reason", "wrong"]);
        looked.Code.ShouldBe(0, looked.All);
        looked.Output.ShouldContain("nothing is written yet");
        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe(before);

        var written = await RunAsync(world, [.. arguments, "--reason", "wrong", "--yes"]);
        written.Code.ShouldBe(0, written.All);
        written.Output.ShouldContain(said);
        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe(after);
    }

    private static Task<Command.Ended> RunAsync(BilledWorld world, params string[] arguments) => Command.RunAsync(world.Database.ConnectionString, arguments);
}
