using Billing.Service.Hosting.MonthClose;
using Billing.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Wolverine;

namespace Billing.Service.Tests.Invoicing;

public class MonthCloseTests
{
    [Fact]
    public async Task The_scheduled_close_issues_the_month_and_each_invoice_is_published_once()
    {
        var contracts = Enumerable.Range(1, 30).Select(i => BilledWorld.Contract($"C-{i:D2}", $"050330000{i:D2}")).ToArray();
        await using var world = await BilledWorld.NewAsync(contracts);
        await using var scope = (await world.Database.HostAsync()).Services.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();

        await bus.InvokeAsync(new IssueMonth(BilledWorld.October));
        await bus.InvokeAsync(new IssueMonth(BilledWorld.October));
        await world.IssueAsync(BilledWorld.November);

        (await world.CountEventsAsync("invoice_issued.v1")).ShouldBe(60);
        const string Told = "select count(*) from billing.notices where type = 'InvoiceIssued'";
        await Poll.UntilAsync("60 invoices are told", async () => await world.Database.ScalarAsync<long>(Told) >= 60);
        (await world.Database.ScalarAsync<long>(Told)).ShouldBe(60);
        (await world.Database.ScalarAsync<long>("select count(*) from billing_queue.wolverine_dead_letters")).ShouldBe(0);
    }
}
