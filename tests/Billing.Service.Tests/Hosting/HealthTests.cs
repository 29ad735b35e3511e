using System.Net;
using System.Text.Json;
using Billing.Service.Access;
using Billing.Service.Hosting;
using Billing.Service.Tests.Api;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Billing.Service.Tests.Hosting;

/// <summary><c>/health/live</c> and <c>/health/ready</c> of a running server whose database gets into trouble.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private Server _server = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _server = await Server.StartAsync(_database.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_server_is_ready_until_its_schema_is_gone_and_again_when_it_is_back()
    {
        await ShouldBeLiveAsync();
        (await ReadyAsync()).ShouldBe((HttpStatusCode.OK, "healthy", "healthy", "healthy", "healthy"));

        await _database.ExecuteAsync("alter schema billing rename to away");
        var (code, status, database, _, _) = await ReadyAsync();
        (code, status, database).ShouldBe((HttpStatusCode.ServiceUnavailable, "unhealthy", "unhealthy"));
        (await CheckAsync("database")).Text("description").ShouldContain("run billing db-apply");
        await ShouldBeLiveAsync();

        await _database.ExecuteAsync("alter schema away rename to billing");
        await Poll.UntilAsync("ready again", async () => (await ReadyAsync()).Code == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_projection_that_an_error_stops_makes_it_unready_and_is_named()
    {
        await MonthFiles.LearnAsync(_database);
        await Poll.UntilAsync("the invoices are being published", async () =>
            await _database.ScalarAsync<bool>("select exists (select from billing.mt_event_progression where name like 'notices%' and last_seq_id > 0)"));
        await BreakAsync();

        await Poll.UntilAsync("unready", async () => (await ReadyAsync()).Code == HttpStatusCode.ServiceUnavailable);
        var projections = await CheckAsync("projections");
        projections.Text("status").ShouldBe("unhealthy");
        projections.Text("description").ShouldBe("stopped by an error: notices:All");
        await ShouldBeLiveAsync();
    }

    [Fact]
    public async Task A_projection_that_fails_at_its_first_event_is_found_by_its_standing_still()
    {
        await BreakAsync();
        var time = new HandTime();
        var health = new ProjectionHealth(_server.Services.GetRequiredService<IDocumentStore>(), _database.Database, Server.Settings(_database.ConnectionString), time);
        await Poll.UntilAsync("the high-water mark has moved", async () =>
            await _database.ScalarAsync<bool>("select exists (select from billing.mt_event_progression where name = 'HighWaterMark' and last_seq_id > 0)"));

        (await health.CheckHealthAsync(new())).Status.ShouldBe(HealthStatus.Healthy);
        time.Now += TimeSpan.FromSeconds(29);
        (await health.CheckHealthAsync(new())).Status.ShouldBe(HealthStatus.Healthy);
        time.Now += TimeSpan.FromSeconds(2);
        var found = await health.CheckHealthAsync(new());
        (found.Status, found.Description).ShouldBe((HealthStatus.Unhealthy, "standing still: notices:All"));
    }

    [Fact]
    public async Task The_process_serves_until_it_is_interrupted()
    {
        var environment = new Dictionary<string, string> { ["BILLING_DB"] = _database.ConnectionString };
        using var process = Command.Start(environment, "serve", "--urls", "http://127.0.0.1:0");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var line = await process.StandardOutput.ReadLineAsync(limit.Token);
        line.ShouldNotBeNull().ShouldStartWith("Serving on http://127.0.0.1:");
        using var http = new HttpClient { BaseAddress = new Uri(line["Serving on ".Length..]) };
        (await http.GetAsync("/health/ready", limit.Token)).StatusCode.ShouldBe(HttpStatusCode.OK);

        using (var interrupt = System.Diagnostics.Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            await interrupt.WaitForExitAsync(limit.Token);
        }

        var ended = await Command.EndAsync(process);
        ended.Code.ShouldBe(0, ended.All);
    }

    /// <summary>An invoice that can not be read: nothing passes it over.</summary>
    private Task<int> BreakAsync() => _database.ExecuteAsync(
        """
        insert into billing.mt_streams (id, version) values ('invoice-broken', 1);
        insert into billing.mt_events (seq_id, id, stream_id, version, data, type, timestamp)
        values (nextval('billing.mt_events_sequence'), gen_random_uuid(), 'invoice-broken', 1, '{"invoice":5}', 'invoice_issued.v1', now())
        """);

    /// <summary>Also to a caller whose key can not be looked up.</summary>
    private async Task ShouldBeLiveAsync()
    {
        foreach (var path in (string[])["/health/live", "/metrics"])
        {
            using var asked = new HttpRequestMessage(HttpMethod.Get, path);
            asked.Headers.Authorization = new("Bearer", ApiKeySecret.New().Text);
            (await _server.Anonymous.SendAsync(asked)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    private async Task<(HttpStatusCode Code, string Status, string Database, string Projections, string DeadLetters)> ReadyAsync()
    {
        var response = await _server.Http.GetAsync("/health/ready");
        var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        var checks = json.GetProperty("checks");
        return (response.StatusCode, json.Text("status"), checks.GetProperty("database").Text("status"), checks.GetProperty("projections").Text("status"), checks.GetProperty("dead-letters").Text("status"));
    }

    private async Task<JsonElement> CheckAsync(string name) =>
        JsonDocument.Parse(await (await _server.Http.GetAsync("/health/ready")).Content.ReadAsStringAsync()).RootElement.GetProperty("checks").GetProperty(name);
}
