using Billing.Contracts.Documents;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Invoicing;

[Trait("Category", "Faults")]
public class KilledIssueTests
{
    private static readonly bool Large = Environment.GetEnvironmentVariable("BILLING_FAULTS") == "large";

    [Fact]
    public async Task A_run_that_is_killed_again_and_again_issues_every_invoice_once()
    {
        var count = Large ? 20_000 : 2_000;
        var contracts = Enumerable.Range(1, count).Select(i => BilledWorld.Contract($"C-{i:D5}", $"050330{i:D5}", limit: 20)).ToArray();
        await using var world = await BilledWorld.NewAsync(contracts);
        await world.IngestAsync([.. contracts.SelectMany(contract => Calls(world, contract, "2026-09"))]);
        await world.IssueAsync(BilledWorld.September);
        await world.IngestAsync([.. contracts.SelectMany(contract => Calls(world, contract, "2026-10").Concat(Calls(world, contract, "2026-09")))]);

        foreach (var contract in contracts.Where((_, i) => i % 20 == 0))
        {
            (await world.GrantAsync(InvoiceKeys.Number(contract.Id, BilledWorld.September), Credits.Request(GrantAs.Adjustment, "S", -5))).Refusal.ShouldBeNull();
        }

        // killed at once, and then again and again after a group was committed, until a run reaches the end
        var random = new Random(11);
        var killed = new List<long>();
        while (await IssueAndKillAsync(world, committed: killed.Count > 0, random.Next(0, 60)))
        {
            killed.Add(await IssuedAsync(world));
        }

        var last = await world.IssueAsync(BilledWorld.October);

        last.Issued.ShouldBe(0);
        last.AlreadyIssued.ShouldBe(count);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.mt_events where type = 'invoice_issued.v1' and stream_id like '%-2026-10'")).ShouldBe(count);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.invoices where month = '2026-10-01'")).ShouldBe(count);

        // every adjustment on exactly one invoice
        (await world.Database.ScalarAsync<long>(
            "select sum(jsonb_array_length(data->'adjustments')) from billing.mt_events where type = 'invoice_issued.v1' and stream_id like '%-2026-10'")).ShouldBe(count / 20);
        (await world.CountEventsAsync("adjustment_settled.v1")).ShouldBe(count / 20);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.adjustments where settled_by is null")).ShouldBe(0);

        // every call on exactly one invoice, every stream as long as its version says
        (await world.Database.ScalarAsync<long>(
            """
            select count(*) from (select contract, usage_month, sum(calls) calls, sum(charge) charge from billing.month_usage where class <> '' group by 1, 2) u
            full join (select contract, usage_month, sum(calls) calls, sum(charge) charge from billing.invoiced_usage where calls > 0 group by 1, 2) i using (contract, usage_month)
            where u.calls is distinct from i.calls or u.charge is distinct from i.charge
            """)).ShouldBe(0);
        (await world.Database.ScalarAsync<long>(
            "select count(*) from billing.mt_streams s where version <> (select count(*) from billing.mt_events e where e.stream_id = s.id)")).ShouldBe(0);
    }

    private static string[] Calls(BilledWorld world, ContractDocument contract, string month) =>
    [
        world.Call(contract.Numbers[0].Number, BilledWorld.Mobile, $"{month}-03T10:00:00"),
        world.Call(contract.Numbers[0].Number, BilledWorld.NewYork, $"{month}-04T10:00:00"),
    ];

    private static Task<long> IssuedAsync(BilledWorld world) =>
        world.Database.ScalarAsync<long>("select count(*) from billing.invoices where month = '2026-10-01'");

    /// <param name="committed">True to let the run commit something first.</param>
    /// <returns>True when the run was still at work.</returns>
    private static async Task<bool> IssueAndKillAsync(BilledWorld world, bool committed, int delay)
    {
        var before = await IssuedAsync(world);
        using var process = Command.Start(new Dictionary<string, string> { ["BILLING_DB"] = world.Database.ConnectionString }, "invoices", "issue", "--month", "2026-10");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await Poll.UntilAsync("the run has issued something or is over", async () => !committed || process.HasExited || await IssuedAsync(world) != before);

        using var limit = new CancellationTokenSource(delay);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            process.ExitCode.ShouldBe(0, await errors + await output);
            return false;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync();
            return true;
        }
    }
}
