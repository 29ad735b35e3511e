using Billing.Contracts.Documents;
using Billing.Service.Tests.Invoicing;
using CsCheck;

namespace Billing.Service.Tests.Corrections;

/// <summary>
/// Whatever is taken in, voided, corrected, rerated and released in any order: the three hosts make the same rows, and the totals are
/// those of a database that got the final facts in one file.
/// </summary>
[Trait("Category", "Faults")]
public class RandomCorrectionsTests
{
    private const string Number = "05033000001";
    private const string Later = "05033000002";

    private static readonly string[] Called = [BilledWorld.Fixed, BilledWorld.Mobile, BilledWorld.NewYork, BilledWorld.OnNet];

    /// <summary>More with BILLING_FAULTS=large.</summary>
    private static readonly int Iterations = Environment.GetEnvironmentVariable("BILLING_FAULTS") == "large" ? 20 : 3;

    [Fact]
    public Task Any_interleaving_ends_in_the_rows_of_a_rebuild_and_the_totals_of_the_final_facts() =>
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, 8], Gen.Int[0, 7]).List[25, 40].SampleAsync(RunAsync, iter: Iterations, threads: 1, seed: "0000Corrected");

    private static async Task RunAsync(List<(int What, int Call, int Variant)> steps)
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        var model = new Model(world);
        foreach (var (what, call, variant) in steps)
        {
            await model.StepAsync(what, call, variant);
        }

        await model.OpenAndReleaseAsync();
        await world.ShouldBeWhatTheLogSaysAsync();
        await model.RerateAsync();
        await world.ShouldBeWhatTheLogSaysAsync();

        await using var fresh = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number), BilledWorld.Contract("C-2", Later));
        await fresh.PublishAsync(RerateUsageTests.FixedAt($"{model.Price}"));
        if (model.Standing.Count > 0)
        {
            await fresh.IngestAsync([.. model.Standing.Values.Select(record => record.Row(fresh))]);
        }

        (await world.UsageAsync()).ShouldBe(await fresh.UsageAsync());
    }

    /// <summary>What should stand after each step.</summary>
    private sealed class Model(BilledWorld world)
    {
        private bool _opened;
        private int _files;

        public int Price { get; private set; } = 8;

        public Dictionary<string, Record> Standing { get; } = new(StringComparer.Ordinal);

        public async Task StepAsync(int what, int call, int variant)
        {
            var id = $"x{call}";
            switch (what)
            {
                case <= 4:
                    var record = new Record(id, call % 3 == 0 ? Later : Number, variant, call % 3 == 0 && !_opened);
                    await world.DeliverAsync($"{++_files}.csv", [.. Enumerable.Repeat(record.Row(world), 1 + _files)]);
                    Standing.TryAdd(id, record);
                    break;
                case <= 6 when Standing.Remove(id):
                    await world.VoidAsync($"sw-1/{id}");
                    break;
                case 7 or 8 when Standing.TryGetValue(id, out var standing) && !standing.IsSuspended:
                    Standing[id] = standing with { Variant = variant };
                    await world.CorrectAsync(CorrectedWorld.Facts($"sw-1/{id}", Standing[id].Facts));
                    break;
                case 9:
                    await world.PublishAsync(RerateUsageTests.FixedAt($"{++Price}"));
                    await RerateAsync();
                    break;
                case 10:
                    await OpenAndReleaseAsync();
                    break;
                case 11:
                    await world.RebuildAsync(variant % 2 == 0 ? BilledWorld.September : null);
                    break;
            }
        }

        public async Task RerateAsync()
        {
            if (await world.Database.ScalarAsync<long>("select count(*) from billing.month_usage where contract <> ''") > 0)
            {
                (await world.RerateAsync(BilledWorld.September)).Refused.ShouldBeEmpty();
            }
        }

        public async Task OpenAndReleaseAsync()
        {
            if (!_opened)
            {
                await world.ImportAsync(BilledWorld.Contract("C-2", Later));
                _opened = true;
            }

            await world.ReleaseAsync();
            foreach (var (id, record) in Standing)
            {
                Standing[id] = record with { IsSuspended = false };
            }
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
