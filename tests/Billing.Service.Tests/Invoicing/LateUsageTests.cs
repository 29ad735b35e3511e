using Billing.Contracts;

namespace Billing.Service.Tests.Invoicing;

public class LateUsageTests
{
    private const string Number = "05033000001";

    [Fact]
    public async Task Pain06_calls_after_the_invoice_are_prior_usage_on_the_next_one()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00"));
        await world.IssueAsync(BilledWorld.September);
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Fixed, "2026-09-30T23:59:59", seconds: 181),
            world.Call(Number, BilledWorld.OnNet, "2026-09-04T10:00:00"),
            world.Call(Number, BilledWorld.Fixed, "2026-10-01T00:00:00"));

        await world.IssueAsync(BilledWorld.October);

        var invoice = await world.InvoiceAsync("C-1", BilledWorld.October);
        BilledWorld.Lines(invoice, "usage", "prior-usage", "limit").ShouldBe(
        [
            "usage fixed 2026-10 1 8 S",
            "prior-usage fixed 2026-09 1 16 S",
            "prior-usage on-net-050 2026-09 1 0 S",
        ]);
        invoice.Usage.Amount.ShouldBe(Yen.Whole(8));
        (await world.IssueAsync(BilledWorld.November)).Issued.ShouldBe(1);
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.November), "prior-usage").ShouldBeEmpty();
    }

    [Fact]
    public async Task Pain06_the_limit_of_the_original_month_holds_for_late_calls_over_several_months()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number, limit: 100));

        // 80 yen in time, 40 late in October, 24 more in November: the month never costs more than 100
        await world.IngestAsync(Fixed(world, 10, "2026-09-03"));
        await world.IssueAsync(BilledWorld.September);
        await world.IngestAsync(Fixed(world, 5, "2026-09-04"));
        await world.IssueAsync(BilledWorld.October);
        await world.IngestAsync(Fixed(world, 3, "2026-09-05"));
        await world.IssueAsync(BilledWorld.November);

        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.September), "usage", "limit").ShouldBe(["usage fixed 2026-09 10 80 S"]);
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.October), "usage", "prior-usage", "limit")
            .ShouldBe(["prior-usage fixed 2026-09 5 40 S", "limit usage-limit 2026-09 1 -20 S"]);
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.November), "usage", "prior-usage", "limit")
            .ShouldBe(["prior-usage fixed 2026-09 3 24 S", "limit usage-limit 2026-09 1 -24 S"]);
    }

    [Fact]
    public async Task Pain06_the_excess_of_late_calls_falls_on_the_category_that_lies_beyond_the_limit()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number, limit: 100));
        await world.IngestAsync([.. Fixed(world, 10, "2026-09-03"), world.Call(Number, BilledWorld.NewYork, "2026-09-20T10:00:00")]);
        await world.IssueAsync(BilledWorld.September);

        // answered before all others: what it pushes beyond the limit is the international call at the end, 9.4 - (100 - 96)
        await world.IngestAsync(world.Call(Number, BilledWorld.Mobile, "2026-09-01T10:00:00"));
        await world.IssueAsync(BilledWorld.October);

        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.September), "usage", "limit")
            .ShouldBe(["usage fixed 2026-09 10 80 S", "usage international 2026-09 1 9 G"]);
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.October), "prior-usage", "limit")
            .ShouldBe(["prior-usage mobile 2026-09 1 16 S", "limit usage-limit 2026-09 1 -5 G"]);
    }

    [Fact]
    public async Task Pain06_late_calls_of_two_months_come_on_one_invoice()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IssueAsync(BilledWorld.September);
        await world.IssueAsync(BilledWorld.October);
        await world.IngestAsync([.. Fixed(world, 2, "2026-10-09"), .. Fixed(world, 1, "2026-09-09")]);

        await world.IssueAsync(BilledWorld.November);

        var invoice = await world.IssuedAsync("C-1", BilledWorld.November);
        BilledWorld.Lines(invoice.Invoice, "prior-usage").ShouldBe(["prior-usage fixed 2026-09 1 8 S", "prior-usage fixed 2026-10 2 16 S"]);
        invoice.Covered.Select(covered => covered.Month).ShouldBe([BilledWorld.November, BilledWorld.September, BilledWorld.October]);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.mt_events where stream_id = 'usage-C-1-2026-09' and type = 'usage_month_closed.v1'")).ShouldBe(2);
    }

    [Fact]
    public async Task Pain06_usage_of_a_month_without_invoice_waits_for_its_own()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(Fixed(world, 1, "2026-09-09"));

        await world.IssueAsync(BilledWorld.October);
        await world.IssueAsync(BilledWorld.September);

        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.October), "prior-usage").ShouldBeEmpty();
        BilledWorld.Lines(await world.InvoiceAsync("C-1", BilledWorld.September), "usage").ShouldBe(["usage fixed 2026-09 1 8 S"]);
    }

    [Fact]
    public async Task Pain06_late_calls_that_nobody_answered_are_on_no_invoice()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IssueAsync(BilledWorld.September);
        await world.IngestAsync(world.Unanswered(Number, BilledWorld.Fixed, "2026-09-09T10:00:00"));

        await world.IssueAsync(BilledWorld.October);

        (await world.IssuedAsync("C-1", BilledWorld.October)).Covered.ShouldHaveSingleItem().Month.ShouldBe(BilledWorld.October);
    }

    [Fact]
    public async Task Pain06_calls_that_arrive_while_the_month_is_issued_are_billed_once()
    {
        var contracts = Enumerable.Range(1, 40).Select(i => BilledWorld.Contract($"C-{i:D2}", $"050330000{i:D2}", limit: 60)).ToArray();
        await using var world = await BilledWorld.NewAsync(contracts);
        var files = Enumerable.Range(0, 12).Select(file => contracts
            .Select(contract => world.Call(contract.Numbers[0].Number, file % 3 == 0 ? BilledWorld.NewYork : BilledWorld.Fixed, $"2026-09-{file + 1:D2}T10:00:00", seconds: 60))
            .ToArray()).ToArray();

        var ingest = Task.WhenAll(files.Chunk(6).Select(async (part, lane) =>
        {
            foreach (var (rows, i) in part.Select((rows, i) => (rows, i)))
            {
                await world.DeliverAsync($"lane{lane}-{i}.csv", rows);
            }
        }));
        foreach (var contract in contracts)
        {
            await world.IssueAsync(BilledWorld.September, contract.Id);
        }

        await ingest;
        await world.IssueAsync(BilledWorld.October);

        var billed = (await world.AllIssuedAsync(BilledWorld.September)).Concat(await world.AllIssuedAsync(BilledWorld.October))
            .SelectMany(issued => issued.Invoice.Lines.Where(line => line.Month == BilledWorld.September && line.Section is "usage" or "prior-usage"))
            .ToList();
        billed.Sum(line => line.Quantity).ShouldBe(12 * 40);
        foreach (var contract in contracts.Take(5))
        {
            (await world.VerifyAsync(contract.Id, BilledWorld.September)).Fault.ShouldBeNull();
            (await world.VerifyAsync(contract.Id, BilledWorld.October)).Fault.ShouldBeNull();
        }
    }

    private static string[] Fixed(BilledWorld world, int calls, string day) =>
        [.. Enumerable.Range(0, calls).Select(i => world.Call(Number, BilledWorld.Fixed, $"{day}T10:{i:D2}:00"))];
}
