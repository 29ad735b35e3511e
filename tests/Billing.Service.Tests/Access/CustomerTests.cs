using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Billing.Service.Access;
using Billing.Service.Disputes;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Disputes;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;
using NodaTime;

namespace Billing.Service.Tests.Access;

/// <summary>What customers see and do, whose numbers are shown to whom, and what the auditor learns of it.</summary>
public sealed class CustomerTests : IAsyncLifetime
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
    public async Task Of_another_customer_there_is_nothing()
    {
        using var customer = await _server.ClientAsync([Roles.CustomerAdmin], "C-1");
        (await (await customer.GetAsync("/api/v1/invoices?month=2026-10")).ReadAsync()).GetProperty("items").EnumerateArray().Select(row => row.Text("contract")).ShouldBe(["C-1"]);
        foreach (var (own, others) in ((string Own, string Other)[])[("/api/v1/invoices/202610-C-1", "/api/v1/invoices/202610-C-2"), ("/api/v1/contracts/C-1/usage?month=2026-10", "/api/v1/contracts/C-2/usage?month=2026-10")])
        {
            (await customer.GetAsync(own)).StatusCode.ShouldBe(HttpStatusCode.OK);
            var missing = await (await customer.GetAsync(others.Replace("C-2", "C-9", StringComparison.Ordinal))).ReadProblemAsync(HttpStatusCode.NotFound);
            var foreign = await (await customer.GetAsync(others)).ReadProblemAsync(HttpStatusCode.NotFound);
            foreign.Text("detail").ShouldBe(missing.Text("detail").Replace("C-9", "C-2", StringComparison.Ordinal), "it looks like one that is not there");
        }

        using var staff = await _server.ClientAsync([Roles.Finance]);
        (await (await staff.GetAsync("/api/v1/invoices?month=2026-10")).ReadAsync()).GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_number_is_shown_to_whom_it_may_be_with_a_reason_and_the_auditor_learns_of_it()
    {
        using var dispute = await _server.ClientAsync([Roles.Dispute]);
        using var customer = await _server.ClientAsync([Roles.CustomerAdmin], "C-1");
        using var other = await _server.ClientAsync([Roles.CustomerAdmin], "C-2");
        using var auditor = await _server.ClientAsync([Roles.Auditor]);

        await (await RevealAsync(dispute, "m1", " ")).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await RevealAsync(other, "m1", "curious")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await RevealAsync(dispute, "m9", "curious")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await RevealAsync(auditor, "m1", "curious")).ReadProblemAsync(HttpStatusCode.Forbidden);
        (await RevealsAsync("")).ShouldBeEmpty();

        (await (await RevealAsync(dispute, "m1", "ticket 7")).Content.ReadAsStringAsync()).ShouldContain(BilledWorld.Mobile);
        (await (await RevealAsync(customer, "f1", "who is that")).Content.ReadAsStringAsync()).ShouldContain(BilledWorld.Fixed);
        (await (await dispute.GetAsync("/api/v1/calls/sw-1/m1/explanation")).Content.ReadAsStringAsync()).ShouldNotContain(BilledWorld.Mobile);

        var id = await _world.OpenAsync("m1");
        (await _world.Database.InvokeAsync(new Billing.Service.Disputes.RevealNumbers(id, "court order", "dispute-1", DisputedWorld.Today, SystemClock.Instance.GetCurrentInstant()))).Refusal.ShouldBeNull();

        var reveals = await RevealsAsync("");
        reveals.Select(one => (one.Text("what"), one.Text("reason"))).ShouldBe([($"dispute {id}", "court order"), ("sw-1/f1", "who is that"), ("sw-1/m1", "ticket 7")]);
        reveals[2].Text("contract").ShouldBe("C-1");
        reveals[2].Text("by").ShouldStartWith("key:");
        (await RevealsAsync("contract=C-1")).Count.ShouldBe(3);
        reveals[0].Text("contract").ShouldBe("C-1");
        (await RevealsAsync("by=dispute-1")).Count.ShouldBe(1);
        (await RevealsAsync("to=2020-01-01")).ShouldBeEmpty();
        var first = await (await auditor.GetAsync("/api/v1/audit/reveals?limit=2")).ReadAsync();
        (await RevealsAsync($"limit=2&cursor={first.Text("next")}")).Select(one => one.Text("what")).ShouldBe(["sw-1/m1"]);
        foreach (var wrong in (string[])["cursor=x", "from=x", "limit=0", "limit=501", "from=2026-11-02&to=2026-11-01"])
        {
            await (await auditor.GetAsync($"/api/v1/audit/reveals?{wrong}")).ReadProblemAsync(HttpStatusCode.BadRequest);
        }

        async Task<IReadOnlyList<JsonElement>> RevealsAsync(string query) =>
            [.. (await (await auditor.GetAsync($"/api/v1/audit/reveals?{query}")).ReadAsync()).GetProperty("items").EnumerateArray()];
    }

    [Fact]
    public async Task A_customer_keeps_the_viewers_of_the_own_contracts_and_no_other_account()
    {
        using var customer = await _server.ClientAsync([Roles.CustomerAdmin], "C-1");
        using var other = await _server.ClientAsync([Roles.CustomerAdmin], "C-2");
        using var keeper = await _server.ClientAsync([Roles.Operator]);

        var made = await (await customer.PostAsync("/api/v1/accounts", JsonContent.Create(new { name = "viewer", roles = new[] { Roles.CustomerViewer }, contracts = new[] { "C-1" }, departments = new[] { "sales" } }))).ReadAsync(HttpStatusCode.Created);
        made.Text("password").Length.ShouldBe(24);
        foreach (var (roles, contracts) in ((string[], string[])[])[([Roles.CustomerViewer], ["C-2"]), ([Roles.CustomerViewer], ["C-1", "C-2"]), ([Roles.CustomerAdmin], ["C-1"]), ([Roles.Operator], [])])
        {
            await (await customer.PostAsync("/api/v1/accounts", JsonContent.Create(new { name = "sneaky", roles, contracts }))).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
            await (await customer.PutAsync("/api/v1/accounts/viewer/roles", JsonContent.Create(new { roles, contracts }))).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        }

        await (await keeper.PostAsync("/api/v1/accounts", JsonContent.Create(new { name = "boss", roles = new[] { Roles.Finance } }))).ReadAsync(HttpStatusCode.Created);
        await (await customer.GetAsync("/api/v1/accounts/boss")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await customer.PutAsync("/api/v1/accounts/boss/password", JsonContent.Create(new { }))).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await other.PostAsync("/api/v1/accounts/viewer/lock", JsonContent.Create(new { reason = "x" }))).ReadProblemAsync(HttpStatusCode.NotFound);
        (await NamesAsync(customer)).ShouldBe(["viewer"]);
        (await NamesAsync(other)).ShouldBeEmpty();
        (await NamesAsync(keeper)).ShouldBe(["boss", "viewer"]);

        using var browser = new StationBrowser(_server);
        (await browser.SignInAsync("viewer", made.Text("password"))).ShouldBe("/station/here");
        var session = await (await browser.GetAsync("/api/v1/session")).ReadAsync();
        session.GetProperty("departments")[0].GetString().ShouldBe("sales");

        static async Task<string[]> NamesAsync(HttpClient client) =>
            [.. (await (await client.GetAsync("/api/v1/accounts")).ReadAsync()).GetProperty("items").EnumerateArray().Select(one => one.Text("name"))];
    }

    [Fact]
    public async Task Accounts_and_keys_are_listed_part_by_part()
    {
        using var keeper = await _server.ClientAsync([Roles.Operator]);
        foreach (var name in (string[])["a", "b", "c"])
        {
            await (await keeper.PostAsync("/api/v1/accounts", JsonContent.Create(new { name, roles = new[] { Roles.Finance } }))).ReadAsync(HttpStatusCode.Created);
        }

        (await keeper.ReadAllAsync("/api/v1/accounts", 2)).Select(one => one.Text("name")).ShouldBe(["a", "b", "c"]);
        (await keeper.ReadAllAsync("/api/v1/keys", 1)).Select(one => one.Text("key")).ShouldBeInOrder();
        (await keeper.ReadAllAsync("/api/v1/keys", 1)).ShouldNotBeEmpty();
        await (await keeper.GetAsync("/api/v1/keys?cursor=x")).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_customer_does_not_open_what_an_operator_locked()
    {
        using var customer = await _server.ClientAsync([Roles.CustomerAdmin], "C-1");
        using var keeper = await _server.ClientAsync([Roles.Operator]);
        await (await customer.PostAsync("/api/v1/accounts", JsonContent.Create(new { name = "viewer", roles = new[] { Roles.CustomerViewer }, contracts = new[] { "C-1" } }))).ReadAsync(HttpStatusCode.Created);

        await (await keeper.PostAsync("/api/v1/accounts/viewer/lock", JsonContent.Create(new { reason = "abuse" }))).ReadAsync();
        (await (await customer.PostAsync("/api/v1/accounts/viewer/unlock", null)).ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("detail").ShouldContain("operator");
        await (await customer.PutAsync("/api/v1/accounts/viewer/password", JsonContent.Create(new { }))).ReadAsync();
        (await (await customer.GetAsync("/api/v1/accounts/viewer")).ReadAsync()).Text("state").ShouldBe("locked");
        await (await keeper.PostAsync("/api/v1/accounts/viewer/unlock", null)).ReadAsync();

        await (await customer.PostAsync("/api/v1/accounts/viewer/lock", JsonContent.Create(new { reason = "on leave" }))).ReadAsync();
        await (await customer.PostAsync("/api/v1/accounts/viewer/unlock", null)).ReadAsync();
        (await (await customer.GetAsync("/api/v1/accounts/viewer")).ReadAsync()).Text("state").ShouldBe("open");
    }

    [Fact]
    public async Task A_scope_that_is_misspelt_or_holds_nothing_is_refused_and_does_not_become_the_whole()
    {
        using var keeper = await _server.ClientAsync([Roles.Operator]);
        await (await keeper.PostAsync("/api/v1/keys", JsonContent.Create(new { label = "x", roles = new[] { Roles.Dispute }, contract = new[] { "C-1" } }))).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await keeper.PostAsync("/api/v1/accounts", JsonContent.Create(new { name = "x", roles = new[] { Roles.CustomerViewer }, contracts = new[] { "C-1" }, department = new[] { "sales" } }))).ReadProblemAsync(HttpStatusCode.BadRequest);
        foreach (var (roles, contracts, departments) in ((string?[], string?[], string?[])[])[([null], [], []), ([Roles.CustomerViewer], [null], []), ([Roles.CustomerViewer], ["C-1"], [null])])
        {
            await (await keeper.PostAsync("/api/v1/accounts", JsonContent.Create(new { name = "x", roles, contracts, departments }))).ReadProblemAsync(HttpStatusCode.BadRequest);
        }

        await (await keeper.GetAsync("/api/v1/accounts/x")).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    private static Task<HttpResponseMessage> RevealAsync(HttpClient client, string call, string reason) =>
        client.PostAsync($"/api/v1/calls/sw-1/{call}/reveal", JsonContent.Create(new { reason }));
}
