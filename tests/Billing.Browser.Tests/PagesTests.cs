using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Billing.Browser.Tests;

/// <summary>Every page in both languages, on a phone and on a desk: it opens, complains of nothing, is accessible and fits the screen.</summary>
[Collection(StationTests.Name)]
public sealed class PagesTests(Station station)
{
    private const int Phone = 390;
    private const int Desk = 1280;

    private static readonly (string Account, string Name, string Path)[] Pages =
    [
        ("", "sign-in", "/station/sign-in"),
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
        ("auditor", "audit", "/station/audit"),
    ];

    public static TheoryData<string, string, int> All()
    {
        var data = new TheoryData<string, string, int>();
        foreach (var (_, name, _) in Pages)
        {
            foreach (var language in (string[])["ja", "en"])
            {
                data.Add(name, language, Phone);
                data.Add(name, language, Desk);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_page_opens_and_is_accessible(string name, string language, int width)
    {
        var (account, _, path) = Pages.Single(entry => entry.Name == name);
        var page = await station.OpenAsync(account.Length == 0 ? null : account, language, width);
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, fault) => complaints.Add(fault);
        var answer = await page.GotoAsync(path);
        answer!.Status.ShouldBe(200);
        (await page.Locator("[style], script, style").CountAsync()).ShouldBe(0);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Screenshots, $"{name}.{language}.{width}.png"), FullPage = true });

        (await page.Locator("html").GetAttributeAsync("lang")).ShouldBe(language);
        (await page.TitleAsync()).ShouldNotBeNullOrEmpty();
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")).ShouldBeTrue("the page is wider than the screen");
        complaints.ShouldBeEmpty();
        var found = await page.RunAxe();
        found.Violations.Select(violation => $"{violation.Id}: {string.Join("; ", violation.Nodes.Take(3).Select(node => node.Html))}").ShouldBeEmpty();
        await page.Context.CloseAsync();
    }
}
