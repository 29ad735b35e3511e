using Billing.Service.Access;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Tests;
using Billing.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NodaTime;
using Wolverine;

namespace Billing.Browser.Tests;

/// <summary>The service with the demo month, people who may sign in, and a browser: one for all tests.</summary>
public sealed class Station : IAsyncLifetime
{
    public const string Password = "correct-horse-battery-9";
    public const string Month = "2026-10";
    public const string Invoice = "202610-C-1001";

    private readonly DatabaseFixture _database = new();
    private readonly Dictionary<string, string> _sessions = new(StringComparer.Ordinal);
    private Server _server = null!;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public string Address => _server.Http.BaseAddress!.ToString().TrimEnd('/');

    public IServiceProvider Services => _server.Services;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        await LoadDemoAsync();
        _server = await Server.StartAsync(_database.ConnectionString, ("month-close", "false"), ("requests-per-minute", "100000"), ("sign-ins-per-minute", "1000"));
        await AddAccountAsync("customer", [Roles.CustomerAdmin], ["C-1001", "C-1003"], []);
        await AddAccountAsync("viewer", [Roles.CustomerViewer], ["C-1001"], ["営業一部"]);
        await AddAccountAsync("finance", [Roles.Finance], [], []);
        await AddAccountAsync("dispute", [Roles.Dispute], [], []);
        await AddAccountAsync("auditor", [Roles.Auditor], [], []);
        await AddAccountAsync("keeper", [Roles.Operator], [], []);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium(), Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A window of somebody: nobody, or one of the accounts, signed in.</summary>
    public async Task<IPage> OpenAsync(string? account, string language = "ja", int width = 1280)
    {
        await SignInAsync(account);
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = Address,
            Locale = language == "ja" ? "ja-JP" : "en-GB",
            ViewportSize = new() { Width = width, Height = width < 600 ? 800 : 900 },
            StorageState = account is null ? null : _sessions[account],
        });
        context.SetDefaultTimeout(15_000);
        return await context.NewPageAsync();
    }

    /// <summary>Fills in the sign-in page.</summary>
    public static async Task SignInAsync(IPage page, string account, string password)
    {
        await page.Locator("#name").FillAsync(account);
        await page.Locator("#password").FillAsync(password);
        await page.Locator("main button[type=submit]").ClickAsync();
    }

    /// <summary>Signs an account in, unless it is nobody or has been; its windows share the session.</summary>
    public async Task SignInAsync(string? account)
    {
        if (account is null || _sessions.ContainsKey(account))
        {
            return;
        }

        await using var context = await _browser.NewContextAsync(new() { BaseURL = Address });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/station/sign-in");
        await SignInAsync(page, account, Password);
        await page.WaitForURLAsync("**/station", new() { WaitUntil = WaitUntilState.Commit });
        _sessions[account] = await context.StorageStateAsync();
    }

    private async Task LoadDemoAsync()
    {
        var demo = Path.Combine(Checkout.Root, "deploy", "demo");
        foreach (var arguments in (string[][])[
            ["reference", "load", Path.Combine(demo, "reference.json")],
            ["tariffs", "publish", Path.Combine(Checkout.Root, "services", "Billing.Rating", "BuiltIn", "sample-tariff.json"), "--yes"],
            ["contracts", "import", Path.Combine(demo, "contracts.json")],
            ["ingest", Path.Combine(demo, "calls.csv")],
            ["invoices", "issue", "--month", Month]])
        {
            (await Command.RunAsync(_database.ConnectionString, arguments)).Code.ShouldBe(0, string.Join(' ', arguments));
        }
    }

    private async Task AddAccountAsync(string name, string[] roles, string[] contracts, string[] departments)
    {
        await using var scope = Services.CreateAsyncScope();
        var (hash, refusal) = Passwords.Hash(name, Password);
        refusal.ShouldBeNull();
        var result = await scope.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync<CommandResult>(
            new CreateAccount(name, hash!, roles, contracts, departments, "test", SystemClock.Instance.GetCurrentInstant()));
        result.Refusal.ShouldBeNull();
    }

    private static string Chromium() =>
        new[] { Environment.GetEnvironmentVariable("BILLING_CHROMIUM"), "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("There is no Chromium: `make test` installs it.");
}

[CollectionDefinition(Name)]
public sealed class StationTests : ICollectionFixture<Station>
{
    public const string Name = "station";
}
