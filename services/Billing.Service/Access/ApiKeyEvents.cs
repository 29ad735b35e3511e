using NodaTime;

namespace Billing.Service.Access;

/// <summary>A machine may call the API from now on: the first event of <c>api-key-{id}</c>.</summary>
/// <param name="SecretHash">SHA-256 of the key, in hexadecimal; the key itself is kept nowhere.</param>
public sealed record ApiKeyMade(
    string Key, string Label, IReadOnlyList<string> Roles, IReadOnlyList<string> Contracts, string SecretHash, Instant ExpiresAt, string By, Instant At);

/// <summary>The key has a new secret; the old one is good a while longer.</summary>
public sealed record ApiKeyRotated(string SecretHash, Instant OldValidUntil, Instant ExpiresAt, string By, Instant At);

/// <summary>The key is good no more.</summary>
public sealed record ApiKeyRevoked(string Reason, string By, Instant At);

/// <summary>The key was used; noted at most once an hour.</summary>
public sealed record ApiKeyUsed(string Address, Instant At);
