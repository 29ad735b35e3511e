using Billing.Service.Hosting;

namespace Billing.Service.Access;

/// <summary>What <see cref="BillingSettings"/> say about sessions and limits.</summary>
/// <param name="SessionIdle">A session ends when nothing was asked for so long.</param>
/// <param name="SessionLongest">A session ends so long after the sign-in, whatever was asked for.</param>
/// <param name="DataKeys">The folder of the keys that sessions are enciphered with; null for the database.</param>
/// <param name="RequestsPerMinute">Requests of one key or account, and of one address without either.</param>
/// <param name="SignInsPerMinute">Attempts to sign in from one address.</param>
/// <param name="HeavyQueries">Heavy queries at work at the same time, of all callers together.</param>
/// <param name="RequestTimeout">A request that takes longer is given up.</param>
/// <param name="LongRequestTimeout">The same for uploads, replays and proofs.</param>
/// <param name="LargestBody">The largest document taken as a request's body, in bytes.</param>
/// <param name="SlowestBytesPerSecond">A client that sends or takes less is cut off.</param>
/// <param name="Connections">Connections open at the same time.</param>
/// <param name="TrustedProxies">Addresses and networks whose X-Forwarded headers are believed.</param>
public sealed record AccessSettings(
    TimeSpan SessionIdle,
    TimeSpan SessionLongest,
    string? DataKeys,
    int RequestsPerMinute,
    int SignInsPerMinute,
    int HeavyQueries,
    TimeSpan RequestTimeout,
    TimeSpan LongRequestTimeout,
    long LargestBody,
    int SlowestBytesPerSecond,
    int Connections,
    IReadOnlyList<string> TrustedProxies)
{
    /// <summary>The settings there are.</summary>
    internal static IReadOnlyList<SettingDefinition> Definitions { get; } =
    [
        new("session-idle", ["BILLING_SESSION_IDLE"], "00:30:00", "A person's session ends when nothing was asked for so long: hours:minutes:seconds"),
        new("session-longest", ["BILLING_SESSION_LONGEST"], "12:00:00", "A person's session ends so long after the sign-in, 7 days at most"),
        new("data-keys", ["BILLING_DATA_KEYS"], null, "Folder of the keys that sessions are enciphered with; the database when absent"),
        new("requests-per-minute", ["BILLING_REQUESTS_PER_MINUTE"], "1200", "Requests of one key or account, or of one address without either"),
        new("sign-ins-per-minute", ["BILLING_SIGN_INS_PER_MINUTE"], "20", "Attempts to sign in from one address"),
        new("heavy-queries", ["BILLING_HEAVY_QUERIES"], "4", "Replays, proofs and comparisons at work at the same time; a few more wait"),
        new("request-timeout", ["BILLING_REQUEST_TIMEOUT"], "00:00:30", "A request that takes longer is given up"),
        new("long-request-timeout", ["BILLING_LONG_REQUEST_TIMEOUT"], "02:00:00", "The same for uploads, replays, proofs and comparisons"),
        new("largest-body", ["BILLING_LARGEST_BODY"], "1048576", "Bytes of the largest document taken as the body of a request; files of calls have limits of their own"),
        new("slowest-bytes-per-second", ["BILLING_SLOWEST_BYTES_PER_SECOND"], "240", "A client that sends or takes less for 10 seconds is cut off"),
        new("connections", ["BILLING_CONNECTIONS"], "2000", "Connections open at the same time"),
        new("trusted-proxies", ["BILLING_TRUSTED_PROXIES"], null, "Addresses or networks, separated by commas, whose X-Forwarded-For and X-Forwarded-Proto are believed"),
        .. IdentitySettings.Definitions,
    ];

    internal static AccessSettings Of(BillingSettings settings) => new(
        settings.Duration("session-idle", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
        settings.Duration("session-longest", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
        settings.Text("data-keys"),
        (int)settings.Whole("requests-per-minute", 1, 1_000_000),
        (int)settings.Whole("sign-ins-per-minute", 1, 1_000_000),
        (int)settings.Whole("heavy-queries", 1, 1000),
        settings.Duration("request-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        settings.Duration("long-request-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(2)),
        settings.Whole("largest-body", 1024, 1L << 30),
        (int)settings.Whole("slowest-bytes-per-second", 1, 1_000_000),
        (int)settings.Whole("connections", 1, 1_000_000),
        settings.Text("trusted-proxies")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? []);
}
