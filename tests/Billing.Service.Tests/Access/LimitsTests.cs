using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Billing.Service.Access;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Access;

/// <summary>What one caller may take, and what every answer tells the browser.</summary>
public sealed class LimitsTests(ServedDatabase served) : IClassFixture<ServedDatabase>
{
    [Fact]
    public async Task More_requests_than_allowed_are_told_when_to_come_again_by_caller()
    {
        await using var server = await Server.StartAsync(served.Database.ConnectionString, ("requests-per-minute", "5"));
        using var one = await server.ClientAsync([Roles.Finance]);
        using var other = await server.ClientAsync([Roles.Finance]);
        for (var i = 0; i < 5; i++)
        {
            (await one.GetAsync("/api/v1/session")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var refused = await one.GetAsync("/api/v1/session");
        await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        (await other.GetAsync("/api/v1/session")).StatusCode.ShouldBe(HttpStatusCode.OK);

        for (var i = 0; i < 5; i++)
        {
            (await server.Anonymous.GetAsync("/")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await server.Anonymous.GetAsync("/")).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Attempts_to_sign_in_are_throttled_by_address()
    {
        await using var server = await Server.StartAsync(served.Database.ConnectionString, ("sign-ins-per-minute", "2"));
        using var browser = new StationBrowser(server);
        var token = await browser.FormTokenAsync();
        for (var i = 0; i < 2; i++)
        {
            using var tried = await browser.PostFormAsync("/station/session", token, ("name", $"nobody{i}"), ("password", "x"));
            tried.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        }

        using var refused = await browser.PostFormAsync("/station/session", token, ("name", "nobody"), ("password", "x"));
        await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_and_a_file_of_calls_may_be_larger()
    {
        await using var server = await Server.StartAsync(served.Database.ConnectionString, ("largest-body", "2000"));
        using var client = await server.ClientAsync([Roles.Operator, Roles.Pipeline]);
        await (await client.PostAsync("/api/v1/keys", JsonContent.Create(new { label = new string('x', 3000), roles = new[] { Roles.Auditor } }))).ReadProblemAsync(HttpStatusCode.RequestEntityTooLarge);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/api/v1/keys") { Content = JsonContent.Create(new { label = new string('x', 3000), roles = new[] { Roles.Auditor } }) };
        chunked.Headers.TransferEncodingChunked = true;
        await (await client.SendAsync(chunked)).ReadProblemAsync(HttpStatusCode.RequestEntityTooLarge);

        using var calls = new ByteArrayContent(await File.ReadAllBytesAsync(MonthFiles.Demo("calls.csv")));
        (await client.PostAsync("/api/v1/cdr-batches?file=calls.csv", calls)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_client_that_sends_its_body_too_slowly_is_cut_off_while_others_are_served()
    {
        var key = await served.Server.KeyAsync([Roles.Operator]);
        using var slow = new TcpClient();
        var address = served.Server.Anonymous.BaseAddress!;
        await slow.ConnectAsync(address.Host, address.Port);
        var stream = slow.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /api/v1/keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: 500000\r\n\r\n{{"));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var reader = new StreamReader(stream);

        (await reader.ReadLineAsync(limit.Token)).ShouldBe("HTTP/1.1 408 Request Timeout");

        (await served.Server.Anonymous.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_given_up()
    {
        await using var server = await Server.StartAsync(served.Database.ConnectionString, ("request-timeout", "00:00:00.5"));
        using var client = await server.ClientAsync([Roles.Auditor]);
        (await client.GetAsync("/api/v1/audit/access")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var blocking = await served.Database.Database.OpenConnectionAsync();
        await using var transaction = await blocking.BeginTransactionAsync();
        await using var locking = new Npgsql.NpgsqlCommand("lock table billing.access_log in access exclusive mode", blocking, transaction);
        await locking.ExecuteNonQueryAsync();

        await (await client.GetAsync("/api/v1/audit/access")).ReadProblemAsync(HttpStatusCode.GatewayTimeout);
    }

    [Fact]
    public async Task A_page_that_is_asked_for_much_waits_for_its_turn_and_others_do_not()
    {
        await using var server = await Server.StartAsync(served.Database.ConnectionString, ("heavy-queries", "1"), ("request-timeout", "00:01:00"));
        using var client = await server.ClientAsync([Roles.Dispute, Roles.Finance]);
        const string page = "/station/call?source=x&record=1";
        (await client.GetAsync($"{page}&limit=1")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await using (var blocking = await served.Database.Database.OpenConnectionAsync())
        {
            await using var transaction = await blocking.BeginTransactionAsync();
            await using var locking = new Npgsql.NpgsqlCommand("lock table billing.mt_events in access exclusive mode", blocking, transaction);
            await locking.ExecuteNonQueryAsync();
            var asked = Enumerable.Range(0, 6).Select(_ => client.GetAsync($"{page}&limit=1")).ToList();
            // one is at work and two wait; of the other three each is told to come again
            for (var i = 0; i < 3; i++)
            {
                var told = await Task.WhenAny(asked);
                (await told).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
                asked.Remove(told);
            }

            (await client.GetAsync("/station/replay")).StatusCode.ShouldBe(HttpStatusCode.OK, "the page itself costs little");
            await transaction.RollbackAsync();
            (await Task.WhenAll(asked)).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Every_answer_carries_the_headers_and_names_no_server()
    {
        using var client = await served.Server.ClientAsync([Roles.Finance]);
        foreach (var answer in (HttpResponseMessage[])[await client.GetAsync("/api/v1/session"), await client.GetAsync("/api/v1/nothing"), await served.Server.Anonymous.GetAsync("/"), await served.Server.Anonymous.GetAsync("/api/v1/session")])
        {
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldContain("default-src 'none'");
            policy.ShouldContain("frame-ancestors 'none'");
            policy.ShouldNotContain("unsafe");
            answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
            answer.Headers.GetValues("Referrer-Policy").Single().ShouldBe("same-origin");
            answer.Headers.Contains("Server").ShouldBeFalse();
            answer.Headers.Contains("Strict-Transport-Security").ShouldBeFalse("it was not https");
            answer.Dispose();
        }

        (await client.GetAsync("/api/v1/session")).Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_the_way_is_https_and_the_cookie_stays_on_it()
    {
        await using var server = await Server.StartAsync(served.Database.ConnectionString, ("trusted-proxies", "127.0.0.1, ::1"));
        using var client = server.Browser();
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.7");
        (await client.GetAsync("/")).Headers.GetValues("Strict-Transport-Security").Single().ShouldContain("max-age=31536000");

        using var untrusted = served.Server.Browser();
        untrusted.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        (await untrusted.GetAsync("/")).Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
    }
}
