using System.Net;
using System.Text.Json;
using Billing.Service.Access;
using Billing.Service.Hosting.MonthClose;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Wolverine;

namespace Billing.Service.Tests.Notices;

/// <summary>The stream of events: in order, resumed without a loss, kept alive, and a customer's own.</summary>
public sealed class EventStreamTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private readonly MonthFiles _month = new();
    private Server _server = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        await MonthFiles.LearnAsync(_database);
        _server = await Server.StartAsync(_database.ConnectionString, ("spool", _month.Folder));
        using var calls = new ByteArrayContent(await File.ReadAllBytesAsync(MonthFiles.Demo("calls.csv")));
        await (await _server.Http.PostAsync("/api/v1/cdr-batches?file=calls.csv", calls)).ReadAsync();
        await using var scope = _server.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync(new IssueMonth(MonthFiles.Month));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
        _month.Dispose();
    }

    [Fact]
    public async Task Events_come_in_order_and_go_on_behind_the_one_that_was_received_last()
    {
        var invoices = (int)await _database.ScalarAsync<long>("select count(*) from billing.invoices");
        var steps = (int)await _database.ScalarAsync<long>("select count(*) from billing.usage_limit_alerts");
        var all = await ReadAsync(_server.Http, "0", invoices + steps + 1);
        all.Select(happened => long.Parse(happened.Id[4..], System.Globalization.CultureInfo.InvariantCulture)).ShouldBeInOrder();
        all.Count(happened => happened.Type == "InvoiceIssued").ShouldBe(invoices);
        all.ShouldContain(happened => happened.Type == "DeliveryCompleted");
        all.ShouldAllBe(happened => happened.Data.Text("id") == happened.Id && happened.Data.Text("type") == happened.Type);
        all.SelectMany(happened => EventSchemas.Faults(happened.Data)).ShouldBeEmpty();

        var rest = await ReadAsync(_server.Http, all[2].Id, all.Count - 3);
        rest.Select(happened => happened.Id).ShouldBe(all.Skip(3).Select(happened => happened.Id));
        all.Count(happened => happened.Type == "UsageLimitReached").ShouldBe(steps);
        (await ReadAsync(_server.Http, "0", invoices, "?type=InvoiceIssued")).ShouldAllBe(happened => happened.Type == "InvoiceIssued");
    }

    [Fact]
    public async Task A_customer_hears_of_their_contracts_only()
    {
        var contract = await _database.ScalarAsync<string>("select contract from billing.invoices order by 1 limit 1");
        using var customer = await _server.ClientAsync([Roles.CustomerAdmin], contract);
        var own = await ReadAsync(customer, "0", 1, "?type=InvoiceIssued");
        own.ShouldAllBe(happened => happened.Data.GetProperty("data").Text("contract") == contract);
        (await _database.ScalarAsync<long>($"select count(*) from billing.notices where contract = '{contract}' and type = 'InvoiceIssued'")).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_refused_and_a_quiet_stream_is_kept_alive()
    {
        (await (await _server.Http.GetAsync("/api/v1/events/stream?type=Rain")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("type");
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream");
        wrong.Headers.Add("Last-Event-ID", "yesterday");
        (await (await _server.Http.SendAsync(wrong)).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("Last-Event-ID");

        using var reader = await OpenAsync(_server.Http, $"{long.MaxValue - 1}", "");
        var comments = 0;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (comments < 2)
        {
            var line = (await reader.ReadLineAsync(limit.Token)).ShouldNotBeNull();
            comments += line.StartsWith(':') ? 1 : 0;
        }
    }

    [Fact]
    public async Task One_caller_does_not_take_the_streams_of_the_others()
    {
        using var greedy = await _server.ClientAsync([Roles.CustomerAdmin], "C-1001");
        using var other = await _server.ClientAsync([Roles.CustomerAdmin], "C-1001");
        var open = new List<StreamReader>();
        for (var i = 0; i < Limits.StreamsOfOne; i++)
        {
            open.Add(await OpenAsync(greedy, "0", ""));
        }

        (await (await greedy.GetAsync("/api/v1/events/stream")).ReadProblemAsync(HttpStatusCode.TooManyRequests)).Text("detail").ShouldContain("Retry-After");
        open.Add(await OpenAsync(other, "0", ""));
        open.ForEach(reader => reader.Dispose());
    }

    private static async Task<StreamReader> OpenAsync(HttpClient http, string after, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/events/stream{query}");
        request.Headers.Add("Last-Event-ID", after);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private static async Task<List<Happened>> ReadAsync(HttpClient http, string after, int count, string query = "")
    {
        using var reader = await OpenAsync(http, after, query);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var events = new List<Happened>();
        var (id, type) = ("", "");
        while (events.Count < count)
        {
            var line = (await reader.ReadLineAsync(limit.Token)).ShouldNotBeNull();
            id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
            type = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : type;
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                events.Add(new Happened(id, type, JsonDocument.Parse(line[6..]).RootElement));
            }
        }

        return events;
    }

    private sealed record Happened(string Id, string Type, JsonElement Data);
}
