using System.Net;
using System.Net.Http.Json;
using Billing.Service.Access;
using Billing.Service.Api;
using Billing.Service.Tests.Disputes;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static Billing.Service.Tests.Disputes.DisputedWorld;

namespace Billing.Service.Tests.Api;

/// <summary>Disputes and credits over HTTP.</summary>
public sealed class DisputesApiTests : IAsyncLifetime
{
    private BilledWorld _world = null!;
    private Server _server = null!;

    public async Task InitializeAsync()
    {
        _world = await DisputedWorld.NewAsync();
        _server = await Server.StartAsync(_world.Database.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_dispute_is_opened_furnished_resolved_and_read()
    {
        var opened = await PostAsync("/api/v1/disputes", new { invoice = Invoice, claim = "never made", by = "desk-1", calls = new[] { new { source = "sw-1", recordId = "m1" } } });
        opened.StatusCode.ShouldBe(HttpStatusCode.Created);
        var id = (await opened.ReadAsync(HttpStatusCode.Created)).Text("id");
        opened.Headers.Location!.ToString().ShouldBe($"/api/v1/disputes/{id}");
        await (await PostAsync($"/api/v1/disputes/{id}/evidence", new { description = "log", reference = "ticket 7", by = "desk-1" })).ReadAsync();
        await (await PostAsync($"/api/v1/disputes/{id}/replays", new { replay = new { known = 3, sha256 = new string('a', 64), callsChanged = 1, issued = "383", replayed = "366" }, by = "desk-1" })).ReadAsync();
        await (await PostAsync($"/api/v1/disputes/{id}/comparisons", new { comparison = new { file = "theirs.csv", fileSha256 = new string('a', 64), totals = new[] { new { @class = "equal", rows = 3 } } }, by = "desk-1" })).ReadAsync();

        var list = await (await Http.GetAsync("/api/v1/disputes?state=open&contract=C-1")).ReadAsync();
        list.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("attachments").GetInt32().ShouldBe(3);
        (await (await Http.GetAsync("/api/v1/disputes?overdue=true")).ReadAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);

        var document = (await (await PostAsync($"/api/v1/disputes/{id}/resolution", new { outcome = "upheld", @as = "credit-note", reason = "twice", by = "finance-desk" })).ReadAsync()).Text("id");

        var note = await (await Http.GetAsync($"/api/v1/credit-notes/{document}")).ReadAsync();
        (note.Text("number"), note.Text("subtotal"), note.Text("dispute"), note.GetProperty("invoice").Text("number")).ShouldBe(("202610-C-1-CN1", "-16", id, Invoice));
        (await (await Http.GetAsync($"/api/v1/disputes/{id}")).ReadAsync()).Text("state").ShouldBe("upheld");
        var archive = await Http.GetAsync($"/api/v1/disputes/{id}/file");
        archive.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        ExportDisputeTests.Read(await archive.Content.ReadAsByteArrayAsync()).Keys.ShouldContain("cover.html");
        (await (await PostAsync($"/api/v1/disputes/{id}/withdrawal", new { reason = "x", by = "desk-1" })).ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("rule").ShouldBe("dispute");
    }

    [Fact]
    public async Task An_invoice_is_credited_and_says_what_was_given_back()
    {
        var credited = await PostAsync($"/api/v1/invoices/{Invoice}/credits", new { amounts = new[] { new { taxCategory = "S", amount = "100" } }, reason = "goodwill", by = "finance-desk" });
        (await credited.ReadAsync(HttpStatusCode.Created)).Text("document").ShouldBe("202610-C-1-CN1");
        await (await PostAsync($"/api/v1/invoices/{Invoice}/credits", new { lines = new[] { new { line = 1 } }, @as = "adjustment", reason = "goodwill", by = "finance-desk" })).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        await (await PostAsync($"/api/v1/invoices/{Invoice}/credits", new { lines = new[] { new { line = 1, amount = "7" } }, @as = "adjustment", reason = "goodwill", by = "finance-desk" })).ReadAsync();

        var credits = (await (await Http.GetAsync($"/api/v1/invoices/{Invoice}/credits")).ReadAsync()).GetProperty("credits").EnumerateArray().ToList();
        credits.Select(credit => (credit.Text("kind"), credit.Text("amount"))).ShouldBe([("adjustment", "-7"), ("credit-note", "-100")], ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_not_there_or_not_right_is_a_problem_that_names_it()
    {
        (await (await Http.GetAsync("/api/v1/disputes/D-9")).ReadProblemAsync(HttpStatusCode.NotFound)).Text("detail").ShouldContain("D-9");
        (await (await Http.GetAsync("/api/v1/disputes/D-9/file")).ReadProblemAsync(HttpStatusCode.NotFound)).Text("detail").ShouldContain("D-9");
        (await (await Http.GetAsync("/api/v1/credit-notes/202610-C-1-CN9")).ReadProblemAsync(HttpStatusCode.NotFound)).Text("detail").ShouldContain("CN9");
        (await (await Http.GetAsync("/api/v1/invoices/202610-C-9/credits")).ReadProblemAsync(HttpStatusCode.NotFound)).Text("detail").ShouldContain("202610-C-9");
        (await (await Http.GetAsync("/api/v1/disputes?state=lost")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("state");
        (await (await PostAsync("/api/v1/disputes", new { invoice = "202610-C-9", claim = "x", amount = "1", by = "desk-1" })).ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("detail").ShouldContain("202610-C-9");
        (await (await PostAsync("/api/v1/disputes/D-9/resolution", new { outcome = "upheld", @as = "cash", reason = "x", by = "finance-desk" })).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("as");
    }

    [Fact]
    public void Only_finance_gives_back_dispute_staff_open_and_auditors_read()
    {
        var roles = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
            .Where(endpoint => endpoint.RoutePattern.RawText!.Contains("dispute", StringComparison.Ordinal) || endpoint.RoutePattern.RawText.Contains("credit", StringComparison.Ordinal))
            .ToDictionary(
                endpoint => $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single()} {endpoint.RoutePattern.RawText}",
                endpoint => string.Join(' ', endpoint.Metadata.GetMetadata<ForRolesAttribute>()!.Roles));
        roles.Count.ShouldBe(13);
        foreach (var (endpoint, allowed) in roles)
        {
            allowed.ShouldBe(
                endpoint.EndsWith("/file", StringComparison.Ordinal) ? "finance dispute auditor"
                : endpoint.StartsWith("GET", StringComparison.Ordinal) ? "finance dispute auditor customer-admin customer-viewer"
                : endpoint.EndsWith("/resolution", StringComparison.Ordinal) || endpoint.EndsWith("/credits", StringComparison.Ordinal) ? "finance"
                : endpoint.EndsWith("/disputes", StringComparison.Ordinal) ? "finance dispute customer-admin"
                : "finance dispute",
                endpoint);
        }
    }

    [Fact]
    public async Task Customers_see_and_open_disputes_about_their_own_invoices_only()
    {
        using var own = await _server.ClientAsync([Roles.CustomerAdmin], "C-1");
        using var other = await _server.ClientAsync([Roles.CustomerAdmin], "C-2");
        var body = JsonContent.Create(new { invoice = Invoice, claim = "never made", calls = new[] { new { source = "sw-1", recordId = "m1" } } });
        var refused = await (await other.PostAsync("/api/v1/disputes", body)).ReadProblemAsync(HttpStatusCode.NotFound);
        refused.Text("detail").ShouldBe((await (await other.PostAsync("/api/v1/disputes", JsonContent.Create(new { invoice = "202610-C-9", claim = "x" }))).ReadProblemAsync(HttpStatusCode.NotFound)).Text("detail").Replace("202610-C-9", Invoice, StringComparison.Ordinal));
        var id = (await (await own.PostAsync("/api/v1/disputes", JsonContent.Create(new { invoice = Invoice, claim = "never made", calls = new[] { new { source = "sw-1", recordId = "m1" } } }))).ReadAsync(HttpStatusCode.Created)).Text("id");

        (await (await own.GetAsync("/api/v1/disputes")).ReadAsync()).GetProperty("items").EnumerateArray().Select(entry => entry.Text("id")).ShouldBe([id]);
        (await (await other.GetAsync("/api/v1/disputes")).ReadAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await (await other.GetAsync("/api/v1/disputes?contract=C-1")).ReadAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
        await (await PostAsync($"/api/v1/disputes/{id}/evidence", new { description = "log", reference = "ticket 7" })).ReadAsync();
        var shown = await (await own.GetAsync($"/api/v1/disputes/{id}")).ReadAsync();
        (shown.GetProperty("opened").Text("claim"), shown.GetProperty("evidence").GetArrayLength()).ShouldBe(("never made", 0));
        var named = await (await own.PostAsync("/api/v1/disputes", JsonContent.Create(new { invoice = Invoice, claim = "x", amount = "1", id, deadline = "2999-01-01" }))).ReadAsync(HttpStatusCode.Created);
        named.Text("id").ShouldNotBe(id, "the id is ours to give");
        await (await own.PostAsync("/api/v1/disputes", JsonContent.Create(new { invoice = Invoice, claim = "x", amount = "1", calls = new object?[] { null } }))).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await own.PostAsync("/api/v1/disputes", JsonContent.Create(new { invoice = "x\0", claim = "x" }))).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        (await (await own.GetAsync($"/api/v1/disputes/{named.Text("id")}")).ReadAsync()).GetProperty("opened").Text("deadline").ShouldNotStartWith("2999");
        await (await other.GetAsync($"/api/v1/disputes/{id}")).ReadProblemAsync(HttpStatusCode.NotFound);
        foreach (var path in (string[])[$"/api/v1/invoices/{Invoice}", $"/api/v1/invoices/{Invoice}/credits", $"/api/v1/invoices/{Invoice}/lines/1/explanation", "/api/v1/calls/sw-1/m1/explanation", "/api/v1/contracts/C-1/usage?month=2026-10", "/api/v1/contracts/C-1/calls?month=2026-10", "/api/v1/contracts/C-1"])
        {
            (await own.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
            await (await other.GetAsync(path)).ReadProblemAsync(HttpStatusCode.NotFound);
        }

        foreach (var list in (string[])["/api/v1/invoices", "/api/v1/contracts", "/api/v1/credit-notes"])
        {
            (await (await other.GetAsync(list)).ReadAsync()).GetProperty("items").EnumerateArray().ShouldAllBe(entry => entry.Text("contract") == "C-2");
        }

        (await (await other.GetAsync("/api/v1/invoices.csv")).Content.ReadAsStringAsync()).ShouldNotContain("C-1,");
    }

    [Theory]
    [InlineData("{ \"invoice\": \"x\" ", "$")]
    [InlineData("{ \"invoice\": \"x\" }", "$")]
    [InlineData("{ \"invoice\": \"x\", \"claim\": 7 }", "$.claim")]
    [InlineData("{ \"invoice\": \"x\", \"claim\": \"y\", \"amount\": \"much\" }", "$.amount")]
    [InlineData("{ \"invoice\": \"x\", \"claim\": \"y\", \"colour\": 1 }", "$.colour")]
    public async Task A_body_that_is_wrong_is_a_400_that_names_the_member(string body, string path)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        (await (await Http.PostAsync("/api/v1/disputes", content)).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("path").ShouldStartWith(path);
        using var text = new StringContent(body, System.Text.Encoding.UTF8, "text/plain");
        await (await Http.PostAsync("/api/v1/disputes", text)).ReadProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    private HttpClient Http => _server.Http;

    private Task<HttpResponseMessage> PostAsync<T>(string path, T body) => Http.PostAsync(path, JsonContent.Create(body));
}
