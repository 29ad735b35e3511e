using System.Net;
using System.Net.Http.Json;
using Billing.Service.Access;
using Billing.Service.Tests.Access;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Notices;

/// <summary>What a key or account began ends with it: a webhook that it subscribed, a stream that it opened.</summary>
public sealed class StandingTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private readonly MonthFiles _month = new();
    private Server _server = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _server = await Server.StartAsync(_database.ConnectionString, ("spool", _month.Folder), ("webhook-targets", "any"), ("webhook-backoff", "0,0,0"));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
        _month.Dispose();
    }

    [Fact]
    public async Task A_webhook_ends_with_the_key_or_the_account_that_subscribed_it()
    {
        await using var receiver = await Receiver.StartAsync();
        using var machine = await _server.ClientAsync([Roles.Pipeline]);
        var revoked = await SubscribeAsync(machine, receiver);
        using var locked = await SignedInAsync("locked", Roles.Finance);
        var ofLocked = await SubscribeAsync(locked, receiver);
        using var moved = await SignedInAsync("moved", Roles.Finance);
        var ofMoved = await SubscribeAsync(moved, receiver);
        using var staff = await _server.ClientAsync([Roles.Finance]);
        var standing = await SubscribeAsync(staff, receiver);

        await RevokeAsync(machine);
        await (await _server.Http.PostAsync("/api/v1/accounts/locked/lock", JsonContent.Create(new { reason = "left" }))).ReadAsync();
        await (await _server.Http.PutAsync("/api/v1/accounts/moved/roles", JsonContent.Create(new { roles = new[] { Roles.Auditor } }))).ReadAsync();
        await _server.IngestAsync(_month);

        foreach (var ended in (string[])[revoked, ofLocked, ofMoved])
        {
            (await _server.DeliveryAsync(ended, "failed")).Text("error").ShouldContain("may not be told any more");
        }

        await _server.DeliveryAsync(standing, "delivered");
        receiver.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_stream_ends_with_the_key_that_opened_it()
    {
        using var machine = await _server.ClientAsync([Roles.Pipeline]);
        using var stream = await OpenAsync(machine);
        (await stream.ReadLineAsync()).ShouldStartWith(":");
        await RevokeAsync(machine);
        await EndsAsync(stream);
        (await machine.GetAsync("/api/v1/events/stream")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("locked")]
    [InlineData("moved")]
    [InlineData("signed out")]
    public async Task A_stream_ends_with_the_session_that_opened_it(string how)
    {
        using var browser = await SignedInAsync("desk", Roles.Finance);
        using var session = new HttpClient(new SocketsHttpHandler { CookieContainer = browser.Cookies }) { BaseAddress = browser.Address };
        using var stream = await OpenAsync(session);
        switch (how)
        {
            case "locked":
                await (await _server.Http.PostAsync("/api/v1/accounts/desk/lock", JsonContent.Create(new { reason = "left" }))).ReadAsync();
                break;
            case "moved":
                await (await _server.Http.PutAsync("/api/v1/accounts/desk/roles", JsonContent.Create(new { roles = new[] { Roles.Auditor } }))).ReadAsync();
                break;
            default:
                using (var ended = await browser.PostFormAsync("/station/session/end", await browser.SessionTokenAsync()))
                {
                    ended.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
                }

                break;
        }

        await EndsAsync(stream);
    }

    private static async Task EndsAsync(StreamReader stream)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await stream.ReadLineAsync(limit.Token) is { } line)
        {
            (line.Length == 0 || line[0] == ':').ShouldBeTrue(line);
        }
    }

    private static async Task<StreamReader> OpenAsync(HttpClient http)
    {
        var response = await http.GetAsync("/api/v1/events/stream", HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private async Task<StationBrowser> SignedInAsync(string name, string role)
    {
        var made = await (await _server.Http.PostAsync("/api/v1/accounts", JsonContent.Create(new { name, roles = new[] { role } }))).ReadAsync(HttpStatusCode.Created);
        var browser = new StationBrowser(_server);
        (await browser.SignInAsync(name, made.Text("password"))).ShouldBe("/station/here");
        return browser;
    }

    private static async Task<string> SubscribeAsync(HttpClient client, Receiver receiver) =>
        (await (await client.PostAsync("/api/v1/webhooks", JsonContent.Create(Wanted(receiver)))).ReadAsync(HttpStatusCode.Created)).Text("id");

    private static async Task<string> SubscribeAsync(StationBrowser browser, Receiver receiver) =>
        (await (await browser.SendJsonAsync(HttpMethod.Post, "/api/v1/webhooks", Wanted(receiver), await browser.SessionTokenAsync())).ReadAsync(HttpStatusCode.Created)).Text("id");

    private static object Wanted(Receiver receiver) => new { url = receiver.Url, types = new[] { "DeliveryCompleted" } };

    private async Task RevokeAsync(HttpClient machine)
    {
        var id = machine.DefaultRequestHeaders.Authorization!.Parameter!.Split('_')[1];
        (await _server.Http.PostAsync($"/api/v1/keys/{id}/revocation", JsonContent.Create(new { reason = "was in a mail" }))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }
}
