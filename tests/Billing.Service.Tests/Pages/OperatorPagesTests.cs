using System.Net;
using System.Text.RegularExpressions;
using Billing.Service.Access;
using Billing.Service.Tests.Access;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Pages;

/// <summary>An operator keeps accounts and keys on pages; what is secret is shown once.</summary>
public sealed partial class OperatorPagesTests(ServedDatabase served) : IClassFixture<ServedDatabase>
{
    [Fact]
    public async Task An_operator_keeps_an_account()
    {
        using var keeper = await DecisionPageTests.SignedInAsync(served.Server, Roles.Operator, "keeper-1");
        (await SendAsync(keeper, "/station/accounts", "create-account", HttpStatusCode.UnprocessableEntity, ("Form.Name", "mori"))).ShouldContain("at least one role");
        var made = await SendAsync(keeper, "/station/accounts", "create-account", HttpStatusCode.OK, ("Form.Name", "mori"), ("Form.Roles", Roles.CustomerAdmin), ("Form.Contracts", "C-1, C-2"));
        var password = Secret(made);
        using var person = new StationBrowser(served.Server);
        (await person.SignInAsync("mori", password)).ShouldBe("/station/here");
        (await TextAsync(keeper, "/station/accounts")).ShouldContain("C-1, C-2");
        (await TextAsync(keeper, "/station/accounts/mori")).ShouldNotContain(password);

        await SendAsync(keeper, "/station/accounts/mori", "account-lock", HttpStatusCode.OK, ("LockReason", "left"));
        (await person.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        await SendAsync(keeper, "/station/accounts/mori", "account-unlock", HttpStatusCode.OK);
        var other = Secret(await SendAsync(keeper, "/station/accounts/mori", "account-password", HttpStatusCode.OK));
        using var again = new StationBrowser(served.Server);
        (await again.SignInAsync("mori", other)).ShouldBe("/station/here");
        await SendAsync(keeper, "/station/accounts/mori", "account-roles", HttpStatusCode.OK, ("Form.Roles", Roles.Finance), ("Form.Roles", Roles.Dispute), ("Form.Contracts", ""));
        (await again.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await TextAsync(keeper, "/station/accounts")).ShouldContain("finance, dispute");
        (await keeper.GetAsync("/station/accounts/nobody")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_operator_keeps_a_key()
    {
        using var keeper = await DecisionPageTests.SignedInAsync(served.Server, Roles.Operator, "keeper-2");
        var text = Secret(await SendAsync(keeper, "/station/keys", "make-key", HttpStatusCode.OK, ("Form.Label", "switch room"), ("Form.Roles", Roles.Pipeline), ("Form.Days", "30")));
        var page = $"/station/keys/{text.Split('_')[1]}";
        (await StatusAsync(text)).ShouldBe(HttpStatusCode.OK);
        (await TextAsync(keeper, "/station/keys")).ShouldContain("switch room");
        (await TextAsync(keeper, page)).ShouldNotContain(text);

        var rotated = Secret(await SendAsync(keeper, page, "rotate-key", HttpStatusCode.OK, ("Grace", "0")));
        ((await StatusAsync(text)), (await StatusAsync(rotated))).ShouldBe((HttpStatusCode.Unauthorized, HttpStatusCode.OK));
        (await SendAsync(keeper, page, "revoke-key", HttpStatusCode.UnprocessableEntity)).ShouldContain("why it is revoked");
        await SendAsync(keeper, page, "revoke-key", HttpStatusCode.OK, ("RevokeReason", "was in a mail"));
        (await StatusAsync(rotated)).ShouldBe(HttpStatusCode.Unauthorized);
        (await keeper.GetAsync("/station/keys/0000")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<HttpStatusCode> StatusAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/session");
        request.Headers.Authorization = new("Bearer", key);
        using var answer = await served.Server.Anonymous.SendAsync(request);
        return answer.StatusCode;
    }

    private static string Secret(string page) => SecretField().Match(page) is { Success: true } found ? WebUtility.HtmlDecode(found.Groups[1].Value) : throw new InvalidOperationException(page);

    private static async Task<string> SendAsync(StationBrowser browser, string path, string handler, HttpStatusCode expected, params (string Name, string Value)[] fields)
    {
        using var answer = await browser.PostFormAsync(path, await browser.SessionTokenAsync(), [("_handler", handler), .. fields]);
        var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        answer.StatusCode.ShouldBe(expected, text);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        return text;
    }

    private static async Task<string> TextAsync(StationBrowser browser, string path)
    {
        using var answer = await browser.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("class=\"code secret\">([^<]+)<")]
    private static partial Regex SecretField();
}
