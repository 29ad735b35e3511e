using System.Net;
using Billing.Service.Access;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;

namespace Billing.Service.Tests.Access;

/// <summary>The second factor (RFC 6238): enrolled, asked for, good once, replaced by a recovery code.</summary>
public sealed class SecondFactorTests(ServedDatabase served) : IClassFixture<ServedDatabase>
{
    private const string Password = "a rather long sentence";

    private Server Server => served.Server;

    [Fact]
    public async Task Enrolled_it_is_asked_for_and_each_code_is_good_once()
    {
        var (name, device, _) = await EnrolAsync();
        using var browser = new StationBrowser(Server);
        (await browser.SignInAsync(name, Password)).ShouldBe("/station/sign-in?outcome=second-factor&returnUrl=%2Fstation%2Fhere");
        (await browser.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized, "the password alone opens nothing");
        (await browser.SendCodeAsync("000000")).ShouldStartWith("/station/sign-in?outcome=code-refused");

        var code = device.ComputeTotp(DateTime.UtcNow);
        (await browser.SendCodeAsync(code)).ShouldBe("/station/here");
        (await browser.StatusAsync()).ShouldBe(HttpStatusCode.OK);

        using var thief = new StationBrowser(Server);
        await thief.SignInAsync(name, Password);
        (await thief.SendCodeAsync(code)).ShouldStartWith("/station/sign-in?outcome=code-refused", customMessage: "it was used");
        (await thief.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_recovery_code_stands_in_once()
    {
        var (name, _, codes) = await EnrolAsync();
        codes.Count.ShouldBe(10);
        using var browser = new StationBrowser(Server);
        await browser.SignInAsync(name, Password);
        (await browser.SendCodeAsync(codes[3].ToUpperInvariant())).ShouldBe("/station/here");

        using var again = new StationBrowser(Server);
        await again.SignInAsync(name, Password);
        (await again.SendCodeAsync(codes[3])).ShouldStartWith("/station/sign-in?outcome=code-refused");
        (await again.SendCodeAsync(codes[4])).ShouldBe("/station/here");
        foreach (var code in codes)
        {
            (await served.Database.ScalarAsync<long>($"select count(*) from billing.mt_events where data::text like '%{code}%'")).ShouldBe(0);
        }
    }

    [Fact]
    public async Task Without_the_password_a_code_opens_nothing_and_wrong_codes_lock()
    {
        var (name, device, _) = await EnrolAsync();
        using var stranger = new StationBrowser(Server);
        (await stranger.SendCodeAsync(device.ComputeTotp(DateTime.UtcNow))).ShouldStartWith("/station/sign-in?outcome=refused");

        using var browser = new StationBrowser(Server);
        await browser.SignInAsync(name, Password);
        for (var i = 0; i < LockOut.Free; i++)
        {
            await browser.SendCodeAsync("000000");
        }

        (await browser.SendCodeAsync("000000")).ShouldStartWith("/station/sign-in?outcome=locked");
        (await browser.SendCodeAsync(device.ComputeTotp(DateTime.UtcNow))).ShouldStartWith("/station/sign-in?outcome=locked");
    }

    [Fact]
    public async Task The_secret_is_kept_enciphered_and_the_password_and_a_first_code_must_hold()
    {
        var (name, _, _) = await EnrolAsync(wrongFirst: true);
        var stored = await served.Database.ScalarAsync<string>($"select data ->> 'protectedSecret' from billing.mt_events where stream_id = 'account-{name}' and type = 'second_factor_enrolled.v1'");
        stored.Length.ShouldBeGreaterThan(100);
    }

    private async Task<(string Name, Totp Device, IReadOnlyList<string> Codes)> EnrolAsync(bool wrongFirst = false)
    {
        var name = $"f-{Guid.NewGuid():N}"[..12];
        await using var scope = Server.Services.CreateAsyncScope();
        (await scope.ServiceProvider.GetRequiredService<KeepAccounts>().CreateAsync(name, [Roles.Finance], [], [], Password, "test", default)).Refusal.ShouldBeNull();
        using var browser = new StationBrowser(Server);
        await browser.SignInAsync(name, Password);
        var token = await browser.SessionTokenAsync();
        var prepared = await (await browser.SendJsonAsync(HttpMethod.Post, "/api/v1/session/second-factor", new { }, token)).ReadAsync();
        prepared.Text("address").ShouldStartWith("otpauth://totp/");
        var device = new Totp(Base32Encoding.ToBytes(prepared.Text("secret")));
        if (wrongFirst)
        {
            var confirmation = new { ticket = prepared.Text("ticket"), code = device.ComputeTotp(DateTime.UtcNow), present = "not the password at all" };
            (await (await browser.SendJsonAsync(HttpMethod.Post, "/api/v1/session/second-factor/confirmation", confirmation, token)).ReadProblemAsync(HttpStatusCode.UnprocessableEntity))
                .Text("detail").ShouldContain("password");
            await (await browser.SendJsonAsync(HttpMethod.Post, "/api/v1/session/second-factor/confirmation", new { confirmation.ticket, confirmation.code }, token)).ReadProblemAsync(HttpStatusCode.BadRequest);
            await (await browser.SendJsonAsync(HttpMethod.Post, "/api/v1/session/second-factor/confirmation", new { ticket = prepared.Text("ticket"), code = "12345", present = Password }, token)).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        }

        var codes = await (await browser.SendJsonAsync(
            HttpMethod.Post, "/api/v1/session/second-factor/confirmation", new { ticket = prepared.Text("ticket"), code = device.ComputeTotp(DateTime.UtcNow), present = Password }, token)).ReadAsync();
        (await served.Database.ScalarAsync<long>($"select count(*) from billing.mt_events where data::text like '%{prepared.Text("secret")}%'")).ShouldBe(0);
        return (name, device, [.. codes.GetProperty("codes").EnumerateArray().Select(code => code.GetString()!)]);
    }
}
