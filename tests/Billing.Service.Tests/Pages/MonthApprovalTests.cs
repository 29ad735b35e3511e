using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Access;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;
using NodaTime;

namespace Billing.Service.Tests.Pages;

/// <summary>A month is approved, by an event that names the draft, and issued as it was approved.</summary>
public sealed partial class MonthApprovalTests : IAsyncLifetime
{
    private const string Month = "/station/months/2026-10";

    private BilledWorld _world = null!;
    private Server _server = null!;

    public async Task InitializeAsync()
    {
        _world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", "05033000001"));
        await _world.IngestAsync(_world.Call("05033000001", BilledWorld.Fixed, "2026-10-03T10:00:00"));
        _server = await Server.StartAsync(_world.Database.ConnectionString, ("month-close", "false"));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_draft_is_looked_at_approved_and_issued_and_everybody_sees_by_whom()
    {
        using var finance = await DecisionPageTests.SignedInAsync(_server, Roles.Finance);
        (await TextAsync(finance, Month)).ShouldNotContain("value=\"issue\"");
        var draft = await JobAsync(finance, "draft");
        var job = DraftField().Match(draft).Groups[1].Value;
        var digest = Digest().Match(draft).Groups[1].Value;
        digest.Length.ShouldBe(64);

        (await SendAsync(finance, "approve", ("draft", job), ("approved", "yes"))).ShouldEndWith(Month);
        var approved = (await ApproveMonth.ListAsync(_world.Database.Store, BilledWorld.October, CancellationToken.None)).ShouldHaveSingleItem();
        (approved.By, approved.Draft, approved.Invoices).ShouldBe(($"desk-{Roles.Finance}", digest, 1));
        using var auditor = await DecisionPageTests.SignedInAsync(_server, Roles.Auditor);
        var seen = await TextAsync(auditor, Month);
        seen.ShouldContain(digest);
        seen.ShouldContain($"desk-{Roles.Finance}");

        var issued = WebUtility.HtmlDecode(await JobAsync(finance, "issue"));
        issued.ShouldContain($"承認者: desk-{Roles.Finance}");
        (await _world.Database.ScalarAsync<long>("select count(*) from billing.invoices")).ShouldBe(1);
    }

    [Fact]
    public async Task What_changed_since_the_approval_is_not_issued()
    {
        using var finance = await DecisionPageTests.SignedInAsync(_server, Roles.Finance);
        (await SendAsync(finance, "approve", ("draft", DraftField().Match(await JobAsync(finance, "draft")).Groups[1].Value), ("approved", "yes"))).ShouldEndWith(Month);
        await _world.IngestAsync(_world.Call("05033000001", BilledWorld.Mobile, "2026-10-04T10:00:00"));

        (await JobAsync(finance, "issue")).ShouldContain("has changed since it was approved");
        (await _world.Database.ScalarAsync<long>("select count(*) from billing.invoices")).ShouldBe(0);

        (await SendAsync(finance, "approve", ("draft", DraftField().Match(await JobAsync(finance, "draft")).Groups[1].Value), ("approved", "yes"))).ShouldEndWith(Month);
        WebUtility.HtmlDecode(await JobAsync(finance, "issue")).ShouldContain("承認者");
        (await _world.Database.ScalarAsync<long>("select count(*) from billing.invoices")).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_approves_what_they_did_not_see_and_an_auditor_approves_nothing()
    {
        using var finance = await DecisionPageTests.SignedInAsync(_server, Roles.Finance);
        var job = DraftField().Match(await JobAsync(finance, "draft")).Groups[1].Value;
        using var auditor = await DecisionPageTests.SignedInAsync(_server, Roles.Auditor);
        using var answer = await auditor.PostFormAsync(Month, await auditor.SessionTokenAsync(), ("_handler", "approve"), ("draft", job), ("approved", "yes"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var unseen = await finance.PostFormAsync(Month, await finance.SessionTokenAsync(), ("_handler", "approve"), ("draft", "0123"), ("approved", "yes"));
        unseen.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await ApproveMonth.ListAsync(_world.Database.Store, BilledWorld.October, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public void The_approval_is_stored_in_this_form() =>
        JsonSerializer.Serialize(new MonthApproved(BilledWorld.October, "ABC", 3, Yen.Whole(100), 7, "desk", Instant.FromUtc(2026, 11, 1, 0, 0)), BillingStore.Json)
            .ShouldBe("""{"month":"2026-10","draft":"ABC","invoices":3,"total":"100","known":7,"by":"desk","at":"2026-11-01T00:00:00Z"}""");

    /// <summary>Begins the work and waits for its page to be over.</summary>
    private static async Task<string> JobAsync(StationBrowser browser, string handler)
    {
        var page = await SendAsync(browser, handler);
        var text = "";
        await Poll.UntilAsync($"{handler} is over", async () => !(text = await TextAsync(browser, page)).Contains("<progress", StringComparison.Ordinal));
        return text;
    }

    private static async Task<string> SendAsync(StationBrowser browser, string handler, params (string Name, string Value)[] fields)
    {
        using var answer = await browser.PostFormAsync(Month, await browser.SessionTokenAsync(), [("_handler", handler), .. fields]);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.ToString();
    }

    private static async Task<string> TextAsync(StationBrowser browser, string path)
    {
        using var answer = await browser.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await answer.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("name=\"draft\" value=\"([0-9a-f]{32})\"")]
    private static partial Regex DraftField();

    [GeneratedRegex("class=\"digest\">([0-9a-f]+)<")]
    private static partial Regex Digest();
}
