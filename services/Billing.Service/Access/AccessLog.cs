using Billing.Contracts;
using Billing.Rating;
using NodaTime;

namespace Billing.Service.Access;

/// <summary>Somebody tried to sign in to an account that does not exist. What they typed is not kept: it may be a password.</summary>
public sealed record UnknownSignInRefused(string Address, Instant At);

/// <summary>Somebody whom an identity provider vouches for began a session.</summary>
public sealed record ExternalSignedIn(string Name, string Provider, IReadOnlyList<string> Roles, string Address, Instant At);

/// <summary>What happened at the door and belongs to no account: <c>access-{yyyy-MM}</c> of the Tokyo month.</summary>
internal static class AccessLog
{
    public const string Prefix = "access-";

    public static string StreamOf(Instant at) => Prefix + Month(at);

    /// <summary>The Tokyo month of an instant.</summary>
    public static UsageMonth Month(Instant at) => Tokyo.MonthOf(Tokyo.DayOf(at.ToUnixTimeMilliseconds()));
}
