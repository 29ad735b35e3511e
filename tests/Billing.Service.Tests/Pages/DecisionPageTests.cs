using System.Net;
using System.Net.Http.Json;
using Billing.Service.Access;
using Billing.Service.Tests.Access;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Disputes;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Pages;

/// <summary>The decision on a dispute's page: for whom the API lets decide, and refused in words.</summary>
public sealed class DecisionPageTests : IAsyncLifetime
{
    private BilledWorld _world = null!;

    public async Task InitializeAsync() => _world = await DisputedWorld.NewAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(Roles.Dispute)]
    [InlineData(Roles.Auditor)]
    public async Task Who_does_not_decide_is_refused_also_with_a_form_of_their_own(string role)
    {
        await using var server = await Server.StartAsync(_world.Database.ConnectionString);
        var id = await _world.OpenAsync("m1");
        using var browser = await SignedInAsync(server, role);
        (await (await browser.GetAsync($"/station/disputes/{id}")).Content.ReadAsStringAsync()).ShouldNotContain("resolve-dispute");
        using var answer = await DecideAsync(browser, id);
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.Forbidden);
        (await _world.ShowAsync(id)).State.ShouldBe("open");
    }

    [Fact]
    public async Task In_production_without_an_issuer_the_decision_is_refused_and_not_broken()
    {
        await using var server = await Server.StartAsync(_world.Database.ConnectionString, ("production", "true"));
        var id = await _world.OpenAsync("m1");
        using var browser = await SignedInAsync(server, Roles.Finance);
        using var answer = await DecideAsync(browser, id);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("BILLING_ISSUER_NAME and BILLING_ISSUER_NUMBER");
        (await _world.ShowAsync(id)).State.ShouldBe("open");
    }

    [Fact]
    public async Task Finance_decides()
    {
        await using var server = await Server.StartAsync(_world.Database.ConnectionString);
        var id = await _world.OpenAsync("m1");
        using var browser = await SignedInAsync(server, Roles.Finance);
        using var answer = await DecideAsync(browser, id);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await _world.ShowAsync(id)).State.ShouldBe("upheld");
    }

    private static async Task<HttpResponseMessage> DecideAsync(StationBrowser browser, string id) => await browser.PostFormAsync(
        $"/station/disputes/{id}", await browser.SessionTokenAsync(),
        ("_handler", "resolve-dispute"), ("Form.Outcome", "upheld"), ("Form.As", "credit-note"), ("Form.Reason", "counted twice"));

    internal static async Task<StationBrowser> SignedInAsync(Server server, string role, string? named = null)
    {
        using var keeper = await server.ClientAsync([Roles.Operator]);
        var made = await (await keeper.PostAsync("/api/v1/accounts", JsonContent.Create(new { name = named ?? $"desk-{role}", roles = new[] { role } }))).ReadAsync(HttpStatusCode.Created);
        var browser = new StationBrowser(server);
        (await browser.SignInAsync(named ?? $"desk-{role}", made.Text("password"))).ShouldBe("/station/here");
        return browser;
    }
}
