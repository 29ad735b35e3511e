using System.Net;
using Billing.Service.Access;
using Billing.Service.Hosting;
using Billing.Service.Notices;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;
using Billing.Service.Usage;
using MimeKit;
using NodaTime;

namespace Billing.Service.Tests.Notices;

/// <summary>Limit alerts by mail (R14): sent to a mail server, tried again, listed, and said plainly when there is no server.</summary>
public sealed class LimitMailTests : IAsyncLifetime
{
    private const string Contract = "C-1003";

    private readonly DatabaseFixture _database = new();
    private readonly MonthFiles _month = new();

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        // nothing is invoked through the fixture: its host would be a second node, without a mail server
        var tariff = Path.Combine(_month.Folder, "tariff.json");
        await File.WriteAllBytesAsync(tariff, MonthFiles.Tariff);
        foreach (var arguments in (string[][])[["reference", "load", MonthFiles.Demo("reference.json")], ["tariffs", "publish", tariff, "--yes"], ["contracts", "import", MonthFiles.Demo("contracts.json")]])
        {
            (await Command.RunAsync(_database.ConnectionString, arguments)).Code.ShouldBe(0);
        }

        (await SetLimitAlertAddresses.RunAsync(_database.Store, Contract, "keiri@example.jp\nsoumu@example.jp", "test", SystemClock.Instance.GetCurrentInstant(), CancellationToken.None)).ShouldBeNull();
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        _month.Dispose();
    }

    [Fact]
    public async Task R14_a_reached_limit_is_mailed_to_each_address_and_tried_again_until_the_server_takes_it()
    {
        await using var mails = new MailServer(451, 451);
        await using var server = await StartAsync(Of(mails));
        await ReachLimitAsync(server);
        var sent = await MailsAsync();
        sent.Select(mail => (mail.State, mail.Error)).Distinct().ShouldBe([(LimitMail.Sent, null)]);

        var steps = await _database.ScalarAsync<long>($"select count(*) from billing.usage_limit_alerts where contract = '{Contract}' and percent >= 80");
        sent.Count.ShouldBe(2 * (int)steps);
        sent.Sum(mail => mail.Attempts).ShouldBe(sent.Count + 2);
        mails.Mails.Count.ShouldBe(sent.Count + 2);
        var letters = mails.Mails.Select(Read).ToList();
        letters.Select(letter => letter.MessageId).Distinct().Count().ShouldBe(sent.Count);
        letters.Select(letter => letter.To.Mailboxes.Single().Address).Distinct().Order().ShouldBe(["keiri@example.jp", "soumu@example.jp"]);
        letters.ShouldAllBe(letter => letter.From.Mailboxes.Single().Address == "billing@example.jp" && letter.Subject!.Contains("C-1003 2026-10", StringComparison.Ordinal));
        letters.ShouldContain(letter => letter.TextBody!.Contains("上限額", StringComparison.Ordinal) && letter.TextBody!.Contains("100% of the limit of", StringComparison.Ordinal));
        letters.ShouldAllBe(letter => !letter.TextBody!.Contains("050", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mail_that_is_refused_for_good_or_too_often_is_given_up_with_the_reason()
    {
        await using var mails = new MailServer([550, .. Enumerable.Repeat(451, 100)]);
        await using var server = await StartAsync(Of(mails));
        await ReachLimitAsync(server);
        (await MailsAsync()).Select(mail => (mail.State, mail.Attempts, mail.Error)).Distinct()
            .ShouldBe([(LimitMail.Failed, 1, "the mail server answered 550"), (LimitMail.Failed, 4, "the mail server answered 451")], ignoreOrder: true);

        using var customer = await server.ClientAsync([Roles.CustomerAdmin], Contract);
        var page = await customer.GetStringAsync($"/station/alerts?contract={Contract}");
        page.ShouldContain("keiri@example.jp");
        page.ShouldContain("the mail server answered 550");
        page.ShouldNotContain("まだ設定されていません");
    }

    [Fact]
    public async Task Without_a_mail_server_the_page_says_so_and_no_mail_waits_for_ever()
    {
        await using var server = await StartAsync(("webhook-backoff", "0,0,0"));
        await ReachLimitAsync(server);
        (await MailsAsync()).ShouldAllBe(mail => mail.State == LimitMail.Failed && mail.Error!.Contains("BILLING_SMTP_HOST", StringComparison.Ordinal) && mail.Attempts == 4);
        using var customer = await server.ClientAsync([Roles.CustomerAdmin], Contract);
        WebUtility.HtmlDecode(await customer.GetStringAsync($"/station/alerts?contract={Contract}")).ShouldContain("まだ設定されていません");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_attempt_that_failed()
    {
        var client = new MailClient(Server.Settings(_database.ConnectionString, ("smtp-host", "127.0.0.1"), ("smtp-port", "1"), ("smtp-from", "billing@example.jp"), ("smtp-security", "none")));
        var now = SystemClock.Instance.GetCurrentInstant();
        var answer = await client.SendAsync(
            new LimitMail(Guid.NewGuid(), 1, Contract, "keiri@example.jp", LimitMail.Pending, 0, now, null, null, null),
            new(Contract, new(2026, 10), 80, Contracts.Yen.Whole(10), Contracts.Yen.Whole(8)), now, CancellationToken.None);
        answer.ShouldBe(new MailAnswer("the connection to the mail server failed"));
    }

    [Fact]
    public void A_mail_server_without_an_address_to_send_from_is_refused_at_the_start() =>
        Should.Throw<SettingException>(() => Server.Settings(_database.ConnectionString, ("smtp-host", "127.0.0.1"))).Message.ShouldContain("BILLING_SMTP_FROM");

    private static (string, string)[] Of(MailServer mails) =>
        [("smtp-host", "127.0.0.1"), ("smtp-port", $"{mails.Port}"), ("smtp-security", "none"), ("smtp-from", "billing@example.jp"), ("webhook-backoff", "0,0,0")];

    private static MimeMessage Read(string mail)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(mail));
        return MimeMessage.Load(stream);
    }

    private Task<Server> StartAsync(params (string, string)[] settings) => Server.StartAsync(_database.ConnectionString, [("spool", _month.Folder), .. settings]);

    private static async Task ReachLimitAsync(Server server)
    {
        using var calls = new ByteArrayContent(await File.ReadAllBytesAsync(MonthFiles.Demo("calls.csv")));
        await (await server.Http.PostAsync("/api/v1/cdr-batches?file=calls.csv", calls)).ReadAsync();
    }

    private async Task<IReadOnlyList<LimitMail>> MailsAsync()
    {
        IReadOnlyList<LimitMail> mails = [];
        await Poll.UntilAsync("the mails have ended", async () =>
        {
            mails = await LimitMails.LatestAsync(_database.Database, Contract, CancellationToken.None);
            return mails.Count > 0 && mails.All(mail => mail.State != LimitMail.Pending);
        });
        return mails;
    }
}
