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

    /// <summary>True when it was made by somebody who sees some contracts only; who sees some only sees none that others made.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>True when the notice goes here.</summary>
    public bool Wants(Notice notice) =>
        Types.Contains(notice.Type) && (Contracts is null || (notice.Contract is not null && Contracts.Contains(notice.Contract)));

    /// <summary>The keys that sign at an instant, the newest first.</summary>
    public IReadOnlyList<string> SecretsAt(Instant now) => FormerSecret is not null && now < FormerSecretUntil ? [Secret, FormerSecret] : [Secret];
}
