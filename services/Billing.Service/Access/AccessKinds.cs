using NodaTime;
using NodaTime.Text;

namespace Billing.Service.Access;

/// <summary>One line of the access log.</summary>
/// <param name="Who">The account, <c>key:ID</c>, or <c>-</c> when it is not known.</param>
/// <param name="By">Who did it, when that is not the one it was done to.</param>
public sealed record AccessEntry(Instant At, string Kind, string Who, string? By, string? Address, string? Detail);

/// <summary>What an event at the door is called in the access log, and what of it is told: never a digest, a secret or a code.</summary>
public static class AccessKinds
{
    /// <summary>Every kind there is.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "account-created", "password-changed", "roles-changed", "account-locked", "account-unlocked", "second-factor-enrolled", "second-factor-removed",
        "signed-in", "sign-in-failed", "sign-in-unknown", "signed-out", "key-made", "key-rotated", "key-revoked", "key-used",
    ];

    internal static IReadOnlyList<Type> Events { get; } =
    [
        typeof(AccountCreated), typeof(PasswordChanged), typeof(RolesChanged), typeof(AccountLocked), typeof(AccountUnlocked), typeof(SecondFactorEnrolled),
        typeof(SecondFactorRemoved), typeof(SignedIn), typeof(SignInFailed), typeof(SignedOut), typeof(ApiKeyMade), typeof(ApiKeyRotated), typeof(ApiKeyRevoked),
        typeof(ApiKeyUsed), typeof(UnknownSignInRefused), typeof(ExternalSignedIn),
    ];

    internal static AccessEntry? Of(object happened, string stream)
    {
        var who = stream.StartsWith(Account.Prefix, StringComparison.Ordinal) ? stream[Account.Prefix.Length..]
            : stream.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) ? $"key:{stream[ApiKey.Prefix.Length..]}"
            : "-";
        return happened switch
        {
            AccountCreated e => new(e.At, "account-created", who, e.By, null, Scope(e.Roles, e.Contracts, e.Departments)),
            PasswordChanged e => new(e.At, "password-changed", who, e.By, null, null),
            RolesChanged e => new(e.At, "roles-changed", who, e.By, null, Scope(e.Roles, e.Contracts, e.Departments)),
            AccountLocked e => new(e.At, "account-locked", who, e.By, null, e.Until is { } until ? $"{e.Reason}, until {InstantPattern.General.Format(until)}" : e.Reason),
            AccountUnlocked e => new(e.At, "account-unlocked", who, e.By, null, null),
            SecondFactorEnrolled e => new(e.At, "second-factor-enrolled", who, e.By, null, null),
            SecondFactorRemoved e => new(e.At, "second-factor-removed", who, e.By, null, null),
            SignedIn e => new(e.At, "signed-in", who, null, e.Address, e.Step is not null ? "password and code" : e.RecoveryHash is not null ? "password and recovery code" : "password"),
            SignInFailed e => new(e.At, "sign-in-failed", who, null, e.Address, e.Reason),
            SignedOut e => new(e.At, "signed-out", who, null, null, null),
            ExternalSignedIn e => new(e.At, "signed-in", e.Name, null, e.Address, $"{e.Provider}: {string.Join(' ', e.Roles)}"),
            UnknownSignInRefused e => new(e.At, "sign-in-unknown", who, null, e.Address, null),
            _ => OfKey(happened, who),
        };
    }

    private static AccessEntry? OfKey(object happened, string who) => happened switch
    {
        ApiKeyMade e => new(e.At, "key-made", who, e.By, null, $"{e.Label}: {Scope(e.Roles, e.Contracts, [])}"),
        ApiKeyRotated e => new(e.At, "key-rotated", who, e.By, null, $"old secret good until {InstantPattern.General.Format(e.OldValidUntil)}"),
        ApiKeyRevoked e => new(e.At, "key-revoked", who, e.By, null, e.Reason),
        ApiKeyUsed e => new(e.At, "key-used", who, null, e.Address, null),
        _ => null,
    };

    private static string Scope(IReadOnlyList<string> roles, IReadOnlyList<string> contracts, IReadOnlyList<string> departments) =>
        string.Join(' ', [.. roles, .. contracts, .. departments]);
}
