using Billing.Contracts.Documents;
using Billing.Service.Tests.Invoicing;
using CsCheck;

namespace Billing.Service.Tests.Corrections;

/// <summary>
/// Whatever is taken in, voided, corrected, rerated and released in any order: the three hosts make the same rows, and the totals are
/// those of a database that got the final facts in one file.
/// </summary>
public class RandomCorrectionsTests
{
    private const string Number = "05033000001";
    private const string Later = "05033000002";

    private static readonly string[] Called = [BilledWorld.Fixed, BilledWorld.Mobile, BilledWorld.NewYork, BilledWorld.OnNet];

    [Fact]
    public Task Any_interleaving_ends_in_the_rows_of_a_rebuild_and_the_totals_of_the_final_facts() =>
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, 8], Gen.Int[0, 7]).List[25, 40].SampleAsync(RunAsync, iter: 6, threads: 1, seed: "0000Corrected");

    private static async Task RunAsync(List<(int What, int Call, int Variant)> steps)
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        var model = new Dictionary<string, Record>(StringComparer.Ordinal);
        var (price, opened, files) = (8, false, 0);
        foreach (var (what, call, variant) in steps)
        {
            var id = $"x{call}";
            switch (what)
            {
                case <= 4:
                    var record = new Record(id, call % 3 == 0 ? Later : Number, variant, call % 3 == 0 && !opened);
                    await world.DeliverAsync($"{++files}.csv", [.. Enumerable.Repeat(record.Row(world), 1 + files)]);
                    model.TryAdd(id, record);
                    break;
                case <= 6 when model.Remove(id):
                    await world.VoidAsync($"sw-1/{id}");
                    break;
                case 7 or 8 when model.TryGetValue(id, out var standing) && !standing.IsSuspended:
                    model[id] = standing with { Variant = variant };
                    await world.CorrectAsync(CorrectedWorld.Facts($"sw-1/{id}", model[id].Facts));
                    break;
                case 9:
                    await world.PublishAsync(RerateUsageTests.FixedAt($"{++price}"));
                    await RerateAsync(world);
                    break;
                case 10:
                    if (!opened)
                    {
                        await world.ImportAsync(BilledWorld.Contract("C-2", Later));
                        opened = true;
                    }

                    await ReleaseAsync(world, model);
                    break;
                case 11:
                    await world.RebuildAsync(variant % 2 == 0 ? BilledWorld.September : null);
                    break;
            }
        }

        await world.ImportAsync(BilledWorld.Contract("C-2", Later));
        await ReleaseAsync(world, model);
        await world.ShouldBeWhatTheLogSaysAsync();
        await RerateAsync(world);
        await world.ShouldBeWhatTheLogSaysAsync();

        await using var fresh = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number), BilledWorld.Contract("C-2", Later));
        await fresh.PublishAsync(RerateUsageTests.FixedAt($"{price}"));
        if (model.Count > 0)
        {
            await fresh.IngestAsync([.. model.Values.Select(record => record.Row(fresh))]);
        }

        (await world.UsageAsync()).ShouldBe(await fresh.UsageAsync());
    }

    private static async Task RerateAsync(BilledWorld world)
    {
        if (await world.Database.ScalarAsync<long>("select count(*) from billing.month_usage where contract <> ''") > 0)
        {
            (await world.RerateAsync(BilledWorld.September)).Refused.ShouldBeEmpty();
        }
    }

    private static async Task ReleaseAsync(BilledWorld world, Dictionary<string, Record> model)
    {
        await world.ReleaseAsync();
        foreach (var (id, record) in model)
        {
            model[id] = record with { IsSuspended = false };
        }
    }

    private sealed record Record(string Id, string Number, int Variant, bool IsSuspended)
    {
        private int Seconds => Variant < 4 ? 60 : 200;

        private string CalledNumber => Called[Variant % 4];

        public CorrectedFactsDocument Facts => new()
        {
            CalledNumber = CalledNumber,
            EndedAt = $"2026-09-03T10:0{Seconds / 60}:{Seconds % 60:D2}+09:00",
        };

        public string Row(BilledWorld world) => world.Call(Number, CalledNumber, "2026-09-03T10:00:00", Seconds, Id);
    }
}
