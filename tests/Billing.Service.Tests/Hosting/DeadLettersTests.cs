using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Wolverine;

namespace Billing.Service.Tests.Hosting;

/// <summary>A message that is refused for good waits, can be looked at, and is handled once its cause is mended.</summary>
public sealed class DeadLettersTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task A_refused_command_is_listed_and_replayed_after_the_cause_is_mended()
    {
        var contract = MonthFiles.Read<ContractsDocument>(await File.ReadAllBytesAsync(MonthFiles.Demo("contracts.json"))).Contracts[0];
        await using var server = await Server.StartAsync(database.ConnectionString);
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
            await bus.PublishAsync(new RecordDeposit(contract.Id, "received", Yen.Whole(50_000), new LocalDate(2026, 10, 1)));
        }

        await Poll.UntilAsync("the command is a dead letter", async () => await DeadAsync() == 1);
        var listed = Rows(await BillingAsync("dead-letters", "list", "--json")).ShouldHaveSingleItem();
        listed.GetProperty("reason").GetString().ShouldBe($"there is no contract {contract.Id} (R13)");
        var id = listed.GetProperty("id").GetString()!;
        (await BillingAsync("dead-letters", "show", id)).Output.ShouldContain("50000");

        // the service works on, and says that somebody must look
        var ready = await server.Http.GetAsync("/health/ready");
        ready.IsSuccessStatusCode.ShouldBeTrue();
        var health = JsonDocument.Parse(await ready.Content.ReadAsStringAsync()).RootElement;
        health.GetProperty("status").GetString().ShouldBe("degraded");
        health.GetProperty("checks").GetProperty("dead-letters").GetProperty("data").GetProperty("count").GetInt32().ShouldBe(1);

        (await database.InvokeAsync(new ImportContract(contract))).Refusal.ShouldBeNull();
        (await BillingAsync("dead-letters", "replay", "--all")).Output.ShouldStartWith("1 message ");
        await Poll.UntilAsync("the deposit is recorded", async () => await DepositsAsync() == 1);
        await Poll.UntilAsync("the dead letter is gone", async () => await DeadAsync() == 0);
        (await DepositsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_letter_that_is_not_there_and_a_replay_of_nothing_named_are_errors()
    {
        var unknown = Guid.NewGuid().ToString();
        var ended = await Command.RunAsync(database.ConnectionString, "dead-letters", "replay", unknown);
        (ended.Code, ended.ErrorLine).ShouldBe((1, $"billing: there is no dead letter {unknown}"));
        (await Command.RunAsync(database.ConnectionString, "dead-letters", "replay")).Code.ShouldBe(64);
        (await Command.RunAsync(database.ConnectionString, "dead-letters", "replay", "--all", unknown)).Code.ShouldBe(64);
    }

    private async Task<Command.Ended> BillingAsync(params string[] arguments)
    {
        var ended = await Command.RunAsync(database.ConnectionString, arguments);
        ended.Code.ShouldBe(0, ended.All);
        return ended;
    }

    private static IReadOnlyList<JsonElement> Rows(Command.Ended ended) => [.. JsonDocument.Parse(ended.Output).RootElement.EnumerateArray()];

    private Task<long> DeadAsync() => database.ScalarAsync<long>("select count(*) from billing_queue.wolverine_dead_letters");

    private Task<long> DepositsAsync() => database.ScalarAsync<long>("select count(*) from billing.mt_events where type like 'deposit_recorded%'");
}
