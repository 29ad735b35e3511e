using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Billing.Browser.Tests;

/// <summary>Every page in both languages, on a phone and on a desk: it opens, complains of nothing, is accessible and fits the screen.</summary>
[Collection(StationTests.Name)]
[Trait("Category", "Pages")]
public sealed class PagesTests(Station station)
{
    private const int Phone = 390;
    private const int Desk = 1280;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>What breaks WCAG at level AA, in lines to read.</summary>
    private const string Violations =
        """
        async () => {
            const found = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] });
            return found.passes.length === 0
                ? ['axe found nothing to check']
                : found.violations.map(violation => violation.id + ': ' + violation.nodes.slice(0, 3).map(node => node.html).join('; '));
        }
        """;

    private static readonly (string? Account, string Name, string Path)[] Pages =
    [
        (null, "sign-in", "/station/sign-in"),
        ("customer", "home", "/station"),
        ("customer", "usage", "/station/usage?contract=C-1001&month=2026-10"),
        ("customer", "usage-limited", "/station/usage?contract=C-1003&month=2026-10"),
        ("customer", "usage-empty", "/station/usage?contract=C-1001&month=2026-01"),
        ("customer", "calls", "/station/calls?contract=C-1001&month=2026-10"),
        ("customer", "call", "/station/calls?contract=C-1003&month=2026-10&class=international"),
        ("customer", "invoices", "/station/invoices"),
        ("customer", "invoice", "/station/invoices/202610-C-1001"),
        ("customer", "line", "/station/invoices/202610-C-1001/lines/1"),
        ("customer", "disputes", "/station/disputes"),
        ("customer", "new-dispute", "/station/disputes/new?invoice=202610-C-1001"),
        ("customer", "downloads", "/station/downloads"),
        ("customer", "alerts", "/station/alerts?contract=C-1001"),
        ("viewer", "usage-departments", "/station/usage?contract=C-1001&month=2026-10"),
        ("finance", "months", "/station/months"),
        ("finance", "month", "/station/months/2026-10"),
        ("finance", "contracts", "/station/contracts"),
        ("finance", "contract", "/station/contracts/C-1004"),
        ("finance", "tariff", "/station/tariff"),
        ("finance", "suspense", "/station/suspense?month=2026-10"),
        ("finance", "replay", "/station/replay?month=2026-10&contract=C-1001"),
        ("finance", "credit", "/station/invoices/202610-C-1001/credit"),
        ("auditor", "audit", "/station/audit"),
        ("auditor", "reveals", "/station/audit/reveals"),
        ("auditor", "evidence", "/station/audit/evidence"),
        ("keeper", "accounts", "/station/accounts"),
        ("keeper", "account", "/station/accounts/viewer"),
        ("keeper", "keys", "/station/keys"),
    ];

    public static TheoryData<string> Names() => [.. Pages.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_page_opens_and_is_accessible(string name)
    {
        var page = Pages.Single(entry => entry.Name == name);
        await station.SignInAsync(page.Account);

        var faults = await Task.WhenAll(((string[])["ja", "en"]).Select(language => FaultsAsync(page, language)));

        faults.SelectMany(found => found).ShouldBeEmpty();
    }

    /// <summary>One visit: what the page complains of, and what is wrong with it on the phone and then on the desk.</summary>
    private async Task<List<string>> FaultsAsync((string? Account, string Name, string Path) entry, string language)
    {
        var page = await station.OpenAsync(entry.Account, language, Phone);
        await using var context = page.Context;
        var faults = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                faults.Add($"console: {message.Text}");
            }
        };
        page.PageError += (_, fault) => faults.Add($"script: {fault}");
        var answer = await page.GotoAsync(entry.Path);
        Expect(answer!.Status == 200, $"answers {answer.Status}");
        Expect(await page.Locator("[style], script, style").CountAsync() == 0, "has a script or a style of its own");
        Expect(await page.Locator("html").GetAttributeAsync("lang") == language, "names another language");
        Expect(!string.IsNullOrEmpty(await page.TitleAsync()), "has no title");
        await page.EvaluateAsync(Axe);
        foreach (var width in (int[])[Phone, Desk])
        {
            await page.SetViewportSizeAsync(width, 900);
            await page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Screenshots, $"{entry.Name}.{language}.{width}.png"), FullPage = true });
            Expect(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), $"{width}: is wider than the screen");
            faults.AddRange((await page.EvaluateAsync<string[]>(Violations)).Select(violation => $"{width}: {violation}"));
        }

        return [.. faults.Select(fault => $"{entry.Name} {language} {fault}")];

        void Expect(bool holds, string otherwise)
        {
            if (!holds)
            {
                faults.Add(otherwise);
            }
        }
    }
}
