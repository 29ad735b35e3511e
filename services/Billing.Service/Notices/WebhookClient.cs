using System.Net;
using System.Net.Sockets;
using Billing.Service.Hosting;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Billing.Service.Notices;

/// <summary>What came of one attempt: the status, or why there was none; of the broker there is none when it has confirmed.</summary>
/// <param name="IsFinal">True when there is no sense in another one.</param>
public sealed record WebhookAnswer(int? Status, string? Error, bool IsFinal = false)
{
    public bool IsDelivered => Error is null && Status is null or (>= 200 and < 300);
}

/// <summary>
/// Sends webhooks. The address is looked at when it is connected to, so that a name can not lead elsewhere than it did when it was
/// checked; redirects are not followed, answers are not read.
/// </summary>
public sealed class WebhookClient : IDisposable
{
    private readonly HttpClient _http;

    private readonly ResiliencePipeline<HttpResponseMessage> _attempt = new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddTimeout(TimeSpan.FromSeconds(15))
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            // a connection that was never made is tried again at once; everything else waits for its turn in the queue
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>().Handle<HttpRequestException>(fault => fault.InnerException is SocketException),
            MaxRetryAttempts = 1,
            Delay = TimeSpan.FromMilliseconds(200),
        })
        .AddTimeout(TimeSpan.FromSeconds(10))
        .Build();

    public WebhookClient(BillingSettings settings)
    {
        var anywhere = settings.WebhooksAnywhere;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 16,
            ConnectCallback = (context, cancel) => ConnectAsync(context.DnsEndPoint, anywhere, cancel),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Why a webhook may not go there; null when it may.</summary>
    public static string? Refuse(string url, BillingSettings settings) =>
        !Uri.TryCreate(url, UriKind.Absolute, out var target) || url.Length > 2000 || target.UserInfo.Length > 0 || target.Fragment.Length > 0 ? "an absolute address without a user is expected"
        : target.Scheme != Uri.UriSchemeHttps && !(settings.WebhooksAnywhere && target.Scheme == Uri.UriSchemeHttp) ? "an https address is expected"
        : !settings.WebhooksAnywhere && (target.IsLoopback || (IPAddress.TryParse(target.DnsSafeHost, out var address) && !PublicAddress.Is(address))) ? "the address is not a public one"
        : null;

    public async Task<WebhookAnswer> SendAsync(string url, string id, long timestamp, string signature, byte[] body, CancellationToken cancel)
    {
        try
        {
            using var answer = await _attempt.ExecuteAsync(async token =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new(CloudEvent.MediaType);
                request.Headers.Add("webhook-id", id);
                request.Headers.Add("webhook-timestamp", $"{timestamp}");
                request.Headers.Add("webhook-signature", signature);
                return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            }, cancel);
            return new WebhookAnswer((int)answer.StatusCode, null);
        }
        catch (HttpRequestException fault)
        {
            return new WebhookAnswer(null, fault.HttpRequestError == HttpRequestError.Unknown ? "the connection failed" : $"{fault.HttpRequestError}");
        }
        catch (TimeoutRejectedException)
        {
            return new WebhookAnswer(null, "no answer in time");
        }
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool anywhere, CancellationToken cancel)
    {
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancel);
        var allowed = anywhere ? addresses : [.. addresses.Where(PublicAddress.Is)];
        if (allowed.Length == 0)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "no public address");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
