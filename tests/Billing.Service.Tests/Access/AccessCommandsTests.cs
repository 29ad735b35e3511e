using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Billing.Service.Access;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Service.Tests.Access;

/// <summary><c>billing accounts</c>, <c>keys</c> and <c>audit</c>, and the first start of <c>billing serve</c>.</summary>
public sealed partial class AccessCommandsTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task An_account_is_created_listed_locked_and_opened_and_all_of_it_is_on_record()
    {
        var made = await RunAsync("accounts", "create", "desk", "--roles", "customer-admin", "--contracts", "C-1,C-2");
        made.Code.ShouldBe(0, made.All);
        made.Output.ShouldMatch("^desk +[a-z0-9]{4}(-[a-z0-9]{4}){4}\n$");
        made.Error.ShouldContain("warning: contract C-2 is not known");

        (await RunAsync("accounts", "create", "desk", "--roles", "finance")).ErrorLine.ShouldContain("there is an account desk already");
        (await RunAsync("accounts", "create", "Desk!", "--roles", "finance")).Code.ShouldBe(2);
        (await RunAsync("accounts", "create", "mori", "--roles", "king")).ErrorLine.ShouldContain("no role king");
        (await RunAsync("accounts", "lock", "desk", "--reason", "left")).Code.ShouldBe(0);
        (await RunAsync("accounts", "list")).Output.ShouldMatch("(?m)^desk +locked .*customer-admin C-1 C-2");
        (await RunAsync("accounts", "unlock", "desk")).Code.ShouldBe(0);
        (await RunAsync("accounts", "roles", "desk", "--roles", "auditor")).Code.ShouldBe(0);
        var password = (await RunAsync("accounts", "password", "desk")).Output.Split(' ')[^1].Trim();
        password.ShouldNotBe(made.Output.Split(' ')[^1].Trim());

        var log = JsonDocument.Parse((await RunAsync("audit", "access", "--who", "desk", "--json")).Output).RootElement.GetProperty("entries").EnumerateArray().ToList();
        log.Select(entry => entry.Text("kind")).ShouldBe(["password-changed", "roles-changed", "account-unlocked", "account-locked", "account-created"]);
        log[3].Text("detail").ShouldBe("left");
        (await RunAsync("audit", "access", "--who", "desk", "--kind", "roles-changed")).Output.ShouldContain("auditor");
    }

    [Fact]
    public async Task A_key_is_made_rotated_and_revoked()
    {
        var made = await RunAsync("keys", "create", "switch room", "--roles", "pipeline", "--days", "30");
        made.Code.ShouldBe(0, made.All);
        var key = KeyText().Match(made.Output);
        key.Success.ShouldBeTrue(made.Output);
        var id = key.Groups["id"].Value;

        var rotated = await RunAsync("keys", "rotate", id, "--grace", "0");
        KeyText().Match(rotated.Output).Groups["id"].Value.ShouldBe(id);
        KeyText().Match(rotated.Output).Value.ShouldNotBe(key.Value);
        (await RunAsync("keys", "list")).Output.ShouldMatch($"(?m)^{id}  good .*switch room: pipeline");
        (await RunAsync("keys", "revoke", id, "--reason", "lost")).Code.ShouldBe(0);
        (await RunAsync("keys", "rotate", id)).ErrorLine.ShouldContain($"key {id} is revoked");
        (await RunAsync("keys", "create", "x", "--roles", "pipeline", "--days", "0")).All.ShouldContain("1 to 730 is expected");
        (await RunAsync("keys", "list")).Output.ShouldMatch($"(?m)^{id}  revoked");
        (await RunAsync("audit", "reveals")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Demo_accounts_are_made_and_reset_and_those_of_others_left_alone()
    {
        await using var scope = (await database.HostAsync()).Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<KeepAccounts>();
        var keeper = new Caller("test", [Roles.Operator], null, null);
        await accounts.CreateAsync(Roles.Operator, [Roles.Operator], [], [], null, "first start", default);

        var (made, left) = await DemoAccounts.MakeAsync(accounts, ["C-1"], keeper, default);
        made.Select(one => one.Name).ShouldBe(Roles.All.Where(role => role != Roles.Operator));
        made.ShouldAllBe(one => one.Refusal == null && one.Password != null);
        left.ShouldBe(["operator exists and is not a demo account: left as it is"]);

        await accounts.LockAsync(Roles.Finance, "misused", "test", default);
        await accounts.SetRolesAsync(Roles.Auditor, [Roles.Auditor, Roles.Dispute], [], [], "test", default);
        var stamp = (await accounts.FindAsync(Roles.Operator, keeper, default))!.Stamp;
        (made, left) = await DemoAccounts.MakeAsync(accounts, ["C-1"], keeper, default);
        made.Select(one => one.Name).ShouldBe(Roles.All.Except([Roles.Operator, Roles.Finance, Roles.Auditor]));
        left.Order().ShouldBe(
            ["auditor has other roles by now: left as it is", "finance is locked: left as it is", "operator exists and is not a demo account: left as it is"]);
        (await accounts.FindAsync(Roles.Operator, keeper, default))!.Stamp.ShouldBe(stamp);
        Passwords.Holds(await accounts.FindAsync(Roles.Dispute, keeper, default), made.Single(one => one.Name == Roles.Dispute).Password!).ShouldBeTrue();
    }

    [Fact]
    public async Task The_first_start_makes_an_operator_whose_password_is_printed_once_and_never_logged()
    {
        var fresh = new DatabaseFixture();
        await fresh.InitializeAsync();
        try
        {
            var (first, log) = await ServeAsync(fresh.ConnectionString);
            var password = FirstPassword().Match(first).Groups[1].Value;
            password.ShouldNotBeEmpty(first);
            log.ShouldNotContain(password);
            log.ShouldContain("Now listening", Case.Insensitive);
            (await ServeAsync(fresh.ConnectionString)).Output.ShouldNotContain("The first account");

            await using var server = await Server.StartAsync(fresh.ConnectionString);
            using var browser = new StationBrowser(server);
            (await browser.SignInAsync("operator", password)).ShouldBe("/station/here");
            (await browser.GetAsync("/api/v1/keys")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            await fresh.DisposeAsync();
        }
    }

    [Fact]
    public async Task No_secret_is_in_the_log_of_a_server_that_tells_everything()
    {
        var key = KeyText().Match((await RunAsync("keys", "create", "robot", "--roles", "operator,finance")).Output).Value;
        using var process = Command.Start(Environment("Trace"), "serve", "--urls", "http://127.0.0.1:0");
        try
        {
            var output = process.StandardError.ReadToEndAsync();
            using var http = new HttpClient { BaseAddress = await AddressAsync(process) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var body = new StringContent("""{"name":"new-account","roles":["finance"],"password":"sesame opens the door"}""", System.Text.Encoding.UTF8, "application/json");
            (await http.PostAsync("/api/v1/accounts", body)).StatusCode.ShouldBe(HttpStatusCode.Created);
            (await http.GetAsync("/api/v1/contracts?number=05033999999")).StatusCode.ShouldBe(HttpStatusCode.OK);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key[..^3] + "zzz");
            (await http.GetAsync("/api/v1/session")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            await StopAsync(process);
            var log = await output;
            log.ShouldContain("/api/v1/accounts", Case.Sensitive, "the log tells much");
            log.ShouldNotContain("sesame opens");
            log.ShouldNotContain("05033999999");
            log.ShouldNotContain(key[18..^3]);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<(string Output, string Log)> ServeAsync(string connection)
    {
        using var process = Command.Start(new Dictionary<string, string> { ["BILLING_DB"] = connection, ["BILLING_LOG"] = "Information" }, "serve", "--urls", "http://127.0.0.1:0");
        try
        {
            var log = process.StandardError.ReadToEndAsync();
            var output = (await process.StandardOutput.ReadLineAsync())! + "\n";
            using var http = new HttpClient { BaseAddress = new Uri(output.Trim().Split(' ')[^1]) };
            (await http.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
            // stopping waits for the start to be over
            await StopAsync(process);
            return (output + await process.StandardOutput.ReadToEndAsync(), await log);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<Uri> AddressAsync(Process process) => new((await process.StandardOutput.ReadLineAsync())!.Split(' ')[^1]);

    private static async Task StopAsync(Process process)
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(limit.Token);
    }

    private Dictionary<string, string> Environment(string log) => new() { ["BILLING_DB"] = database.ConnectionString, ["BILLING_LOG"] = log };

    private Task<Command.Ended> RunAsync(params string[] arguments) => Command.RunAsync(database.ConnectionString, arguments);

    [GeneratedRegex("bill_(?<id>[0-9a-f]{12})_[A-Za-z0-9_-]{43}")]
    private static partial Regex KeyText();

    [GeneratedRegex("The first account is operator, its password, shown this once: (\\S+)")]
    private static partial Regex FirstPassword();
}
