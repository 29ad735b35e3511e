using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using Billing.Service.Access;
using Billing.Service.Hosting;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace Billing.Service.Tests.Access;

/// <summary>People and programs whom an identity provider vouches for.</summary>
public sealed class IdentityProviderTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private Issuer _issuer = null!;
    private Server _server = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _issuer = await Issuer.StartAsync();
        _server = await Server.StartAsync(
            _database.ConnectionString,
            ("oidc-authority", _issuer.Address), ("oidc-client-id", Issuer.Client), ("oidc-client-secret", Issuer.ClientSecret), ("oidc-audience", Issuer.Audience),
            ("oidc-roles", "bill-finance=finance, bill-customers=customer-viewer, bill-admins=customer-admin"));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _issuer.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Somebody_with_a_mapped_role_comes_back_with_a_session_and_is_in_the_access_log()
    {
        _issuer.Person = [new("sub", "4711"), new("preferred_username", "finance-desk"), new("roles", "bill-finance"), new("roles", "something-else")];
        using var browser = new StationBrowser(_server);

        (await RoundTripAsync(browser, "/station/here")).ShouldBe("/station/here");

        var session = await (await browser.GetAsync("/api/v1/session")).ReadAsync();
        (session.Text("name"), session.GetProperty("roles").GetArrayLength(), session.GetProperty("roles")[0].GetString()).ShouldBe(("oidc:finance-desk", 1, Roles.Finance));
        (await _database.ScalarAsync<string>("select who || ' ' || detail from billing.access_log where kind = 'signed-in'")).ShouldBe($"oidc:finance-desk {_issuer.Address}: finance");
        await (await browser.SendJsonAsync(HttpMethod.Put, "/api/v1/session/password", new { present = "x", wanted = "y" }, await browser.SessionTokenAsync())).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_customer_sees_the_contracts_that_the_provider_names_and_none_without()
    {
        foreach (var contracts in (string[][])[["C-1", "C-2"], []])
        {
            _issuer.Person = [new("sub", "c"), new("roles", "bill-customers"), .. contracts.Select(contract => new Claim("contracts", contract))];
            using var browser = new StationBrowser(_server);
            await RoundTripAsync(browser, "/station/here");
            var session = await (await browser.GetAsync("/api/v1/session")).ReadAsync();
            session.GetProperty("contracts").EnumerateArray().Select(contract => contract.GetString()).ShouldBe(contracts);
        }
    }

    [Fact]
    public async Task Roles_that_would_widen_each_other_let_nobody_in()
    {
        foreach (var claims in (Claim[][])[
            [new("roles", "bill-finance"), new("roles", "bill-customers"), new("contracts", "C-1")],
            [new("roles", "bill-admins"), new("contracts", "C-1"), new("departments", "sales")]])
        {
            _issuer.Person = [new("sub", "c"), .. claims];
            using var browser = new StationBrowser(_server);
            (await RoundTripAsync(browser, "/station/here")).ShouldBe("/station/sign-in?outcome=external-refused");
            (await GetAsync(_issuer.Token(Issuer.Audience, _issuer.Person))).ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Somebody_without_a_mapped_role_does_not_get_in_nor_is_anybody_led_elsewhere()
    {
        _issuer.Person = [new("sub", "4712"), new("roles", "something-else")];
        using var browser = new StationBrowser(_server);
        (await RoundTripAsync(browser, "/station/here")).ShouldBe("/station/sign-in?outcome=external-refused");
        (await browser.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        var page = await (await browser.GetAsync("/station/sign-in?outcome=external-refused")).Content.ReadAsStringAsync();
        page.ShouldContain("role=\"alert\"");
        page.ShouldContain("href=\"/station/session/external?returnUrl=%2Fstation\"");

        _issuer.Person = [new("sub", "4711"), new("roles", "bill-finance")];
        (await RoundTripAsync(browser, "//elsewhere.example")).ShouldBe("/station");
    }

    [Fact]
    public async Task A_program_shows_a_token_and_a_forged_one_is_refused_whatever_is_wrong_with_it()
    {
        Claim[] finance = [new("sub", "robot"), new("roles", "bill-finance")];
        (await GetAsync(_issuer.Token(Issuer.Audience, finance))).ShouldBe(HttpStatusCode.OK);

        using var other = RSA.Create(2048);
        var forged = new Dictionary<string, string>
        {
            ["another key"] = _issuer.Token(Issuer.Audience, finance, key: new RsaSecurityKey(other) { KeyId = "key-1" }),
            ["another audience"] = _issuer.Token("elsewhere", finance),
            ["another issuer"] = _issuer.Token(Issuer.Audience, finance, issuer: "http://elsewhere.example"),
            ["expired"] = _issuer.Token(Issuer.Audience, finance, expires: DateTime.UtcNow.AddMinutes(-2)),
            ["no role"] = _issuer.Token(Issuer.Audience, [new("sub", "robot"), new("role", Roles.Operator), new("roles", "operator")]),
            ["no signature"] = string.Join('.', _issuer.Token(Issuer.Audience, finance).Split('.')[..2]) + ".",
            ["alg none"] = $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{_issuer.Token(Issuer.Audience, finance).Split('.')[1]}.",
        };
        foreach (var (what, token) in forged)
        {
            (await GetAsync(token)).ShouldBe(HttpStatusCode.Unauthorized, what);
        }

        (await GetAsync(await _server.KeyAsync([Roles.Finance]))).ShouldBe(HttpStatusCode.OK, "keys go on");
    }

    [Theory]
    [InlineData("x=king")]
    [InlineData("finance")]
    public void A_mapping_to_no_role_is_a_usage_error(string mapping) =>
        Should.Throw<SettingException>(() => Server.Settings(_database.ConnectionString, ("oidc-roles", mapping))).Message.ShouldContain("oidc-roles");

    /// <summary>Through the provider and back; where it ends.</summary>
    private static async Task<string> RoundTripAsync(StationBrowser browser, string returnUrl)
    {
        var next = $"/station/session/external?returnUrl={Uri.EscapeDataString(returnUrl)}";
        for (var i = 0; i < 3; i++)
        {
            using var answer = await browser.GetAsync(next);
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync());
            next = answer.Headers.Location!.ToString();
        }

        return next;
    }

    private async Task<HttpStatusCode> GetAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/invoices?month=2026-10");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _server.Anonymous.SendAsync(request);
        return answer.StatusCode;
    }
}
