using Billing.Service.Access;
using Marten;
using NodaTime;

namespace Billing.Service.Notices;

/// <summary>Somebody who is told by webhook.</summary>
public sealed record WebhookSubscription
{
    public required Guid Id { get; init; }

    /// <summary>Where to.</summary>
    public required string Url { get; init; }

    /// <summary>The types of notices that are sent, see <see cref="NoticeTypes"/>.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>Only notices about these contracts; null: all. A customer's subscription always names them.</summary>
    public IReadOnlyList<string>? Contracts { get; init; }

    /// <summary>The key that signs, as <c>whsec_</c> and base64.</summary>
    public required string Secret { get; init; }

    /// <summary>The key before it, which signs as well until <see cref="FormerSecretUntil"/>.</summary>
    public string? FormerSecret { get; init; }

    public Instant? FormerSecretUntil { get; init; }

    public required Instant CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>The account or key that made it, see <see cref="AccessClaims.Subject"/>; absent of old ones.</summary>
    public string? Maker { get; init; }

    /// <summary>True when it was made by somebody who sees some contracts only; who sees some only sees none that others made.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>True when the notice goes here.</summary>
    public bool Wants(Notice notice) =>
        Types.Contains(notice.Type) && (Contracts is null || (notice.Contract is not null && Contracts.Contains(notice.Contract)));

    /// <summary>
    /// True while who made it may be told what it tells: not locked, revoked or expired, still of a role that subscribes, and still seeing the contracts.
    /// Of somebody of an identity provider that is not known here.
    /// </summary>
    internal async Task<bool> IsStandingAsync(IQuerySession session, Instant now, CancellationToken cancel)
    {
        var maker = Maker ?? (CreatedBy.StartsWith("key:", StringComparison.Ordinal) ? ApiKey.StreamOf(CreatedBy["key:".Length..]) : Account.StreamOf(CreatedBy));
        return !Standing.IsKnownHere(maker)
            || (await Standing.OfAsync(session, maker, now, cancel) is { Departments: null } caller
                && Subscribers.Any(caller.Is) && (caller.Contracts is null || (IsRestricted && Contracts?.All(caller.MaySee) == true)));
    }

    /// <summary>The roles that may subscribe.</summary>
    private static readonly string[] Subscribers = [Roles.Operator, Roles.Finance, Roles.Pipeline, Roles.CustomerAdmin];

    /// <summary>The keys that sign at an instant, the newest first.</summary>
    public IReadOnlyList<string> SecretsAt(Instant now) => FormerSecret is not null && now < FormerSecretUntil ? [Secret, FormerSecret] : [Secret];
}
