using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Billing.Service.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Billing.Service.Access;

/// <summary>
/// What one caller may take of the service: requests a minute by key, account or address, heavy queries at the same time, the size
/// of a body, the time of a request, the patience with a slow client. An endpoint that differs says so with
/// <c>[EnableRateLimiting(Limits.Heavy)]</c>, <c>[RequestTimeout(Limits.LongWork)]</c> or <c>[RequestSizeLimit(bytes)]</c>.
/// </summary>
public static class Limits
{
    /// <summary>
    /// Rate limit of what costs much: replays, proofs, comparisons. A page that costs much only when it is asked to (<see cref="AskedFor"/>) is limited
    /// only then.
    /// </summary>
    public const string Heavy = "heavy";

    /// <summary>Rate limit of attempts to sign in, by address.</summary>
    public const string SignIn = "sign-in";

    /// <summary>Timeout of uploads and heavy queries.</summary>
    public const string LongWork = "long-work";

    /// <summary>The policy of answers that go on for hours: one caller has few of them, so that others get some.</summary>
    public const string Streams = "streams";

    /// <summary>Streams of one caller at the same time.</summary>
    internal const int StreamsOfOne = 10;

    /// <summary>So many heavy queries wait for their turn for each that is at work; others are told to come again.</summary>
    private const int WaitingForEach = 2;

    /// <summary>The parameters by which a page is asked for what costs much: the walk of the limit over all calls of a month, the replay of an invoice.</summary>
    private static readonly string[] AskedFor = ["limit", "replay"];

    internal static void Configure(WebApplicationBuilder builder, BillingSettings settings)
    {
        var access = AccessSettings.Of(settings);
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel.Limits, access));
        builder.Services.AddRequestTimeouts(options =>
        {
            options.DefaultPolicy = Policy(access.RequestTimeout);
            options.AddPolicy(LongWork, Policy(access.LongRequestTimeout));
        });
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = TellWhenAsync;
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => PerMinute(ClientOf(http), access.RequestsPerMinute));
            options.AddPolicy(SignIn, http => PerMinute(NetworkOf(http), access.SignInsPerMinute));
            options.AddPolicy(Streams, http => RateLimitPartition.GetConcurrencyLimiter(ClientOf(http), _ => new ConcurrencyLimiterOptions { PermitLimit = StreamsOfOne }));
            options.AddPolicy(Heavy, http => !IsHeavy(http) ? RateLimitPartition.GetNoLimiter("light") : RateLimitPartition.GetConcurrencyLimiter("", _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = access.HeavyQueries,
                QueueLimit = access.HeavyQueries * WaitingForEach,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }));
        });
    }

    private static bool IsHeavy(HttpContext http) =>
        !http.Request.Path.StartsWithSegments(Station.Configuration.Root, StringComparison.Ordinal) || HttpMethods.IsPost(http.Request.Method) || AskedFor.Any(http.Request.Query.ContainsKey);

    private static void Configure(KestrelServerLimits limits, AccessSettings access)
    {
        var slowest = new MinDataRate(access.SlowestBytesPerSecond, TimeSpan.FromSeconds(10));
        limits.MaxRequestBodySize = access.LargestBody;
        limits.MinRequestBodyDataRate = slowest;
        limits.MinResponseDataRate = slowest;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MaxConcurrentConnections = access.Connections;
        limits.MaxConcurrentUpgradedConnections = 0;
    }

    /// <summary>The window slides in six steps, so that a client that waits as it is told gets on.</summary>
    private static RateLimitPartition<string> PerMinute(string client, int permits) =>
        RateLimitPartition.GetSlidingWindowLimiter(client, _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = permits,
            Window = TimeSpan.FromMinutes(1),
            SegmentsPerWindow = 6,
        });

    /// <summary>The key or account, else the network it comes from.</summary>
    private static string ClientOf(HttpContext http) => http.User.FindFirst(AccessClaims.Subject)?.Value ?? NetworkOf(http);

    /// <summary>An IPv4 address, or the /64 of an IPv6 address, which one client has to itself.</summary>
    private static string NetworkOf(HttpContext http) =>
        http.Connection.RemoteIpAddress is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } address
            ? new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]).ToString()
            : ClientAddress.Of(http);

    private static RequestTimeoutPolicy Policy(TimeSpan timeout) => new() { Timeout = timeout, TimeoutStatusCode = StatusCodes.Status504GatewayTimeout };

    private static async ValueTask TellWhenAsync(OnRejectedContext context, CancellationToken cancellation)
    {
        var http = context.HttpContext;
        var after = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(10);
        http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await Results.Problem(detail: "Too many requests; wait as long as Retry-After says.", statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(http);
    }
}
