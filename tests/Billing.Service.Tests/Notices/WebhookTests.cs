using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Billing.Service.Access;
using Billing.Service.Notices;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Notices;

/// <summary>Webhooks: signed, tried again, listed, sent again; and where they may not go.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private readonly MonthFiles _month = new();
    private Server _server = null!;

    public async Task InitializeAsync()
    {
        // nothing is invoked through the fixture: its host would be a second node, with settings of its own
        await _database.InitializeAsync();
        _server = await StartAsync(("webhook-targets", "any"), ("webhook-backoff", "0,0,0"));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
        _month.Dispose();
    }

    [Fact]
    public async Task A_receiver_that_fails_first_is_told_again_until_it_accepts_and_can_verify_who_tells()
    {
        await using var receiver = await Receiver.StartAsync(HttpStatusCode.InternalServerError, HttpStatusCode.Found);
        var subscription = await SubscribeAsync(new { url = receiver.Url, types = new[] { "DeliveryCompleted" } });
        await _server.IngestAsync(_month);

        var delivery = await _server.DeliveryAsync(subscription.Text("id"), "delivered");
        (delivery.GetProperty("attempts").GetInt32(), delivery.GetProperty("status").GetInt32()).ShouldBe((3, 204));
        receiver.Calls.Count.ShouldBe(3);
        receiver.Calls.Select(call => call.Id).Distinct().ShouldHaveSingleItem().ShouldBe(delivery.Text("event"));
        foreach (var call in receiver.Calls)
        {
            Verify(call, subscription.Text("secret")).ShouldBeTrue();
            Verify(call with { Body = [.. call.Body, (byte)' '] }, subscription.Text("secret")).ShouldBeFalse();
        }

        var body = JsonDocument.Parse(receiver.Calls.First().Body).RootElement;
        EventSchemas.Faults(body).ShouldBeEmpty();
        receiver.Calls.ShouldAllBe(call => call.ContentType == "application/cloudevents+json");
        (body.Text("type"), body.Text("id")).ShouldBe(("DeliveryCompleted", delivery.Text("event")));
        body.GetProperty("data").GetProperty("receipt").Text("file").ShouldBe("calls.csv");

        // sent again, with a key that was rotated meanwhile: both sign
        var rotated = await (await _server.Http.PostAsync($"/api/v1/webhooks/{subscription.Text("id")}/secret", null)).ReadAsync();
        await (await _server.Http.PostAsync($"/api/v1/webhook-deliveries/{delivery.Text("id")}/redelivery", null)).ReadAsync(HttpStatusCode.Accepted);
        await Poll.UntilAsync("it is sent again", () => Task.FromResult(receiver.Calls.Count == 4));
        var again = receiver.Calls.Last();
        (again.Id, Verify(again, subscription.Text("secret")), Verify(again, rotated.Text("secret"))).ShouldBe((delivery.Text("event"), true, true));
    }

    [Fact]
    public async Task A_receiver_that_never_accepts_is_given_up_and_listed()
    {
        await using var receiver = await Receiver.StartAsync(Enumerable.Repeat(HttpStatusCode.ServiceUnavailable, 20).ToArray());
        var id = (await SubscribeAsync(new { url = receiver.Url })).Text("id");
        await _server.IngestAsync(_month);
        var delivery = await _server.DeliveryAsync(id, "failed");
        (delivery.GetProperty("attempts").GetInt32(), delivery.GetProperty("status").GetInt32()).ShouldBe((4, 503));
        (await _server.Http.ReadAllAsync($"/api/v1/webhooks/{id}/deliveries?state=failed", 1)).Select(entry => entry.Text("id")).ShouldContain(delivery.Text("id"));
        (await _server.Http.ReadAllAsync($"/api/v1/webhooks/{id}/deliveries?state=delivered", 1)).ShouldBeEmpty();

        (await _server.Http.DeleteAsync($"/api/v1/webhooks/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await _server.Http.GetAsync($"/api/v1/webhooks/{id}")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await _server.Http.PostAsync($"/api/v1/webhook-deliveries/{delivery.Text("id")}/redelivery", null)).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Subscriptions_are_listed_without_their_keys_and_customers_hear_of_their_contracts_only()
    {
        using var customer = await _server.ClientAsync([Roles.CustomerAdmin], "C-1001");
        var own = await (await customer.PostAsync("/api/v1/webhooks", Json(new { url = "https://example.com/a" }))).ReadAsync(HttpStatusCode.Created);
        own.GetProperty("contracts").EnumerateArray().Select(contract => contract.GetString()).ShouldBe(["C-1001"]);
        await (await customer.PostAsync("/api/v1/webhooks", Json(new { url = "https://example.com/a", contracts = new[] { "C-1002" } }))).ReadProblemAsync(HttpStatusCode.NotFound);
        var staff = await SubscribeAsync(new { url = "https://example.com/b" });

        var all = await _server.Http.ReadAllAsync("/api/v1/webhooks", 1);
        all.Select(entry => entry.Text("id")).ShouldBe([own.Text("id"), staff.Text("id")], ignoreOrder: true);
        all.Where(entry => entry.TryGetProperty("secret", out _)).ShouldBeEmpty();
        (await customer.ReadAllAsync("/api/v1/webhooks", 10)).ShouldHaveSingleItem().Text("id").ShouldBe(own.Text("id"));
        await (await customer.GetAsync($"/api/v1/webhooks/{staff.Text("id")}")).ReadProblemAsync(HttpStatusCode.NotFound);
        (await (await _server.Http.PostAsync("/api/v1/webhooks", Json(new { url = "https://example.com", types = new[] { "Rain" } }))).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("types");
    }

    [Fact]
    public async Task A_customer_reaches_neither_another_contract_nor_what_staff_subscribed_to_about_their_own()
    {
        using var customer = await _server.ClientAsync([Roles.CustomerAdmin], "C-1001");
        foreach (var contracts in (string?[][])[[null, "C-1002"], ["C-1001", null], ["C-1001", "C-1002"], []])
        {
            var answer = await customer.PostAsync("/api/v1/webhooks", Json(new { url = "https://example.com/a", contracts }));
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.BadRequest);
        }

        await (await customer.PostAsync("/api/v1/webhooks", Json(new { url = "https://example.com/a", types = new[] { null, "Rain" } }))).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await customer.PostAsync("/api/v1/webhooks", Json(new { url = "https://example.com/\0" }))).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        (await _server.Http.ReadAllAsync("/api/v1/webhooks", 10)).ShouldBeEmpty();

        var staff = $"/api/v1/webhooks/{(await SubscribeAsync(new { url = "https://example.com/b?token=t", contracts = new[] { "C-1001" } })).Text("id")}";
        (await customer.ReadAllAsync("/api/v1/webhooks", 10)).ShouldBeEmpty();
        await (await customer.GetAsync(staff)).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await customer.PostAsync($"{staff}/secret", null)).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await customer.DeleteAsync(staff)).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("http://example.com/hook")]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("https://localhost/hook")]
    [InlineData("https://[::1]/hook")]
    [InlineData("https://[::ffff:10.0.0.1]/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://user:pass@example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("/hook")]
    public async Task Usually_webhooks_go_to_public_https_addresses_only(string url)
    {
        await using var strict = await StartAsync();
        (await (await strict.Http.PostAsync("/api/v1/webhooks", Json(new { url }))).ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("rule").ShouldBe("webhook");
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("::ffff:192.168.1.1", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    public void Addresses_inside_are_told_from_those_outside(string address, bool isPublic) =>
        PublicAddress.Is(IPAddress.Parse(address)).ShouldBe(isPublic);

    [Fact]
    public async Task A_name_that_leads_inside_is_not_connected_to()
    {
        // what a name leads to is only known when it is connected to
        await using var receiver = await Receiver.StartAsync();
        using var client = new WebhookClient(Server.Settings(_database.ConnectionString));
        var answer = await client.SendAsync(receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "evt_1", 1, "v1,", "{}"u8.ToArray(), CancellationToken.None);
        (answer.Status, answer.Error, receiver.Calls.Count).ShouldBe((null, "ConnectionError", 0));
    }

    private static bool Verify(Received call, string secret)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var expected = $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes($"{call.Id}.{call.Timestamp}."), .. call.Body]))}";
        return call.Signature.Split(' ').Contains(expected);
    }

    private static StringContent Json<T>(T body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private Task<Server> StartAsync(params (string, string)[] settings) => Server.StartAsync(_database.ConnectionString, [("spool", _month.Folder), .. settings]);

    private async Task<JsonElement> SubscribeAsync<T>(T request) => await (await _server.Http.PostAsync("/api/v1/webhooks", Json(request))).ReadAsync(HttpStatusCode.Created);
}
