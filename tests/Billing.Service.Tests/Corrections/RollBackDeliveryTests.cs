using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Corrections;
using Billing.Service.Ingestion;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Corrections;

/// <summary>What a wrongly sent file brought in is taken back, and the corrected file counts as new.</summary>
public class RollBackDeliveryTests
{
    private const string Number = "05033000001";
    private const string Later = "05033000002";

    [Fact]
    public async Task A_delivery_is_rolled_back_whole_with_what_was_released_since()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-02T10:00:00", id: "other"));
        string[] wrong =
        [
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"), world.Call(Number, BilledWorld.Mobile, "2026-10-03T10:00:00", id: "b"),
            world.Call(Later, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "released"), world.Call("05033000009", BilledWorld.Fixed, "2026-09-03T10:00:00", id: "suspended"),
            world.Unanswered("05033000009", BilledWorld.Fixed, "2026-09-03T10:00:00"), world.Call(Number, BilledWorld.Fixed, "2026-09-02T10:00:00", id: "other"),
        ];
        var receipt = await world.DeliverAsync("wrong.csv", wrong);
        await world.ImportAsync(BilledWorld.Contract("C-2", Later));
        (await world.ReleaseAsync()).Released.ShouldBe(1);
        await world.DeliverAsync("later.csv", [wrong[0], wrong[0]]);

        var effect = await RunAsync(world, receipt.Sha256, write: false);
        (await world.CountEventsAsync("call_voided.v1")).ShouldBe(0);
        var report = await RunAsync(world, receipt.Sha256[..8]);

        foreach (var told in new[] { effect, report })
        {
            told.Calls.ShouldBe(4);
            told.Suspended.ShouldBe(1);
            told.IsWhole.ShouldBeTrue();
            told.Effects.Select(one => $"{one.Contract} {one.Month} {one.Calls} {one.Charge}").ShouldBe([" 2026-09 1 0", "C-1 2026-09 1 8", "C-2 2026-09 1 8", "C-1 2026-10 1 16"]);
            told.DuplicatesSince.ShouldHaveSingleItem().File.ShouldBe("later.csv");
        }

        (await world.Database.ScalarAsync<string>("select string_agg(record_id, ',') from billing.rated_calls")).ShouldBe("other");
        (await world.CountEventsAsync("delivery_rolled_back.v1")).ShouldBe(1);
        await world.ShouldBeWhatTheLogSaysAsync();

        // the same bytes are a new attempt, and its records are new
        var again = await world.DeliverAsync("wrong.csv", wrong);
        again.Outcomes.ShouldBe(receipt.Outcomes with { Rated = receipt.Outcomes.Rated + 1, Suspended = receipt.Outcomes.Suspended - 1 });
        (await DeliveryList.ReadAsync(world.Database.Database, default)).Where(one => one.Sha256 == receipt.Sha256).Select(one => (one.Attempt, one.State))
            .ShouldBe([(1, "rolled-back"), (2, "complete")]);
        await world.ShouldBeWhatTheLogSaysAsync();
        (await RunAsync(world, receipt.Sha256)).Calls.ShouldBe(4);
        (await RefusedAsync(world, receipt.Sha256)).Message.ShouldContain("was rolled back before");
        (await RefusedAsync(world, "ffffff")).Message.ShouldContain("no file");
    }

    [Fact]
    public async Task Some_calls_of_a_delivery_are_rolled_back_and_the_file_stands()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-02T10:00:00", id: "other"));
        string[] rows = [world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"), world.Call(Number, BilledWorld.Mobile, "2026-09-03T10:00:00", id: "b")];
        var receipt = await world.DeliverAsync("part.csv", rows);

        (await SomeAsync(world, receipt, "sw-1/a", "sw-1/other")).Refusal!.Message.ShouldContain("sw-1/other was not brought in by part.csv");
        (await SomeAsync(world, receipt, "sw-1/a")).Report!.Calls.ShouldBe(1);

        (await world.DeliverAsync("part.csv", rows)).Sha256.ShouldBe(receipt.Sha256);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.deliveries")).ShouldBe(2);
        (await world.DeliverAsync("corrected.csv", [.. rows, rows[0]])).Outcomes.ShouldSatisfyAllConditions(
            outcomes => outcomes.Rated.ShouldBe(1), outcomes => outcomes.Duplicate.ShouldBe(2));
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task Calls_on_issued_invoices_are_left_and_late_ones_are_not()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number), BilledWorld.Contract("C-2", Later));
        var receipt = await world.DeliverAsync("wrong.csv",
            [world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "billed"), world.Call(Number, BilledWorld.Fixed, "2026-10-03T10:00:00", id: "open"), world.Call(Later, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "late")]);
        await world.IssueAsync(BilledWorld.September, "C-1");

        var report = await RunAsync(world, receipt.Sha256);

        report.ShouldSatisfyAllConditions(one => one.Calls.ShouldBe(2), one => one.OnInvoices.ShouldBe(1), one => one.IsWhole.ShouldBeFalse());
        (await world.Database.ScalarAsync<string>("select string_agg(record_id, ',') from billing.rated_calls")).ShouldBe("billed");
        (await world.CountEventsAsync("delivery_rolled_back.v1")).ShouldBe(0);
        (await DeliveryList.ReadAsync(world.Database.Database, default)).ShouldHaveSingleItem().State.ShouldBe("complete");
        await world.ShouldBeWhatTheLogSaysAsync();
        (await world.VerifyAsync("C-1", BilledWorld.September)).Fault.ShouldBeNull();
    }

    [Fact]
    public async Task A_roll_back_that_is_stopped_again_and_again_goes_on_where_it_was()
    {
        await using var world = await BilledWorld.NewAsync([.. Contracts(12)]);
        var receipt = await world.DeliverAsync("wrong.csv", Rows(world, 600, 1));
        var stops = 0;
        while (true)
        {
            using var stop = new CancellationTokenSource();
            var progress = new StopAfter(stop, 1 + (stops % 3));
            try
            {
                var (report, _) = await Rollback(world, 40).RunAsync(receipt.Sha256, CorrectedWorld.Grounds, write: true, progress, stop.Token);
                report!.IsWhole.ShouldBeTrue();
                break;
            }
            catch (OperationCanceledException)
            {
                stops++;

                // what it holds makes nothing a duplicate until it is finished, and is not free before
                if (await world.Database.ScalarAsync<long>("select count(*) from billing.rated_calls") > 0)
                {
                    var waiting = await Should.ThrowAsync<IOException>(() => TryDeliverAsync(world, $"too-early-{stops}.csv", Rows(world, 600, 2)));
                    waiting.Message.ShouldContain("is not finished");
                }
            }
        }

        stops.ShouldBeGreaterThan(3);
        (await world.CountEventsAsync("call_voided.v1")).ShouldBe(600);
        (await world.CountEventsAsync("delivery_rolled_back.v1")).ShouldBe(1);
        (await world.DeliverAsync("corrected.csv", Rows(world, 600, 2))).Outcomes.Duplicate.ShouldBe(0);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.rated_calls")).ShouldBe(600);
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task A_corrected_file_that_comes_while_the_wrong_one_is_rolled_back_is_lost_in_no_row_and_counted_in_none_twice()
    {
        await using var world = await BilledWorld.NewAsync([.. Contracts(12)]);
        var receipt = await world.DeliverAsync("wrong.csv", Rows(world, 600, 1));
        var begun = new TaskCompletionSource();
        var rollback = Task.Run(() => Rollback(world, 40).RunAsync(receipt.Sha256, CorrectedWorld.Grounds, write: true, new Signal(begun), default));
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1));

        var corrected = await world.DeliverAsync("corrected.csv", [.. Rows(world, 600, 1).Take(300), .. Rows(world, 600, 2).Skip(300)]);

        (await rollback).Report!.IsWhole.ShouldBeTrue();
        corrected.Outcomes.Rated.ShouldBe(600);
        (await world.Database.ScalarAsync<long>("select count(distinct record_id) from billing.rated_calls")).ShouldBe(600);
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    private static IEnumerable<ContractDocument> Contracts(int count) => Enumerable.Range(1, count).Select(i => BilledWorld.Contract($"C-{i:D2}", $"050330000{i:D2}"));

    private static string[] Rows(BilledWorld world, int count, int minutes) =>
        [.. Enumerable.Range(0, count).Select(i => world.Call($"050330000{1 + (i % 13):D2}", BilledWorld.Mobile, $"2026-09-{1 + (i % 28):D2}T10:00:00", minutes * 60, $"x{i:D5}"))
            .Select(row => row.Replace("05033000013", "05033000012", StringComparison.Ordinal))];

    private static RollBackDelivery Rollback(BilledWorld world, int mostCalls = 30_000) => new(world.Database.Database, TimeProvider.System) { MostCalls = mostCalls };

    private static async Task<RollbackReport> RunAsync(BilledWorld world, string file, bool write = true)
    {
        var (report, refusal) = await Rollback(world).RunAsync(file, CorrectedWorld.Grounds, write, null, default);
        refusal.ShouldBeNull();
        return report!;
    }

    private static async Task<Refusal> RefusedAsync(BilledWorld world, string file) =>
        (await Rollback(world).RunAsync(file, CorrectedWorld.Grounds, write: true, null, default)).Refusal.ShouldNotBeNull();

    private static async Task<(CorrectionReport? Report, Refusal? Refusal)> SomeAsync(BilledWorld world, ReceiptDocument receipt, params string[] calls)
    {
        using var knowledge = new Service.Knowledge.KnowledgeCache(world.Database.Database);
        return await new RollBackCalls(world.Database.Database, knowledge, TimeProvider.System).RunAsync(receipt.Sha256, calls, CorrectedWorld.Terms(), default);
    }

    private static async Task TryDeliverAsync(BilledWorld world, string name, string[] rows)
    {
        var path = world.Folder(name);
        await File.WriteAllLinesAsync(path, ["source,record_id,kind,mode,calling_number,called_number,started_at,answered_at,ended_at", .. rows]);
        using var knowledge = new Service.Knowledge.KnowledgeCache(world.Database.Database);
        await new IngestFile(world.Database.Database, knowledge, TimeProvider.System) { OutagePatience = TimeSpan.Zero }.RunAsync(path, name, null, default);
    }

    private sealed class StopAfter(CancellationTokenSource stop, int reports) : IProgress<long>
    {
        private int _left = reports;

        public void Report(long value)
        {
            if (--_left == 0)
            {
                stop.Cancel();
            }
        }
    }

    private sealed class Signal(TaskCompletionSource begun) : IProgress<long>
    {
        public void Report(long value) => begun.TrySetResult();
    }
}
