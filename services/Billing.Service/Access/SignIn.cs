using System.Security.Claims;
using System.Security.Cryptography;
using Marten;
using NodaTime;
using Wolverine;

namespace Billing.Service.Access;

/// <summary>What comes of an attempt to sign in.</summary>
public abstract record SignInResult;

/// <summary>The session begins.</summary>
public sealed record SignInDone(ClaimsPrincipal Caller) : SignInResult;

/// <summary>The password holds; a code is to be shown, with <see cref="SignIn.WithCodeAsync"/>.</summary>
public sealed record SecondFactorNeeded(string Name, int Stamp) : SignInResult;

/// <summary>Name, password or code do not hold; it is not said which.</summary>
public sealed record SignInRefused : SignInResult;

/// <summary>Nobody signs in to that account before the instant, or, when it is null, before it is unlocked.</summary>
public sealed record SignInLocked(Instant? Until) : SignInResult;

/// <summary>Signs people in to accounts. Every attempt leaves an event, and after some in a row the account rests.</summary>
public sealed class SignIn(IDocumentStore store, IMessageBus bus, SecondFactor factor, MissingAccounts missing, IClock clock)
{
    /// <param name="address">Where it comes from, for the access log.</param>
    public async Task<SignInResult> WithPasswordAsync(string name, string password, string address, CancellationToken cancellation)
    {
        name = name.Trim().ToLowerInvariant();
        var account = await FindAsync(name, cancellation);
        var holds = Passwords.Holds(account, password);
        return account is null
            ? await RefuseMissingAsync(name, address, cancellation)
            : await AttemptAsync(account, new AttemptSignIn(name, account.Stamp, holds, false, null, null, NewSession(), address, clock.GetCurrentInstant()), cancellation);
    }

    /// <param name="name">The account whose password was shown, and <paramref name="stamp"/> as it was then.</param>
    /// <param name="code">Six digits of the device, or a recovery code.</param>
    public async Task<SignInResult> WithCodeAsync(string name, int stamp, string code, string address, CancellationToken cancellation)
    {
        if (await FindAsync(name, cancellation) is not { HasSecondFactor: true } account)
        {
            return new SignInRefused();
        }

        var now = clock.GetCurrentInstant();
        var step = factor.StepOf(account, code, now);
        var recovery = step is null ? SecondFactor.RecoveryHash(code) : null;
        return await AttemptAsync(account, new AttemptSignIn(name, stamp, true, true, step, recovery, NewSession(), address, now), cancellation);
    }

    /// <summary>Who a session of the account is.</summary>
    public static ClaimsPrincipal Principal(Account account, string session, string scheme) => AccessClaims.Principal(
        scheme, account.Id, account.Name, account.Roles, account.Contracts, account.Departments,
        new Claim(AccessClaims.Stamp, account.Stamp.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        new Claim(AccessClaims.Session, session));

    private async Task<SignInResult> AttemptAsync(Account account, AttemptSignIn attempt, CancellationToken cancellation)
    {
        var decision = await bus.InvokeAsync<SignInDecision>(attempt, cancellation);
        return decision switch
        {
            { IsSignedIn: true } => new SignInDone(Principal(account, attempt.Session, AccessSchemes.Station)),
            { NeedsCode: true } => new SecondFactorNeeded(account.Name, account.Stamp),
            { IsLocked: true } => new SignInLocked(decision.LockedUntil),
            _ => new SignInRefused(),
        };
    }

    /// <summary>A name without an account is answered like one with, so that nobody learns which there are. The name may be a mistyped password and is not kept.</summary>
    private async Task<SignInResult> RefuseMissingAsync(string name, string address, CancellationToken cancellation)
    {
        var now = clock.GetCurrentInstant();
        if (missing.LockedUntil(name, now) is { } until)
        {
            return new SignInLocked(until);
        }

        var locked = missing.Fail(name, now);
        await using var session = store.LightweightSession();
        session.Events.Append(AccessLog.StreamOf(now), new UnknownSignInRefused(address, now));
        await session.SaveChangesAsync(cancellation);
        return locked is { } rest ? new SignInLocked(rest) : new SignInRefused();
    }

    private async Task<Account?> FindAsync(string name, CancellationToken cancellation)
    {
        await using var session = store.QuerySession();
        return AccessRules.RefuseName(name) is null ? await session.LoadAsync<Account>(Account.StreamOf(name), cancellation) : null;
    }

    private static string NewSession() => RandomNumberGenerator.GetHexString(24, lowercase: true);
}
