using System.Collections.Concurrent;
using System.Net;
using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>Several servers on one database: one is killed at work, one is replaced by another.</summary>
[Trait("Category", "Faults")]
public sealed class SeveralServersTests : IDisposable
{
    private const string Agents = "select coalesce(string_agg(id, ' ' order by id), '') from billing_queue.wolverine_node_assignments";
    private const string Completed = "select count(distinct sha256) from billing.deliveries where completed_at is not null";

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_two_servers_that_take_batches_in_the_leader_is_killed_and_the_other_does_all_of_it_once()
    {
        var (batches, size) = (24, Size.Of(400, 8_000));
        MadeUp.Write(_folder.At("calls.csv"), MadeUp.Calls(batches * size, seed: 31));
        await using var undisturbed = await DatabaseServer.Shared.CreateAsync();
        await undisturbed.IngestAsync(_folder.At("calls.csv"));
        await using var database = await DatabaseServer.Shared.CreateAsync();
        var key = await database.MakeKeyAsync();
        (string, string)[] settings = [("BILLING_NODE_TIMEOUT", "00:00:05"), ("BILLING_SPOOL", _folder.At("spool"))];
        using var first = await BillingServer.StartAsync(database, "first", key, settings);
        await using var watch = await database.WatchAsync();
        await UntilAsync(watch, first, "select exists (select from billing_queue.wolverine_node_assignments where id like 'wolverine://leader%')");
        var leader = await database.TextAsync("select node_id from billing_queue.wolverine_node_assignments where id like 'wolverine://leader%'");
        using var second = await BillingServer.StartAsync(database, "second", key, settings);
        var agents = await database.TextAsync(Agents);

        Task sending;
        await using (var moment = await Moment.AfterRowsAsync(database, "billing.mt_events", batches * size / 3))
        {
            sending = Parallel.ForEachAsync(Enumerable.Range(0, batches), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (no, _) =>
                await SendAsync(MadeUp.Csv(MadeUp.Calls(size, seed: 31, first: no * size)), isAwaited: no % 3 != 0, no % 2 == 0 ? [first, second] : [second, first]));
            await moment.ReachedAsync(first.Process, "first");
            await first.Process.KillAsync();
        }

        await sending;
        await UntilAsync(watch, second, $"({Completed}) = {batches}");
        await UntilAsync(watch, second, $"({Agents}) = '{agents}' and not exists (select from billing_queue.wolverine_node_assignments where node_id = '{leader}')");
        await UntilAsync(watch, second, "(select last_seq_id from billing.mt_event_progression where name = 'notices:All') >= (select max(seq_id) from billing.mt_events)");

        (await Contents.OfAsync(database, isServed: true)).ShouldBe(await Contents.OfAsync(undisturbed));
        (await database.CountAsync("select count(*) from billing.notices where type = 'DeliveryCompleted'")).ShouldBe(batches);
        (await second.IsReadyAsync()).ShouldBeTrue();
        await database.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_server_is_replaced_by_another_and_no_batch_is_refused()
    {
        const int BatchSize = 20;
        await using var database = await DatabaseServer.Shared.CreateAsync();
        var key = await database.MakeKeyAsync();
        await using var balancer = new Balancer();
        var first = await balancer.AddAsync(BillingServer.StartAsync(database, "first", key, ("BILLING_STOP_DELAY", "00:00:01")));
        var events = await first.OpenEventsAsync();
        var answers = new ConcurrentQueue<HttpStatusCode>();
        using var enough = new CancellationTokenSource();
        var sending = Task.WhenAll(Enumerable.Range(0, 3).Select(sender => Task.Run(async () =>
        {
            for (var no = sender; !enough.IsCancellationRequested; no += 3)
            {
                answers.Enqueue(await balancer.PostAsync(MadeUp.Csv(MadeUp.Calls(BatchSize, seed: 32, first: no * BatchSize))));
            }
        })));

        await AnswersAsync(10);
        await balancer.AddAsync(BillingServer.StartAsync(database, "second", key));
        await first.Process.TerminateAsync();
        await Poll.UntilAsync("the balancer leaves the first server alone", () => Task.FromResult(!balancer.Knows(first)));
        first.Process.HasEnded.ShouldBeFalse("it is said in time that it leaves");
        var ended = await first.Process.EndAsync();
        ended.Code.ShouldBe(0, ended.All);
        (await events).ShouldStartWith(": the stream begins", customMessage: "the stream comes to a good end");
        await AnswersAsync(10);
        await enough.CancelAsync();
        await sending;

        answers.ShouldAllBe(answer => answer == HttpStatusCode.OK);
        (await database.CountAsync(Completed)).ShouldBe(answers.Count);
        (await database.AllDeliveriesAsync()).Stored.ShouldBe(answers.Count * BatchSize);
        await database.ShouldBeSoundAsync();

        Task AnswersAsync(int more)
        {
            var all = answers.Count + more;
            return Poll.UntilAsync($"{more} batches more are answered", () => Task.FromResult(answers.Count >= all), () => sending.IsCompleted);
        }
    }

    /// <summary>Sends a batch until it is taken in or kept, to one server after the other.</summary>
    private static Task<bool> SendAsync(byte[] calls, bool isAwaited, BillingServer[] servers)
    {
        var attempt = 0;
        return Poll.UntilAsync("the batch is taken", async () =>
        {
            try
            {
                return await servers[attempt++ % servers.Length].PostAsync(calls, isAwaited) is HttpStatusCode.OK or HttpStatusCode.Accepted;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    private static async Task UntilAsync(Watch watch, BillingServer server, string condition) =>
        (await Poll.UntilAsync(condition, () => watch.HoldsAsync(condition), () => server.Process.HasEnded)).ShouldBeTrue("the server ended before");
}
