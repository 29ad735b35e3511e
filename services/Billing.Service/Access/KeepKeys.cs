using Billing.Contracts;
using Billing.Service.Hosting.Refusals;
using Marten;
using NodaTime;
using Wolverine;

namespace Billing.Service.Access;

/// <summary>A key as those who keep keys see it; its secret is known to nobody any more.</summary>
/// <param name="State"><c>good</c>, <c>expired</c> or <c>revoked</c>.</param>
/// <param name="LastUsedAt">To the hour.</param>
public sealed record KeyView(
    string Key, string Label, IReadOnlyList<string> Roles, IReadOnlyList<string> Contracts, string State, Instant MadeAt, Instant ExpiresAt, Instant? OldValidUntil, Instant? LastUsedAt);

/// <summary>A new key or secret; the text is shown this once.</summary>
public sealed record KeyMade(string Key, string Text, Instant ExpiresAt);

/// <summary>Makes, rotates, revokes and lists the keys of machines.</summary>
public sealed class KeepKeys(IDocumentStore store, IMessageBus bus, IClock clock)
{
    /// <summary>How long a key is good when nothing else is said.</summary>
    public const int Days = 365;

    /// <summary>How long the old secret is good after a rotation when nothing else is said.</summary>
    public const int GraceHours = 24;

    public async Task<(KeyMade? Made, Refusal? Refusal)> MakeAsync(
        string label, IReadOnlyList<string> roles, IReadOnlyList<string> contracts, int days, string by, CancellationToken cancellation)
    {
        var (secret, now) = (ApiKeySecret.New(), clock.GetCurrentInstant());
        var expires = Plus(now, days * 24L);
        var refusal = await InvokeAsync(new MakeApiKey(secret.Key, label, roles, contracts, secret.Hash, expires, by, now), cancellation);
        return refusal is null ? (new(secret.Key, secret.Text, expires), null) : (null, refusal);
    }

    /// <param name="graceHours">How long the old secret is good beside the new one.</param>
    public async Task<(KeyMade? Made, Refusal? Refusal)> RotateAsync(string key, int graceHours, int days, string by, CancellationToken cancellation)
    {
        var (secret, now) = (ApiKeySecret.New(key), clock.GetCurrentInstant());
        var expires = Plus(now, days * 24L);
        var refusal = await InvokeAsync(new RotateApiKey(key, secret.Hash, Plus(now, graceHours), expires, by, now), cancellation);
        return refusal is null ? (new(key, secret.Text, expires), null) : (null, refusal);
    }

    public Task<Refusal?> RevokeAsync(string key, string reason, string by, CancellationToken cancellation) =>
        InvokeAsync(new RevokeApiKey(key, reason, by, clock.GetCurrentInstant()), cancellation);

    /// <summary>A key by its public part; null when there is none.</summary>
    public async Task<KeyView?> FindAsync(string key, CancellationToken cancellation)
    {
        await using var session = store.QuerySession();
        return !key.Contains('\0', StringComparison.Ordinal) && await session.LoadAsync<ApiKey>(ApiKey.StreamOf(key), cancellation) is { } found ? View(found) : null;
    }

    /// <summary>The keys by id.</summary>
    /// <param name="after">The id to go on behind.</param>
    public async Task<List<KeyView>> ListAsync(string after, int take, CancellationToken cancellation)
    {
        await using var session = store.QuerySession();
        var id = ApiKey.StreamOf(after);
        var keys = await session.Query<ApiKey>().Where(key => key.Id.CompareTo(id) > 0).OrderBy(key => key.Id).Take(take).ToListAsync(cancellation);
        return [.. keys.Select(View)];
    }

    private KeyView View(ApiKey key) => new(
        key.Key, key.Label, key.Roles, key.Contracts,
        key.RevokedAt is not null ? "revoked" : key.ExpiresAt <= clock.GetCurrentInstant() ? "expired" : "good",
        key.MadeAt, key.ExpiresAt, key.OldValidUntil, key.LastUsedAt);

    private static Instant Plus(Instant now, long hours) => now + Duration.FromHours(Math.Clamp(hours, -1, 1_000_000));

    private async Task<Refusal?> InvokeAsync(object command, CancellationToken cancellation) => (await bus.InvokeAsync<CommandResult>(command, cancellation)).Refusal;
}
