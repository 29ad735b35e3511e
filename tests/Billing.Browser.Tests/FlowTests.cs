using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Billing.Browser.Tests;

/// <summary>What people do on the pages, from one to the next.</summary>
[Collection(StationTests.Name)]
public sealed partial class FlowTests(Station station)
{
    [Fact]
    public async Task Who_is_not_signed_in_is_led_to_sign_in_and_then_on_to_the_page()
    {
        var page = await station.OpenAsync(null);
        await page.GotoAsync("/station/invoices");
        page.Url.ShouldContain("/station/sign-in");
        await Station.SignInAsync(page, "customer", "not the password 123");
        (await page.Locator("[role=alert]").InnerTextAsync()).ShouldContain("違います");
        await Station.SignInAsync(page, "customer", Station.Password);
        page.Url.ShouldEndWith("/station/invoices");
        await page.Locator(".masthead form button").ClickAsync();
        page.Url.ShouldContain("/station/sign-in");
        await page.GotoAsync("/station/invoices");
        page.Url.ShouldContain("/station/sign-in");
    }

    [Fact]
    public async Task The_language_that_was_chosen_stays()
    {
        var page = await station.OpenAsync("customer");
        await page.GotoAsync("/station/calls?contract=C-1001&month=2026-10&class=mobile");
        await page.Locator("a.language").ClickAsync();
        page.Url.ShouldContain("class=mobile");
        (await page.Locator("h1").InnerTextAsync()).ShouldBe("Calls of October 2026");
        await page.GotoAsync("/station/invoices");
        (await page.Locator("h1").InnerTextAsync()).ShouldBe("Invoices");
        await page.Locator("a.language").ClickAsync();
        (await page.Locator("h1").InnerTextAsync()).ShouldBe("請求書");
    }

    [Fact]
    public async Task From_the_invoice_to_the_line_to_the_call_to_its_reasoning()
    {
        var page = await station.OpenAsync("customer", "en");
        await page.GotoAsync("/station/invoices");
        await page.GetByRole(AriaRole.Link, new() { Name = Station.Invoice, Exact = true }).ClickAsync();
        (await page.Locator(".due .amount").InnerTextAsync()).ShouldBe("¥38,385");
        await page.Locator(".paper").GetByRole(AriaRole.Link, new() { Name = "Mobile", Exact = true }).First.ClickAsync();
        await page.Locator("tbody").GetByRole(AriaRole.Link, new() { NameRegex = WhyLink() }).First.ClickAsync();
        (await page.Locator("ol.steps li").CountAsync()).ShouldBeGreaterThan(3);
        (await page.Locator("main").InnerTextAsync()).ShouldContain("****");
        (await page.GetByRole(AriaRole.Link, new() { Name = Station.Invoice, Exact = true }).CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Calls_are_filtered_and_paged()
    {
        var page = await station.OpenAsync("customer");
        await page.GotoAsync("/station/calls?contract=C-1001&month=2026-10");
        (await page.Locator("tbody tr").CountAsync()).ShouldBe(100);
        var first = await page.Locator("tbody th").First.InnerTextAsync();
        await page.Locator("a[rel=next]").ClickAsync();
        (await page.Locator("tbody th").First.InnerTextAsync()).ShouldNotBe(first);
        await page.Locator("#class").SelectOptionAsync("international");
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator("tbody tr td:nth-child(5)").AllInnerTextsAsync()).ShouldAllBe(text => text.Contains("国際電話"));
        await page.Locator("#min").FillAsync("abc");
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator("[role=alert]").InnerTextAsync()).ShouldContain("abc");
    }

    [Fact]
    public async Task A_customer_opens_a_dispute_and_it_is_decided()
    {
        var page = await station.OpenAsync("customer");
        await page.GotoAsync("/station/disputes/new?invoice=202610-C-1003");
        await page.Locator("main form button[type=submit]").ClickAsync();
        page.Url.ShouldContain("/disputes/new");
        await page.Locator("#claim").FillAsync("国際電話の料金が正しくない <script>alert(1)</script>");
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator("[role=alert]").InnerTextAsync()).ShouldContain("お受けできませんでした");
        await page.Locator("#amount").FillAsync("100");
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator("[role=status]").InnerTextAsync()).ShouldContain("受け付けました");
        (await page.Locator("main").InnerTextAsync()).ShouldContain("<script>alert(1)</script>");
        var id = (await page.Locator("h1").InnerTextAsync()).Split(' ')[0];

        var decider = await station.OpenAsync("finance", "en");
        await decider.GotoAsync("/station/disputes");
        await decider.GetByRole(AriaRole.Link, new() { Name = id, Exact = true }).ClickAsync();
        await decider.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        (await decider.Locator("#replay + .note").InnerTextAsync()).ShouldContain("byte for byte");
        await decider.Locator("input[value=upheld]").CheckAsync();
        await decider.Locator("input[value=credit-note]").CheckAsync();
        await decider.Locator("#given").FillAsync("100");
        await decider.Locator("#reason").FillAsync("The customer is right");
        await decider.GetByRole(AriaRole.Button, new() { Name = "Decide" }).ClickAsync();
        (await decider.Locator("h1 .tag").InnerTextAsync()).ShouldBe("Upheld");
        await decider.GetByRole(AriaRole.Link, new() { NameRegex = CreditNote() }).ClickAsync();
        (await decider.Locator("h1").InnerTextAsync()).ShouldBe("Credit note");
        await decider.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Screenshots, "credit-note.en.1280.png"), FullPage = true });
    }

    [Fact]
    public async Task What_is_not_there_or_not_for_the_reader_is_told_by_a_page()
    {
        var page = await station.OpenAsync("customer");
        foreach (var path in (string[])["/station/no-such-page", "/station/invoices/202610-C-1002", "/station/usage?contract=C-1002", "/station/invoices/202610-C-1002/pdf", "/station/call?source=x&record=y"])
        {
            (await page.GotoAsync(path))!.Status.ShouldBe(404, path);
            (await page.Locator("h1").InnerTextAsync()).ShouldBe("ページが見つかりません", path);
        }

        (await page.GotoAsync("/station/months"))!.Status.ShouldBe(403);
        (await page.Locator("h1").InnerTextAsync()).ShouldContain("権限がありません");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Screenshots, "forbidden.ja.1280.png"), FullPage = true });
    }

    [Fact]
    public async Task An_auditor_verifies_a_month_and_sees_who_came()
    {
        var page = await station.OpenAsync("auditor", "en");
        await page.GotoAsync("/station/audit/evidence");
        await page.Locator("#month").FillAsync(Station.Month);
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator(".note[role=status]").InnerTextAsync()).ShouldContain("Every digest");
        (await page.Locator("dd.digest").InnerTextAsync()).Length.ShouldBe(64);
        await page.GotoAsync("/station/audit/evidence");
        await page.Locator("#month").FillAsync(Station.Month);
        await page.Locator("#published").FillAsync(new string('0', 64));
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator(".note[role=alert]").InnerTextAsync()).ShouldContain("1 links are broken");
        await page.GotoAsync("/station/audit?kind=signed-in&who=auditor");
        (await page.Locator("tbody tr").CountAsync()).ShouldBeGreaterThan(0);
        (await page.Locator("tbody tr td:nth-child(3)").AllInnerTextsAsync()).ShouldAllBe(who => who == "auditor");
    }

    [Fact]
    public async Task Finance_tries_another_tariff_and_gives_back()
    {
        var page = await station.OpenAsync("finance", "en");
        var tariff = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "services", "Billing.Rating", "BuiltIn", "sample-tariff.json"));
        await page.GotoAsync("/station/replay?month=2026-10&contract=C-1001");
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator(".note[role=status]").InnerTextAsync()).ShouldContain("as it was billed");
        await page.GotoAsync("/station/replay?month=2026-10&contract=C-1001");
        await page.Locator("#tariff").SetInputFilesAsync(new FilePayload { Name = "dearer.json", MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(Dearer(tariff)) });
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator(".note[role=status]").InnerTextAsync()).ShouldContain("1 of 1 contracts differ");
        (await page.Locator("tbody tr").CountAsync()).ShouldBeGreaterThan(0);

        await page.GotoAsync("/station/invoices/202610-C-1002/credit");
        await page.Locator("input[value=adjustment]").CheckAsync();
        await page.Locator("#amount").FillAsync("100000000");
        await page.Locator("#reason").FillAsync("Goodwill after an outage");
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator("[role=alert]").CountAsync()).ShouldBe(1);
        await page.Locator("#amount").FillAsync("10");
        await page.Locator("main form button[type=submit]").ClickAsync();
        page.Url.ShouldEndWith("/station/invoices/202610-C-1002");
        (await page.Locator("main").InnerTextAsync()).ShouldContain("Goodwill after an outage");
    }

    [Fact]
    public async Task Finance_makes_a_draft_approves_it_and_issues_the_month()
    {
        var page = await station.OpenAsync("finance", "en");
        await page.GotoAsync("/station/months/2026-11");
        (await page.Locator("main").InnerTextAsync()).ShouldContain("Not approved yet");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the draft", Exact = true }).ClickAsync();
        await page.Locator("input[name=approved]").CheckAsync();
        var digest = await page.Locator("dd.digest").InnerTextAsync();
        await page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Screenshots, "draft.en.1280.png"), FullPage = true });
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        page.Url.ShouldEndWith("/station/months/2026-11");
        (await page.Locator("dd.digest").InnerTextAsync()).ShouldBe(digest);
        await page.GetByRole(AriaRole.Button, new() { Name = "Issue", Exact = true }).ClickAsync();
        await page.GetByText("Approved by: finance").WaitForAsync();
        await page.GotoAsync("/station/months/2026-11");
        (await page.Locator("dl.figures dd").First.InnerTextAsync()).ShouldBe("8");
    }

    [Fact]
    public async Task A_keeper_makes_an_account_and_locks_it_and_makes_a_key_and_revokes_it()
    {
        var page = await station.OpenAsync("keeper", "en");
        await page.GotoAsync("/station/accounts");
        await page.Locator("#name").FillAsync("night-desk");
        await page.Locator("input[value=dispute]").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create an account", Exact = true }).ClickAsync();
        var password = await page.Locator(".secret").InnerTextAsync();
        await page.GotoAsync("/station/accounts");
        (await page.Locator(".secret").CountAsync()).ShouldBe(0);

        var desk = await station.OpenAsync(null, "en");
        await desk.GotoAsync("/station/sign-in");
        await Station.SignInAsync(desk, "night-desk", password);
        await desk.GotoAsync("/station/disputes");
        (await desk.Locator("h1").InnerTextAsync()).ShouldBe("Disputes");

        await page.GotoAsync("/station/accounts/night-desk");
        await page.Locator("#reason").FillAsync("The desk is closed");
        await page.Locator("section[aria-labelledby=lock] button").First.ClickAsync();
        (await page.Locator("h1 .tag").InnerTextAsync()).ShouldBe("locked");
        await desk.GotoAsync("/station/disputes");
        desk.Url.ShouldContain("/station/sign-in");

        await page.GotoAsync("/station/keys");
        await page.Locator("#label").FillAsync("switch of the test");
        await page.Locator("input[value=pipeline]").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a key", Exact = true }).ClickAsync();
        (await page.Locator(".secret").InnerTextAsync()).ShouldStartWith("bill_");
        await page.GetByRole(AriaRole.Row, new() { NameRegex = TestKey() }).GetByRole(AriaRole.Link).ClickAsync();
        await page.Locator("#reason").FillAsync("It was for a test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke the key", Exact = true }).ClickAsync();
        (await page.Locator("h1 .tag").InnerTextAsync()).ShouldBe("revoked");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Screenshots, "key-revoked.en.1280.png"), FullPage = true });
    }

    /// <summary>The tariff with calls to mobiles at a quarter more.</summary>
    private static string Dearer(string tariff) => tariff.Replace("\"price\": \"16\"", "\"price\": \"20\"", StringComparison.Ordinal);

    [GeneratedRegex("^Why this amount")]
    private static partial Regex WhyLink();

    [GeneratedRegex("switch of the test")]
    private static partial Regex TestKey();

    [GeneratedRegex("-CN1$")]
    private static partial Regex CreditNote();
}
