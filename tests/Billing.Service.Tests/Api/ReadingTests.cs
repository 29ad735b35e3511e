using System.Net;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Hosting.MonthClose;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Api;

/// <summary>Usage and invoices of the demo month over HTTP.</summary>
public sealed class ReadingTests(ReadingTests.BilledMonth month) : IClassFixture<ReadingTests.BilledMonth>
{
    private HttpClient Http => month.Server.Http;

    [Fact]
    public async Task The_invoices_of_the_month_are_listed_and_each_is_read_as_it_was_issued()
    {
        var list = await (await Http.GetAsync("/api/v1/invoices?month=2026-10")).ReadAsync();
        list.TryGetProperty("next", out _).ShouldBeFalse();
        var rows = list.GetProperty("items").EnumerateArray().ToList();
        rows.Count.ShouldBe((int)await month.Database.ScalarAsync<long>("select count(*) from billing.invoices"));
        rows.Select(row => row.Text("contract")).ShouldBe(rows.Select(row => row.Text("contract")).Order(StringComparer.Ordinal));
        foreach (var row in rows)
        {
            var json = await (await Http.GetAsync($"/api/v1/invoices/{row.Text("number")}")).ReadAsync();
            var invoice = json.Deserialize<InvoiceDocument>(BillingJson.Options)!;
            (invoice.Number, invoice.Contract, $"{invoice.Month}", $"{invoice.Total}").ShouldBe((row.Text("number"), row.Text("contract"), "2026-10", row.Text("total")));
            invoice.Lines.ShouldNotBeEmpty();
        }

        (await (await Http.GetAsync("/api/v1/invoices?month=2019-01")).ReadAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Usage_is_that_of_the_read_tables()
    {
        var contract = await month.Database.ScalarAsync<string>("select contract from billing.month_usage where usage_month = '2026-10-01' group by 1 order by sum(charge) desc limit 1");
        var usage = await (await Http.GetAsync($"/api/v1/contracts/{contract}/usage?month=2026-10")).ReadAsync();
        usage.Text("contract").ShouldBe(contract);
        usage.GetProperty("calls").GetInt64().ShouldBe(await CountAsync("rated"));
        usage.GetProperty("unanswered").GetInt64().ShouldBe(await CountAsync("unanswered"));
        var groups = usage.GetProperty("groups").EnumerateArray().ToList();
        groups.Sum(group => group.GetProperty("calls").GetInt64()).ShouldBe(usage.GetProperty("calls").GetInt64());
        groups.Select(group => Yen.Parse(group.Text("charge"))).Aggregate(Yen.Zero, (sum, charge) => sum + charge).ShouldBe(Yen.Parse(usage.Text("charge")));
        Yen.Parse(usage.Text("charge")).ShouldBe(Yen.Parse(await month.Database.ScalarAsync<string>(
            $"select trim_scale(sum(charge))::text from billing.rated_calls where contract = '{contract}' and usage_month = '2026-10-01'")));

        var none = await (await Http.GetAsync($"/api/v1/contracts/{contract}/usage?month=2019-01")).ReadAsync();
        (none.GetProperty("calls").GetInt64(), none.Text("charge")).ShouldBe((0, "0"));

        Task<long> CountAsync(string outcome) => month.Database.ScalarAsync<long>(
            $"select count(*) from billing.rated_calls where contract = '{contract}' and usage_month = '2026-10-01' and outcome = '{outcome}'");
    }

    [Theory]
    [InlineData("/api/v1/invoices/202610-C-nobody", "202610-C-nobody")]
    [InlineData("/api/v1/contracts/C-nobody/usage?month=2026-10", "C-nobody")]
    public async Task What_is_not_there_is_a_404_that_names_it(string path, string named)
    {
        var problem = await (await Http.GetAsync(path)).ReadProblemAsync(HttpStatusCode.NotFound);
        problem.Text("detail").ShouldContain(named);
    }

    [Theory]
    [InlineData("/api/v1/invoices?month=")]
    [InlineData("/api/v1/invoices?month=2026-13")]
    [InlineData("/api/v1/invoices?month=2026-1")]
    [InlineData("/api/v1/invoices?month=october")]
    [InlineData("/api/v1/contracts/C-nobody/usage")]
    [InlineData("/api/v1/contracts/C-nobody/usage?month=2026-10-01")]
    public async Task A_month_that_is_none_is_a_400_that_names_the_parameter(string path)
    {
        var problem = await (await Http.GetAsync(path)).ReadProblemAsync(HttpStatusCode.BadRequest);
        problem.Text("parameter").ShouldBe("month");
        problem.Text("detail").ShouldContain("YYYY-MM");
    }

    [Fact]
    public async Task The_root_names_the_addresses_and_others_are_problems()
    {
        var root = await Http.GetAsync("/");
        root.StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = await root.Content.ReadAsStringAsync();
        foreach (var path in (string[])["/health/live", "/health/ready", "/api/v1/cdr-batches", "/api/v1/contracts/ID/usage", "/api/v1/invoices"])
        {
            text.ShouldContain(path);
        }

        root.Headers.Contains("Server").ShouldBeFalse();
        await (await Http.GetAsync("/no/such/page")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await Http.GetAsync("/api/v1/cdr-batches")).ReadProblemAsync(HttpStatusCode.MethodNotAllowed);
    }

    /// <summary>The demo month, taken in over HTTP and issued by the message that closes a month.</summary>
    public sealed class BilledMonth : IAsyncLifetime
    {
        public DatabaseFixture Database { get; } = new();

        internal Server Server { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await Database.InitializeAsync();
            await MonthFiles.LearnAsync(Database);
            Server = await Server.StartAsync(Database.ConnectionString);
            using var calls = new StreamContent(File.OpenRead(MonthFiles.Demo("calls.csv")));
            await (await Server.Http.PostAsync("/api/v1/cdr-batches?file=calls.csv", calls)).ReadAsync();
            await using var scope = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.CreateAsyncScope(Server.Services);
            var bus = (Wolverine.IMessageBus)scope.ServiceProvider.GetService(typeof(Wolverine.IMessageBus))!;
            await bus.InvokeAsync(new IssueMonth(MonthFiles.Month));
        }

        public async Task DisposeAsync()
        {
            await Server.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
