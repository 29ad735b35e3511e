using System.Net;
using System.Net.Http.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Access;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Disputes;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;
using NodaTime;

namespace Billing.Service.Tests.Access;

/// <summary>Who sees one department of a contract learns nothing of the others, nor of what the contract comes to.</summary>
public sealed class DepartmentTests : IAsyncLifetime
{
    private const string Sales = "05033000001";
    private const string Works = "05033000003";

    private BilledWorld _world = null!;
    private Server _server = null!;

    public async Task InitializeAsync()
    {
        NumberDocument[] numbers = [Of(Sales, "sales"), Of(Works, "works")];
        _world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Sales, limit: 5000) with { Numbers = numbers });
        await _world.IngestAsync(
            _world.Call(Works, BilledWorld.NewYork, "2026-10-03T09:00:00", 6000, id: "w1"),
            _world.Call(Sales, BilledWorld.Mobile, "2026-10-03T10:00:00", id: "s1"));
        await _world.IssueAsync(BilledWorld.October);
        _server = await Server.StartAsync(_world.Database.ConnectionString);

        static NumberDocument Of(string number, string department) => new() { Number = number, From = new LocalDate(2026, 1, 1), Department = department };
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task An_explanation_tells_the_call_and_no_sum_of_the_contract()
    {
        using var admin = await _server.ClientAsync([Roles.CustomerAdmin], "C-1");
        var whole = await (await admin.GetAsync("/api/v1/calls/sw-1/s1/explanation")).ReadAsync();
        (whole.GetProperty("limit").Text("before"), whole.GetProperty("invoice").Text("number")).ShouldBe(("940", "202610-C-1"));

        using var viewer = await ViewerAsync();
        var own = await (await viewer.GetAsync("/api/v1/calls/sw-1/s1/explanation")).ReadAsync();
        own.GetProperty("result").Text("charge").ShouldBe("16");
        (own.TryGetProperty("limit", out _), own.TryGetProperty("invoice", out _)).ShouldBe((false, false));
        var page = await PageAsync(viewer, "/station/call?source=sw-1&record=s1&limit=1");
        page.ShouldContain(Sales);
        page.ShouldNotContain("940");
        page.ShouldNotContain("202610-C-1");

        await (await viewer.GetAsync("/api/v1/calls/sw-1/w1/explanation")).ReadProblemAsync(HttpStatusCode.NotFound);
        (await viewer.GetAsync("/station/call?source=sw-1&record=w1")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Lists_pages_and_files_hold_the_department_alone()
    {
        using var viewer = await ViewerAsync();
        foreach (var path in (string[])["/api/v1/contracts/C-1/calls.csv?month=2026-10", "/station/calls?contract=C-1&month=2026-10", "/station/usage?contract=C-1&month=2026-10"])
        {
            var text = await PageAsync(viewer, path);
            text.ShouldContain(Sales, customMessage: path);
            text.ShouldNotContain(Works, customMessage: path);
            text.ShouldNotContain("940", customMessage: path);
            text.ShouldNotContain("956", customMessage: path);
        }

        foreach (var path in (string[])[
            "/api/v1/contracts/C-1", "/api/v1/contracts/C-1/usage?month=2026-10", "/api/v1/invoices/202610-C-1", "/api/v1/invoices/202610-C-1/credits", "/api/v1/invoices/202610-C-1/lines/1/explanation",
            "/station/invoices/202610-C-1", "/station/invoices/202610-C-1/lines/1", "/station/invoices/202610-C-1/pdf", "/station/invoices/202610-C-1/csv"])
        {
            (await viewer.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }

        foreach (var path in (string[])["/api/v1/invoices", "/api/v1/invoices.csv", "/api/v1/credit-notes", "/api/v1/disputes", "/station/invoices", "/station/downloads", "/station/disputes"])
        {
            (await PageAsync(viewer, path)).ShouldNotContain("202610-C-1", customMessage: path);
        }

        var row = (await (await viewer.GetAsync("/api/v1/contracts")).ReadAsync()).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (row.Text("contract"), row.TryGetProperty("numbers", out _), row.TryGetProperty("usageLimit", out _)).ShouldBe(("C-1", false, false));
        (await (await viewer.GetAsync($"/api/v1/contracts?number={Sales}")).ReadAsync()).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await (await viewer.GetAsync($"/api/v1/contracts?number={Works}")).ReadAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
        using var admin = await _server.ClientAsync([Roles.CustomerAdmin], "C-1");
        var whole = (await (await admin.GetAsync("/api/v1/contracts")).ReadAsync()).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (whole.GetProperty("numbers").GetInt32(), whole.Text("usageLimit")).ShouldBe((2, "5000"));

        foreach (var path in (string[])["/station/alerts", "/api/v1/events/stream", "/api/v1/webhooks", "/station/disputes/new?invoice=202610-C-1"])
        {
            (await viewer.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
        }
    }

    private static async Task<string> PageAsync(StationBrowser viewer, string path)
    {
        using var answer = await viewer.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<StationBrowser> ViewerAsync()
    {
        using var keeper = await _server.ClientAsync([Roles.Operator]);
        using var body = JsonContent.Create(new { name = "viewer", roles = new[] { Roles.CustomerViewer }, contracts = new[] { "C-1" }, departments = new[] { "sales" } });
        var made = await (await keeper.PostAsync("/api/v1/accounts", body)).ReadAsync(HttpStatusCode.Created);
        var browser = new StationBrowser(_server);
        (await browser.SignInAsync("viewer", made.Text("password"))).ShouldBe("/station/here");
        return browser;
    }
}
