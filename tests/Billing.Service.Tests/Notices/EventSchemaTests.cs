using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Service.Notices;
using NodaTime;

namespace Billing.Service.Tests.Notices;

/// <summary>The schemas refuse what is no event, and the receiver that comes with them takes what is signed, once.</summary>
public sealed class EventSchemaTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("billing-test-").FullName;

    private static Notice Reached { get; } = new(7, NoticeTypes.UsageLimitReached, "C-1", Instant.FromUtc(2026, 10, 1, 0, 0), JsonSerializer.SerializeToElement(
        new { contract = "C-1", month = "2026-10", percent = 80, limit = "6000", usage = "4800.4" }));

    [Theory]
    [InlineData("id", "\"7\"")]
    [InlineData("subject", "\"contract C-1\"")]
    [InlineData("type", "\"InvoiceIssued\"")]
    [InlineData("time", "\"yesterday\"")]
    [InlineData("calledNumber", "\"0312345678\"")]
    [InlineData("data", "{}")]
    public void An_event_of_another_form_is_none(string member, string value)
    {
        var told = JsonNode.Parse(Reached.Body("/billing"))!;
        EventSchemas.Faults(JsonSerializer.SerializeToElement(told)).ShouldBeEmpty();
        told[member] = JsonNode.Parse(value);
        EventSchemas.Faults(JsonSerializer.SerializeToElement(told)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_receiver_in_Python_keeps_what_is_signed_once_and_refuses_the_rest()
    {
        var (secret, former) = (WebhookSignature.NewSecret(), WebhookSignature.NewSecret());
        using var python = Start(secret);
        try
        {
            var address = (await python.StandardOutput.ReadLineAsync())!.Split(' ')[^1];
            using var http = new HttpClient { BaseAddress = new Uri(address) };
            (await SendAsync(http, former)).ShouldBe(HttpStatusCode.Unauthorized);
            (await SendAsync(http, secret, minutesAgo: 6)).ShouldBe(HttpStatusCode.Unauthorized);
            (await SendAsync(http, secret)).ShouldBe(HttpStatusCode.NoContent);
            (await SendAsync(http, secret, former)).ShouldBe(HttpStatusCode.NoContent);
        }
        finally
        {
            python.Kill();
        }

        (await python.StandardOutput.ReadToEndAsync()).ShouldBe("evt_7 UsageLimitReached contracts/C-1\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<HttpStatusCode> SendAsync(HttpClient http, string secret, string? former = null, int minutesAgo = 0)
    {
        var body = Reached.Body("/billing");
        var timestamp = DateTimeOffset.UtcNow.AddMinutes(-minutesAgo).ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
        request.Headers.Add("webhook-id", Reached.Id);
        request.Headers.Add("webhook-timestamp", $"{timestamp}");
        request.Headers.Add("webhook-signature", WebhookSignature.Of(former is null ? [secret] : [secret, former], Reached.Id, timestamp, body));
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private Process Start(string secret)
    {
        var start = new ProcessStartInfo("python3", [Path.Combine(MonthFiles.Root, "contracts/events/receive.py"), "0", Path.Combine(_folder, "events.db")]) { RedirectStandardOutput = true };
        start.Environment["WEBHOOK_SECRET"] = secret;
        return Process.Start(start)!;
    }
}
