using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Corrections;

/// <summary>Calls are corrected while others of the same contract are taken in, and while the read tables are rebuilt.</summary>
public class RacingCorrectionsTests
{
    private const string Number = "05033000001";

    [Fact]
    public async Task Calls_are_taken_in_and_voided_on_one_contract_at_the_same_time()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number, limit: 1000));
        await world.IngestAsync(Rows(world, "v", 200));

        var taken = TakeInAsync(world, 20);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(lane => Task.Run(async () =>
        {
            for (var i = lane; i < 200; i += 4)
            {
                await world.VoidAsync($"sw-1/v{i:D4}");
            }
        })));
        await taken;

        (await world.Database.ScalarAsync<long>("select count(*) from billing.rated_calls")).ShouldBe(400);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.rated_calls where starts_with(record_id, 'v')")).ShouldBe(0);
        await ShouldBeDenseAsync(world);
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task A_call_that_waits_for_its_stream_is_charged_with_what_is_known_when_it_gets_it()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(Rows(world, "v", 1));
        await using var holder = await world.Database.Database.OpenConnectionAsync();
        await using var hold = await holder.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand("select version from billing.mt_streams where id = 'usage-C-1-2026-09' for update", holder, hold))
        {
            await command.ExecuteScalarAsync();
        }

        var coming = Task.Run(() => world.IngestAsync(Rows(world, "w", 1)));
        await Poll.UntilAsync("the call waits", async () =>
            await world.Database.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0);
        await world.PublishAsync(RerateUsageTests.FixedAt("6"));
        await hold.CommitAsync();
        await coming;

        (await world.Database.ScalarAsync<string>("select string_agg(charge::text, ' ' order by record_id) from billing.rated_calls")).ShouldBe("8 6");
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task Of_two_that_void_the_same_call_at_once_one_is_refused()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(Rows(world, "v", 30));

        for (var i = 0; i < 30; i++)
        {
            var call = CorrectedWorld.Void($"sw-1/v{i:D4}");
            var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => world.TryCorrectAsync(CorrectedWorld.Terms(), [call]))));
            results.Count(result => result.Refusal is null).ShouldBe(1);
        }

        (await world.CountEventsAsync("call_voided.v1")).ShouldBe(30);
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task Calls_are_voided_corrected_and_rerated_while_the_tables_are_rebuilt()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number), BilledWorld.Contract("C-2", "05033000002"));
        await world.IngestAsync(Rows(world, "v", 300));
        var corrected = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await world.VoidAsync($"sw-1/v{i:D4}");
                await world.CorrectAsync(CorrectedWorld.Facts($"sw-1/v{i + 100:D4}", new() { CalledNumber = BilledWorld.Mobile }));
                if (i % 10 == 9)
                {
                    await world.PublishAsync(RerateUsageTests.FixedAt($"{i}"));
                    await world.RerateAsync(BilledWorld.September);
                }
            }
        });

        var rebuilds = 0;
        do
        {
            await world.RebuildAsync();
            rebuilds++;
        }
        while (!corrected.IsCompleted);

        await corrected;
        rebuilds.ShouldBeGreaterThan(1);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.rated_calls")).ShouldBe(260);
        await ShouldBeDenseAsync(world);
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    private static async Task TakeInAsync(BilledWorld world, int files)
    {
        for (var i = 0; i < files; i++)
        {
            await world.DeliverAsync($"during-{i}.csv", Rows(world, $"n{i:D2}-", 20));
        }
    }

    private static string[] Rows(BilledWorld world, string name, int count) =>
        [.. Enumerable.Range(0, count).Select(i => world.Call(Number, BilledWorld.Fixed, $"2026-09-{1 + (i % 28):D2}T10:00:00", 60, $"{name}{i:D4}"))];

    private static async Task ShouldBeDenseAsync(BilledWorld world) => (await world.Database.ScalarAsync<long>(
        "select count(*) from billing.mt_streams s where version <> (select count(*) from billing.mt_events e where e.stream_id = s.id)")).ShouldBe(0);
}
