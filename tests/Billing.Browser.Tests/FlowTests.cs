using Billing.Contracts;
using Billing.Service.Station.Language;
using Microsoft.Playwright;

namespace Billing.Browser.Tests;

/// <summary>What people do on the pages, from one to the next: in both languages, on a desk and on a phone.</summary>
[Collection(StationTests.Name)]
public sealed class FlowTests(Station station)
{
    private static readonly UsageMonth October = new(2026, 10);

    public static TheoryData<string, int> Windows { get; } = new() { { "ja", 1280 }, { "en", 390 }, { "ja", 390 }, { "en", 1280 } };

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task Who_is_not_signed_in_is_led_to_sign_in_and_then_on_to_the_page(string language, int width)
    {
        var l = new PageLanguage(language);
        var page = await station.OpenAsync(null, language, width);
        await page.GotoAsync("/station/invoices");
        page.Url.ShouldContain("/station/sign-in");
        await Station.SignInAsync(page, "customer", "not the password 123");
        (await page.Locator("[role=alert]").InnerTextAsync()).ShouldContain(l[Texts.SignInRefused]);
        await Station.SignInAsync(page, "customer", Station.Password);
        page.Url.ShouldEndWith("/station/invoices");
        await page.Locator(".masthead form button").ClickAsync();
        page.Url.ShouldContain("/station/sign-in");
        await page.GotoAsync("/station/invoices");
        page.Url.ShouldContain("/station/sign-in");
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task The_language_that_was_chosen_stays(string language, int width)
    {
        var l = new PageLanguage(language);
        var page = await station.OpenAsync("customer", language, width);
        await page.GotoAsync("/station/calls?contract=C-1001&month=2026-10&class=mobile");
        var other = new PageLanguage(language == "ja" ? "en" : "ja");
        await page.Locator("a.language").ClickAsync();
        page.Url.ShouldContain("class=mobile");
        (await page.Locator("h1").InnerTextAsync()).ShouldBe(other.With(Texts.CallsOf, other.Month(October)));
        await page.GotoAsync("/station/invoices");
        (await page.Locator("h1").InnerTextAsync()).ShouldBe(other[Texts.Invoices]);
        await page.Locator("a.language").ClickAsync();
        (await page.Locator("h1").InnerTextAsync()).ShouldBe(l[Texts.Invoices]);
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task From_the_invoice_to_the_line_to_the_call_to_its_reasoning(string language, int width)
    {
        var l = new PageLanguage(language);
        var page = await station.OpenAsync("customer", language, width);
        await page.GotoAsync("/station/invoices");
        await page.GetByRole(AriaRole.Link, new() { Name = Station.Invoice, Exact = true }).ClickAsync();
        (await page.Locator(".due .amount").InnerTextAsync()).ShouldBe(l.Yen(Yen.Whole(38_385)));
        await page.Locator(".paper").GetByRole(AriaRole.Link, new() { Name = l.Class("mobile"), Exact = true }).First.ClickAsync();
        await page.Locator("tbody").GetByRole(AriaRole.Link, new() { Name = l.With(Texts.WhyOf, "").Trim() }).First.ClickAsync();
        (await page.Locator("ol.steps li").CountAsync()).ShouldBeGreaterThan(3);
        (await page.Locator("main").InnerTextAsync()).ShouldContain("****");
        (await page.GetByRole(AriaRole.Link, new() { Name = Station.Invoice, Exact = true }).CountAsync()).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task Calls_are_filtered_and_paged(string language, int width)
    {
        var l = new PageLanguage(language);
        var page = await station.OpenAsync("customer", language, width);
        await page.GotoAsync("/station/calls?contract=C-1001&month=2026-10");
        (await page.Locator("tbody tr").CountAsync()).ShouldBe(100);
        var first = await page.Locator("tbody th").First.InnerTextAsync();
        await page.Locator("a[rel=next]").ClickAsync();
        (await page.Locator("tbody th").First.InnerTextAsync()).ShouldNotBe(first);
        await page.Locator("#class").SelectOptionAsync("international");
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator("tbody tr td:nth-child(5)").AllInnerTextsAsync()).ShouldAllBe(text => text.Contains(l.Class("international")));
        await page.Locator("#min").FillAsync("abc");
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator("[role=alert]").InnerTextAsync()).ShouldContain("abc");
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task A_customer_opens_a_dispute_and_it_is_decided(string language, int width)
    {
        var l = new PageLanguage(language);
        var page = await station.OpenAsync("customer", language, width);
        await page.GotoAsync("/station/disputes/new?invoice=202610-C-1003");
        await page.Locator("main form button[type=submit]").ClickAsync();
        page.Url.ShouldContain("/disputes/new");
        await page.Locator("#claim").FillAsync("国際電話の料金が正しくない <script>alert(1)</script>");
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator("[role=alert]").InnerTextAsync()).ShouldContain(l[Texts.RefusedTitle]);
        await page.Locator("#amount").FillAsync("100");
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator("[role=status]").InnerTextAsync()).ShouldContain(l[Texts.DisputeReceived].Split("{0}")[0]);
        (await page.Locator("main").InnerTextAsync()).ShouldContain("<script>alert(1)</script>");
        var id = (await page.Locator("h1").InnerTextAsync()).Split(' ')[0];

        var decider = await station.OpenAsync("finance", language, width);
        await decider.GotoAsync("/station/disputes");
        await decider.GetByRole(AriaRole.Link, new() { Name = id, Exact = true }).ClickAsync();
        await decider.GetByRole(AriaRole.Button, new() { Name = l[Texts.ReplayNow], Exact = true }).ClickAsync();
        (await decider.Locator("#replay + .note").InnerTextAsync()).ShouldContain(l[Texts.ReplayEqual].Split("{0}")[1]);
        await decider.Locator("input[value=upheld]").CheckAsync();
        await decider.Locator("input[value=credit-note]").CheckAsync();
        await decider.Locator("#given").FillAsync("100");
        await decider.Locator("#reason").FillAsync("The customer is right");
        await decider.GetByRole(AriaRole.Button, new() { Name = l[Texts.Resolve], Exact = true }).ClickAsync();
        (await decider.Locator("h1 .tag").InnerTextAsync()).ShouldBe(l[DomainTexts.DisputeState("upheld")]);
        await decider.Locator("main a[href*='/credit-notes/']").First.ClickAsync();
        (await decider.Locator("h1").InnerTextAsync()).ShouldBe(l[Texts.CreditNote]);
        await decider.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Screenshots, $"credit-note.{language}.{width}.png"), FullPage = true });
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task What_is_not_there_or_not_for_the_reader_is_told_by_a_page(string language, int width)
    {
        var l = new PageLanguage(language);
        var page = await station.OpenAsync("customer", language, width);
        foreach (var path in (string[])["/station/no-such-page", "/station/invoices/202610-C-1002", "/station/usage?contract=C-1002", "/station/invoices/202610-C-1002/pdf", "/station/call?source=x&record=y"])
        {
            (await page.GotoAsync(path))!.Status.ShouldBe(404, path);
            (await page.Locator("h1").InnerTextAsync()).ShouldBe(l[Texts.NotFoundTitle], path);
        }

        (await page.GotoAsync("/station/months"))!.Status.ShouldBe(403);
        (await page.Locator("h1").InnerTextAsync()).ShouldBe(l[Texts.ForbiddenTitle]);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Screenshots, $"forbidden.{language}.{width}.png"), FullPage = true });
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task An_auditor_verifies_a_month_and_sees_who_came(string language, int width)
    {
        var l = new PageLanguage(language);
        var page = await station.OpenAsync("auditor", language, width);
        await page.GotoAsync("/station/audit/evidence");
        await page.Locator("#month").FillAsync(Station.Month);
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator(".note[role=status]").InnerTextAsync()).ShouldContain(l[Texts.EvidenceHolds]);
        (await page.Locator("dd.digest").InnerTextAsync()).Length.ShouldBe(64);
        await page.GotoAsync("/station/audit/evidence");
        await page.Locator("#month").FillAsync(Station.Month);
        await page.Locator("#published").FillAsync(new string('0', 64));
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator(".note[role=alert]").InnerTextAsync()).ShouldContain(l.With(Texts.EvidenceBroken, 1));
        await page.GotoAsync("/station/audit?kind=signed-in&who=auditor");
        (await page.Locator("tbody tr").CountAsync()).ShouldBeGreaterThan(0);
        (await page.Locator("tbody tr td:nth-child(3)").AllInnerTextsAsync()).ShouldAllBe(who => who == "auditor");
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task Finance_tries_another_tariff_and_gives_back(string language, int width)
    {
        var l = new PageLanguage(language);
        var page = await station.OpenAsync("finance", language, width);
        var tariff = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "services", "Billing.Rating", "BuiltIn", "sample-tariff.json"));
        await page.GotoAsync("/station/replay?month=2026-10&contract=C-1001");
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator(".note[role=status]").InnerTextAsync()).ShouldContain(l[Texts.NothingDiffers]);
        await page.GotoAsync("/station/replay?month=2026-10&contract=C-1001");
        await page.Locator("#tariff").SetInputFilesAsync(new FilePayload { Name = "dearer.json", MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(Dearer(tariff)) });
        await page.Locator("main form button[type=submit]").ClickAsync();
        (await page.Locator(".note[role=status]").InnerTextAsync()).ShouldContain(l.With(Texts.ContractsDiffer, 1, 1));
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

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task Finance_makes_a_draft_approves_it_and_issues_the_month(string language, int width)
    {
        var l = new PageLanguage(language);
        var page = await station.OpenAsync("finance", language, width);
        var month = "/station/months/" + (language, width) switch
        {
            ("ja", 1280) => "2026-11",
            ("en", 390) => "2026-12",
            ("ja", _) => "2027-01",
            _ => "2027-02",
        };
        await page.GotoAsync(month);
        (await page.Locator("main").InnerTextAsync()).ShouldContain(l[Texts.NotApproved]);
        await page.GetByRole(AriaRole.Button, new() { Name = l[Texts.MakeDraft], Exact = true }).ClickAsync();
        await page.Locator("input[name=approved]").CheckAsync();
        var digest = await page.Locator("dd.digest").InnerTextAsync();
        var invoices = await page.Locator("dl.figures dd").First.InnerTextAsync();
        await page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Screenshots, $"draft.{language}.{width}.png"), FullPage = true });
        await page.GetByRole(AriaRole.Button, new() { Name = l[Texts.ApproveTitle], Exact = true }).ClickAsync();
        page.Url.ShouldEndWith(month);
        (await page.Locator("dd.digest").InnerTextAsync()).ShouldBe(digest);
        await page.GetByRole(AriaRole.Button, new() { Name = l[Texts.Issue], Exact = true }).ClickAsync();
        await page.GetByText($"{l[Texts.ApprovedBy]}: finance").WaitForAsync();
        await page.GotoAsync(month);
        (await page.Locator("dl.figures dd").First.InnerTextAsync()).ShouldBe(invoices);
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task A_keeper_makes_an_account_and_locks_it_and_makes_a_key_and_revokes_it(string language, int width)
    {
        var l = new PageLanguage(language);
        var page = await station.OpenAsync("keeper", language, width);
        var desk = $"desk-{language}-{width}";
        await page.GotoAsync("/station/accounts");
        await page.Locator("#name").FillAsync(desk);
        await page.Locator("input[value=dispute]").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = l[Texts.CreateAccount], Exact = true }).ClickAsync();
        var password = await page.Locator(".secret").InnerTextAsync();
        await page.GotoAsync("/station/accounts");
        (await page.Locator(".secret").CountAsync()).ShouldBe(0);

        var window = await station.OpenAsync(null, language, width);
        await window.GotoAsync("/station/sign-in");
        await Station.SignInAsync(window, desk, password);
        await window.WaitForURLAsync("**/station", new() { WaitUntil = WaitUntilState.Commit });
        await window.GotoAsync("/station/disputes");
        (await window.Locator("h1").InnerTextAsync()).ShouldBe(l[Texts.Disputes]);

        await page.GotoAsync($"/station/accounts/{desk}");
        await page.Locator("#reason").FillAsync("The desk is closed");
        await page.Locator("section[aria-labelledby=lock] button").First.ClickAsync();
        (await page.Locator("h1 .tag").InnerTextAsync()).ShouldBe(l[Texts.StateLocked]);
        await window.GotoAsync("/station/disputes");
        window.Url.ShouldContain("/station/sign-in");

        await page.GotoAsync("/station/keys");
        await page.Locator("#label").FillAsync($"switch of {desk}");
        await page.Locator("input[value=pipeline]").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = l[Texts.MakeKey], Exact = true }).ClickAsync();
        (await page.Locator(".secret").InnerTextAsync()).ShouldStartWith("bill_");
        await page.GetByRole(AriaRole.Row, new() { Name = $"switch of {desk}" }).GetByRole(AriaRole.Link).ClickAsync();
        await page.Locator("#reason").FillAsync("It was for a test");
        await page.GetByRole(AriaRole.Button, new() { Name = l[Texts.RevokeKey], Exact = true }).ClickAsync();
        (await page.Locator("h1 .tag").InnerTextAsync()).ShouldBe(l[Texts.StateRevoked]);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Screenshots, $"key-revoked.{language}.{width}.png"), FullPage = true });
    }

    /// <summary>The tariff with calls to mobiles at a quarter more.</summary>
    private static string Dearer(string tariff) => tariff.Replace("\"price\": \"16\"", "\"price\": \"20\"", StringComparison.Ordinal);
}
