using Billing.Contracts;
using Billing.Contracts.Documents;

namespace Billing.Service.Tests.Invoicing;

public class UsageLimitTests
{
    private const int Orders = 24;
    private const long Limit = 150;

    private sealed record Planned(string Called, string AnsweredAt, int Seconds);

    [Fact]
    public async Task Pain09_the_limit_holds_for_every_order_of_arrival_before_and_after_the_invoice()
    {
        // the same calls on every contract; each gets them in an order of its own, cut into three deliveries
        var random = new Random(909);
        var calls = Calls(random);
        var contracts = Enumerable.Range(1, Orders).Select(i => BilledWorld.Contract($"C-{i:D2}", $"050330000{i:D2}", Limit)).ToArray();
        await using var world = await BilledWorld.NewAsync(contracts);
        var deliveries = Enumerable.Range(0, 3).Select(_ => new List<string>()).ToArray();
        foreach (var contract in contracts)
        {
            var order = calls.ToArray();
            random.Shuffle(order);
            foreach (var (call, i) in order.Select((call, i) => (call, i)))
            {
                var delivery = contract.Id == "C-01" ? 0 : random.Next(3);
                deliveries[delivery].Add(world.Call(contract.Numbers[0].Number, call.Called, call.AnsweredAt, call.Seconds, $"{contract.Id}-{calls.IndexOf(call):D3}"));
            }
        }

        foreach (var (delivery, month) in deliveries.Zip([BilledWorld.September, BilledWorld.October, BilledWorld.November]))
        {
            var rows = delivery.ToArray();
            random.Shuffle(rows);
            await world.IngestAsync(rows);
            (await world.IssueAsync(month)).Issued.ShouldBe(Orders);
        }

        var billed = new Dictionary<string, List<InvoiceLineDocument>>();
        foreach (var month in new[] { BilledWorld.September, BilledWorld.October, BilledWorld.November })
        {
            foreach (var issued in await world.AllIssuedAsync(month))
            {
                billed.TryAdd(issued.Invoice.Contract, []);
                billed[issued.Invoice.Contract].AddRange(issued.Invoice.Lines.Where(line => line.Month == BilledWorld.September && line.Section is "usage" or "prior-usage" or "limit"));
            }
        }

        foreach (var (contract, lines) in billed)
        {
            Sum(lines.Where(line => line.Month == BilledWorld.September)).ShouldBe(Yen.Whole(Limit), contract);
            lines.Where(line => line.Section != "limit").Sum(line => line.Quantity).ShouldBe(calls.Count, contract);
            foreach (var category in lines.GroupBy(line => line.TaxCategory))
            {
                Sum(category).IsNegative.ShouldBeFalse(contract);
            }
        }
    }

    [Fact]
    public async Task Pain09_the_order_of_arrival_before_the_invoice_changes_nothing()
    {
        var random = new Random(19);
        var calls = Calls(random);
        var contracts = Enumerable.Range(1, 6).Select(i => BilledWorld.Contract($"C-{i:D2}", $"050330000{i:D2}", Limit)).ToArray();
        await using var world = await BilledWorld.NewAsync(contracts);
        foreach (var contract in contracts)
        {
            var order = calls.ToArray();
            random.Shuffle(order);
            foreach (var part in order.Chunk(random.Next(5, 40)))
            {
                await world.IngestAsync([.. part.Select(call => world.Call(contract.Numbers[0].Number, call.Called, call.AnsweredAt, call.Seconds, $"{contract.Id}-{calls.IndexOf(call):D3}"))]);
            }
        }

        await world.IssueAsync(BilledWorld.September);

        var invoices = await world.AllIssuedAsync(BilledWorld.September);
        invoices.Select(issued => string.Join('\n', BilledWorld.Lines(issued.Invoice, "usage", "limit"))).Distinct().ShouldHaveSingleItem();
        BilledWorld.Lines(invoices[0].Invoice, "limit").Length.ShouldBe(2);
    }

    private static List<Planned> Calls(Random random) =>
        [.. Enumerable.Range(0, 40).Select(i => new Planned(
            (i % 4) switch { 0 => BilledWorld.Fixed, 1 => BilledWorld.Mobile, 2 => BilledWorld.NewYork, _ => BilledWorld.OnNet },
            $"2026-09-{random.Next(1, 31):D2}T{random.Next(0, 24):D2}:{random.Next(0, 60):D2}:00",
            random.Next(1, 200)))];

    private static Yen Sum(IEnumerable<InvoiceLineDocument> lines) => lines.Aggregate(Yen.Zero, (sum, line) => sum + line.Amount);
}
