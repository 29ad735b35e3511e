using System.Net;
using Billing.Service.Access;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Billing.Service.Tests.Access;

/// <summary>People at the Billing Station: password, lock-out, sessions and what ends them, tokens of forms.</summary>
public sealed class SignInTests(ServedDatabase served) : IClassFixture<ServedDatabase>
{
    private const string Password = "a rather long sentence";

    private Server Server => served.Server;

    [Fact]
    public async Task The_right_password_opens_a_session_that_ends_with_signing_out()
    {
        var name = await AccountAsync(Roles.Finance);
        using var browser = new StationBrowser(Server);
        (await browser.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);

        (await browser.SignInAsync(name.ToUpperInvariant(), Password)).ShouldBe("/station/here");

        var session = await (await browser.GetAsync("/api/v1/session")).ReadAsync();
        (session.Text("name"), session.GetProperty("roles")[0].GetString()).ShouldBe((name, Roles.Finance));
        var cookie = browser.Cookies.GetCookies(browser.Address).Single(one => one.Name == "station");
        cookie.HttpOnly.ShouldBeTrue();

        using var thief = new StationBrowser(Server);
        thief.Cookies.SetCookies(thief.Address, $"station={cookie.Value}");
        (await thief.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        using var end = await browser.PostFormAsync("/station/session/end", await browser.SessionTokenAsync());
        end.Headers.Location!.ToString().ShouldBe("/station/sign-in");
        (await browser.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await thief.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized, "a copy of the cookie ends with the session");
    }

    [Theory]
    [InlineData("//elsewhere.example/x")]
    [InlineData("https://elsewhere.example/")]
    [InlineData("/\\elsewhere.example")]
    [InlineData("")]
    public async Task Nobody_is_led_elsewhere(string returnUrl)
    {
        using var browser = new StationBrowser(Server);
        (await browser.SignInAsync(await AccountAsync(Roles.Finance), Password, returnUrl)).ShouldBe("/station");
    }

    [Fact]
    public async Task A_page_leads_to_the_sign_in_and_remembers_where_from()
    {
        using var answer = await Server.Anonymous.PostAsync("/station/session/end", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.PathAndQuery.ShouldStartWith("/station/sign-in?returnUrl=");
    }

    [Fact]
    public async Task Wrong_passwords_lock_the_account_for_a_time_that_grows_and_a_name_that_is_none_alike()
    {
        var name = await AccountAsync(Roles.Finance);
        foreach (var tried in (string[])[name, "nobody-by-this-name"])
        {
            using var browser = new StationBrowser(Server);
            for (var i = 0; i < LockOut.Free; i++)
            {
                (await browser.SignInAsync(tried, "wrong")).ShouldStartWith("/station/sign-in?outcome=refused&returnUrl=");
            }

            (await browser.SignInAsync(tried, "wrong")).ShouldStartWith("/station/sign-in?outcome=locked&until=");
            (await browser.SignInAsync(tried, Password)).ShouldStartWith("/station/sign-in?outcome=locked&until=", customMessage: "the right password neither");
        }

        using var other = new StationBrowser(Server);
        (await Server.InvokeAsync(new UnlockAccount(name, "test", IsOperator: true, Now))).Refusal.ShouldBeNull();
        (await other.SignInAsync(name, Password)).ShouldBe("/station/here");
        (await served.Database.ScalarAsync<string>($"select string_agg(kind, ' ' order by at, kind desc) from billing.access_log where who = '{name}'"))
            .ShouldBe("account-created sign-in-failed sign-in-failed sign-in-failed sign-in-failed sign-in-failed account-locked account-unlocked signed-in");
        (await served.Database.ScalarAsync<long>("select count(*) from billing.mt_events where data::text like '%nobody-by-this-name%'")).ShouldBe(0, "it may have been a password");
    }

    [Fact]
    public void The_time_of_rest_doubles_up_to_an_hour() =>
        Enumerable.Range(1, 12).Select(failures => LockOut.After(failures)?.TotalMinutes ?? 0).ShouldBe([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);

    [Fact]
    public async Task Another_password_other_roles_and_a_lock_each_end_the_sessions()
    {
        foreach (var change in (Func<string, object>[])[
            name => new ChangeRoles(name, [Roles.Auditor], [], [], "test", Now),
            name => new ChangePassword(name, Passwords.Hash(name, "quite another sentence").Hash!, "test", Now),
            name => new LockAccount(name, "left", "test", Now)])
        {
            var name = await AccountAsync(Roles.Finance);
            using var browser = new StationBrowser(Server);
            await browser.SignInAsync(name, Password);
            (await browser.StatusAsync()).ShouldBe(HttpStatusCode.OK);

            (await Server.InvokeAsync(change(name))).Refusal.ShouldBeNull();

            (await browser.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized, change(name).ToString());
        }
    }

    [Fact]
    public async Task A_forged_cookie_is_no_session()
    {
        using var browser = new StationBrowser(Server);
        await browser.SignInAsync(await AccountAsync(Roles.Operator), Password);
        var good = browser.Cookies.GetCookies(browser.Address).Single(one => one.Name == "station").Value;
        foreach (var forged in (string[])["x", good[..^8], good[..20] + (good[20] == 'A' ? 'B' : 'A') + good[21..], Convert.ToBase64String(new byte[200])])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/session");
            request.Headers.Add("Cookie", $"station={forged}");
            using var answer = await Server.Anonymous.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, forged);
        }
    }

    [Fact]
    public async Task A_session_ends_when_its_time_is_over()
    {
        await using var server = await Server.StartAsync(served.Database.ConnectionString, ("session-longest", "00:00:02"));
        using var browser = new StationBrowser(server);
        (await browser.SignInAsync(await AccountAsync(Roles.Finance), Password)).ShouldBe("/station/here");
        (await browser.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await Poll.UntilAsync("the session is over although it is used", async () => await browser.StatusAsync() == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Another_server_on_the_database_knows_the_session()
    {
        using var browser = new StationBrowser(Server);
        await browser.SignInAsync(await AccountAsync(Roles.Finance), Password);
        await using var server = await Server.StartAsync(served.Database.ConnectionString);
        using var there = new StationBrowser(server);
        there.Cookies.SetCookies(there.Address, $"station={browser.Cookies.GetCookies(browser.Address).Single(one => one.Name == "station").Value}");
        (await there.StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_changes_something_with_a_session_needs_the_token()
    {
        using var browser = new StationBrowser(Server);
        await browser.SignInAsync(await AccountAsync(Roles.Operator), Password);
        var body = new { label = "x", roles = new[] { Roles.Auditor } };
        using var other = new StationBrowser(Server);
        await other.SignInAsync(await AccountAsync(Roles.Operator), Password);

        foreach (var token in (string?[])[null, "x", await other.SessionTokenAsync(), await browser.FormTokenAsync()])
        {
            await (await browser.SendJsonAsync(HttpMethod.Post, "/api/v1/keys", body, token)).ReadProblemAsync(HttpStatusCode.BadRequest);
        }

        await (await browser.SendJsonAsync(HttpMethod.Post, "/api/v1/keys", body, await browser.SessionTokenAsync())).ReadAsync(HttpStatusCode.Created);
        using var form = await browser.PostFormAsync("/station/session", token: null, ("name", "x"), ("password", "y"));
        form.StatusCode.ShouldBe(HttpStatusCode.BadRequest, "nor is somebody signed in by another site");
    }

    [Theory]
    [InlineData("short", "12 to 200")]
    [InlineData("aaaaaaaaaaaaaaaa", "different characters")]
    [InlineData("password1234", "first that are tried")]
    [InlineData("keeper and more", "account's name")]
    public void A_weak_password_is_refused(string password, string why) => Passwords.Hash("keeper", password).Refusal!.Message.ShouldContain(why);

    [Fact]
    public async Task No_password_is_in_the_log_of_events()
    {
        var name = await AccountAsync(Roles.Finance);
        using var browser = new StationBrowser(Server);
        await browser.SignInAsync(name, Password);
        using var other = new StationBrowser(Server);
        await other.SignInAsync(name, "wrong but secret");
        (await served.Database.ScalarAsync<long>("select count(*) from billing.mt_events where data::text like '%rather long%' or data::text like '%but secret%'")).ShouldBe(0);
        (await served.Database.ScalarAsync<long>("select count(*) from billing.mt_doc_account where data::text like '%rather long%'")).ShouldBe(0);
    }

    private static Instant Now => SystemClock.Instance.GetCurrentInstant();

    private async Task<string> AccountAsync(params string[] roles)
    {
        var name = $"p-{Guid.NewGuid():N}"[..12];
        await using var scope = Server.Services.CreateAsyncScope();
        (await scope.ServiceProvider.GetRequiredService<KeepAccounts>().CreateAsync(name, roles, [], [], Password, "test", default)).Refusal.ShouldBeNull();
        return name;
    }
}
