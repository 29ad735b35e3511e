using System.Text.Json.Serialization;
using Billing.Contracts;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Access;

/// <summary>Somebody shows a password, or after it a code. What they showed was checked before and does not come in here.</summary>
/// <param name="Stamp">The account's stamp when it was checked: if the account has changed since, nothing holds.</param>
/// <param name="PasswordHolds">True when the password is right, now or in the step before.</param>
/// <param name="IsCode">True for the second step.</param>
/// <param name="Step">The time step of which the code is; null when it is none of this time.</param>
/// <param name="RecoveryHash">The hash of what was typed, when it may be a recovery code.</param>
public sealed record AttemptSignIn(
    string Name, int Stamp, bool PasswordHolds, bool IsCode, long? Step, string? RecoveryHash, string Session, string Address, Instant At)
{
    [JsonIgnore]
    public string Stream => Account.StreamOf(Name);
}

/// <summary>What comes of it.</summary>
/// <param name="IsSignedIn">The session has begun.</param>
/// <param name="NeedsCode">The password holds and a code is asked for.</param>
/// <param name="IsLocked">Nobody signs in, until <paramref name="LockedUntil"/> or until it is unlocked.</param>
public sealed record SignInDecision(bool IsSignedIn = false, bool NeedsCode = false, bool IsLocked = false, Instant? LockedUntil = null);

public static class AttemptSignInHandler
{
    public static (SignInDecision Decision, Events Events) Handle(
        AttemptSignIn command, [WriteAggregate(nameof(AttemptSignIn.Stream), Required = false)] Account? account)
    {
        if (account is null || account.Stamp != command.Stamp)
        {
            return (new SignInDecision(), []);
        }

        if (account.IsLocked || account.LockedUntil > command.At)
        {
            return (new SignInDecision(IsLocked: true, LockedUntil: account.IsLocked ? null : account.LockedUntil), []);
        }

        if (!command.PasswordHolds || (command.IsCode && !Holds(account, command)))
        {
            return Fail(account, command);
        }

        return account.HasSecondFactor && !command.IsCode
            ? (new SignInDecision(NeedsCode: true), [])
            : (new SignInDecision(IsSignedIn: true),
                [new SignedIn(command.Session, command.Address, command.Step, command.Step is null && command.IsCode ? command.RecoveryHash : null, command.At)]);
    }

    /// <summary>A code of a later step than any before, or a recovery code that is left.</summary>
    private static bool Holds(Account account, AttemptSignIn command) =>
        account.HasSecondFactor
        && (command.Step is { } step ? step > account.LastStep : command.RecoveryHash is { } hash && account.RecoveryHashes.Contains(hash));

    private static (SignInDecision Decision, Events Events) Fail(Account account, AttemptSignIn command)
    {
        var failed = new SignInFailed(command.IsCode ? "code" : "password", command.Address, command.At);
        return LockOut.After(account.Failures + 1) is not { } pause
            ? (new SignInDecision(), [failed])
            : (new SignInDecision(IsLocked: true, LockedUntil: command.At + pause),
                [failed, new AccountLocked("sign-in failed too often", command.At + pause, command.Name, command.At)]);
    }
}

/// <summary>How long an account rests after refusals in a row: from the fifth on a minute, then twice as long each time, an hour at most.</summary>
internal static class LockOut
{
    public const int Free = 4;

    private static readonly Duration Longest = Duration.FromHours(1);

    public static Duration? After(int failures) =>
        failures <= Free ? null : Duration.Min(Longest, Duration.FromMinutes(1 << Math.Min(failures - Free - 1, 10)));
}
