using Marten;
using NodaTime;

namespace Billing.Service.Access;

/// <summary>How a caller stands now, for what goes on after the request that began it: a subscription, an open stream.</summary>
internal static class Standing
{
    /// <summary>The account or key as it may act now; null when it is locked, revoked, expired or not there.</summary>
    /// <param name="subject">See <see cref="AccessClaims.Subject"/>.</param>
    public static async Task<Caller?> OfAsync(IQuerySession session, string subject, Instant now, CancellationToken cancel)
    {
        if (subject.StartsWith(Account.Prefix, StringComparison.Ordinal))
        {
            return await session.LoadAsync<Account>(subject, cancel) is { IsLocked: false } account ? Of(account.Name, account.Roles, account.Contracts, account.Departments) : null;
        }

        return await session.LoadAsync<ApiKey>(subject, cancel) is { RevokedAt: null } key && now < key.ExpiresAt ? Of($"key:{key.Key}", key.Roles, key.Contracts, []) : null;
    }

    /// <summary>True for accounts and keys of this service; how somebody stands with an identity provider is not known here.</summary>
    public static bool IsKnownHere(string subject) => subject.StartsWith(Account.Prefix, StringComparison.Ordinal) || subject.StartsWith(ApiKey.Prefix, StringComparison.Ordinal);

    private static Caller Of(string name, IReadOnlyList<string> roles, IReadOnlyList<string> contracts, IReadOnlyList<string> departments) =>
        Caller.Of(AccessClaims.Principal("standing", "", name, roles, contracts, departments));
}
