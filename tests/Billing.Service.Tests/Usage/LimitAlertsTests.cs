using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Subscriptions;
using Marten;

namespace Billing.Service.Tests.Usage;

/// <summary>A contract that comes near its limit is told so once per step (R14).</summary>
public sealed class LimitAlertsTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task R14_each_step_of_50_80_and_100_per_cent_is_raised_once()
    {
        using var month = new MonthFiles();
        await MonthFiles.LearnAsync(database, contracts: false);
        var contract = MonthFiles.Read<Contracts.Documents.ContractsDocument>("""
            { "contracts": [ { "id": "L-1", "service": "biz", "customer": { "name": "株式会社サンプル" }, "openedOn": "2026-04-01",
              "numbers": [ { "number": "05033000077", "from": "2026-04-01" } ], "usageLimits": [ { "amount": "80", "from": "2026-04-01" } ] } ] }
            """u8.ToArray()).Contracts[0];
        (await database.InvokeAsync(new ImportContract(contract))).Refusal.ShouldBeNull();

        // 8 yen a call: 4 calls stay below half of 80 yen, the fifth reaches it
        await IngestAsync(month, 0, 4);
        (await AlertsAsync()).ShouldBeEmpty();
        await IngestAsync(month, 4, 1);
        (await AlertsAsync()).ShouldBe([50]);
        await IngestAsync(month, 5, 4);
        (await AlertsAsync()).ShouldBe([50, 80]);
        await IngestAsync(month, 9, 3);
        await IngestAsync(month, 12, 3);
        (await AlertsAsync()).ShouldBe([50, 80, 100]);
    }

    private Task<Contracts.Documents.ReceiptDocument> IngestAsync(MonthFiles month, int from, int count) => database.IngestAsync(month.Write(
        $"{from}.csv",
        Enumerable.Range(from, count).Select(i => month.Call("sw-l", $"{i}", "05033000077", "0312345678", "2026-10-05T10:00:00+09:00", 60))));

    private async Task<int[]> AlertsAsync()
    {
        await using var session = database.Store.QuerySession();
        var events = await session.Events.FetchStreamAsync("usage-L-1-2026-10");
        return [.. events.Select(happened => happened.Data).OfType<UsageLimitReached>().Select(alert => alert.Percent)];
    }
}
