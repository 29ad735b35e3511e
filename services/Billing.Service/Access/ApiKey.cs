using NodaTime;

namespace Billing.Service.Access;

/// <summary>A machine's key as its events tell it; kept as a document beside its stream <c>api-key-{id}</c>.</summary>
public sealed class ApiKey
{
    public const string Prefix = "api-key-";

    /// <summary>A use is noted when the last note is so old.</summary>
    public static readonly Duration NoteEvery = Duration.FromHours(1);

    /// <summary>The stream's key.</summary>
    public string Id { get; set; } = "";

    /// <summary>The version of the stream.</summary>
    public long Version { get; set; }

    /// <summary>The public part of the key.</summary>
    public string Key { get; set; } = "";

    public string Label { get; set; } = "";

    public List<string> Roles { get; set; } = [];

    /// <summary>The contracts it is restricted to; empty for none of a customer's key, for all of staff's.</summary>
    public List<string> Contracts { get; set; } = [];

    public string SecretHash { get; set; } = "";

    public string? OldSecretHash { get; set; }

    public Instant? OldValidUntil { get; set; }

    public Instant MadeAt { get; set; }

    public Instant ExpiresAt { get; set; }

    public Instant? RevokedAt { get; set; }

    /// <summary>Not every use is noted, see <see cref="NoteEvery"/>.</summary>
    public Instant? LastUsedAt { get; set; }

    public static string StreamOf(string key) => Prefix + key;

    /// <summary>True when the key with this secret is good at the instant.</summary>
    public bool IsGood(string secretHash, Instant now) =>
        RevokedAt is null && now < ExpiresAt
        && (ApiKeySecret.AreEqual(secretHash, SecretHash) || (OldSecretHash is not null && now < OldValidUntil && ApiKeySecret.AreEqual(secretHash, OldSecretHash)));

    /// <summary>True when a use at the instant is to be noted.</summary>
    public bool IsToBeNoted(Instant now) => LastUsedAt is not { } last || now - last >= NoteEvery;

    public void Apply(ApiKeyMade e)
    {
        (Key, Label, SecretHash, MadeAt, ExpiresAt) = (e.Key, e.Label, e.SecretHash, e.At, e.ExpiresAt);
        (Roles, Contracts) = ([.. e.Roles], [.. e.Contracts]);
    }

    public void Apply(ApiKeyRotated e) =>
        (OldSecretHash, OldValidUntil, SecretHash, ExpiresAt) = (SecretHash, e.OldValidUntil, e.SecretHash, e.ExpiresAt);

    public void Apply(ApiKeyRevoked e) => RevokedAt = e.At;

    public void Apply(ApiKeyUsed e) => LastUsedAt = e.At;
}
