using Billing.Contracts;
using Billing.Service.Hosting.Refusals;
using Marten;
using Microsoft.AspNetCore.DataProtection;
using NodaTime;
using Wolverine;

namespace Billing.Service.Access;

/// <summary>A second factor that is prepared and not yet proven.</summary>
/// <param name="Secret">For typing into an app.</param>
/// <param name="Address">For an app to read: <c>otpauth://…</c>.</param>
/// <param name="Ticket">To be sent back with the first code; good for ten minutes.</param>
public sealed record PreparedSecondFactor(string Secret, string Address, string Ticket);

/// <summary>What people change of their own account: password and second factor.</summary>
public sealed class OwnAccount(IDocumentStore store, IMessageBus bus, SecondFactor factor, IDataProtectionProvider protection, IClock clock)
{
    private readonly ITimeLimitedDataProtector _tickets = protection.CreateProtector("Billing.Access.SecondFactor.Ticket").ToTimeLimitedDataProtector();

    /// <summary>Replaces the password; all sessions of the account are over. A wrong present password counts as a failed sign-in.</summary>
    public async Task<Refusal?> ChangePasswordAsync(string name, string present, string wanted, string address, CancellationToken cancellation)
    {
        if (await ProveAsync(name, present, address, cancellation) is { } wrong)
        {
            return wrong;
        }

        var (hash, refusal) = Passwords.Hash(name, wanted);
        return hash is null ? refusal : await InvokeAsync(new ChangePassword(name, hash, name, Now), cancellation);
    }

    /// <summary>A secret for the device. Nothing changes before <see cref="EnrolAsync"/>.</summary>
    public PreparedSecondFactor PrepareSecondFactor(string name)
    {
        var (secret, enciphered, address) = factor.NewSecret(name);
        return new(secret, address, _tickets.Protect($"{name}\n{enciphered}", TimeSpan.FromMinutes(10)));
    }

    /// <summary>Asks for the second factor from now on, when the password and the first code hold.</summary>
    /// <returns>The recovery codes, which are shown this once.</returns>
    public async Task<(IReadOnlyList<string>? RecoveryCodes, Refusal? Refusal)> EnrolAsync(
        string name, string present, string ticket, string code, string address, CancellationToken cancellation)
    {
        if (await ProveAsync(name, present, address, cancellation) is { } wrong)
        {
            return (null, wrong);
        }

        if (Open(ticket) is not [var owner, var enciphered] || owner != name)
        {
            return (null, AccessRules.Refused("the secret is too old; begin again"));
        }

        if (factor.StepOf(enciphered, code, Now) is null)
        {
            return (null, AccessRules.Refused("the code does not hold; is the clock of the device right?"));
        }

        var codes = SecondFactor.NewRecoveryCodes();
        var refusal = await InvokeAsync(new EnrolSecondFactor(name, enciphered, [.. codes.Select(SecondFactor.RecoveryHash)], name, Now), cancellation);
        return refusal is null ? (codes, null) : (null, refusal);
    }

    /// <summary>Lets the password be enough again, for who knows it.</summary>
    public async Task<Refusal?> RemoveSecondFactorAsync(string name, string present, string address, CancellationToken cancellation) =>
        await ProveAsync(name, present, address, cancellation) ?? await InvokeAsync(new RemoveSecondFactor(name, name, Now), cancellation);

    private Instant Now => clock.GetCurrentInstant();

    /// <summary>Refuses who does not know the password, and counts it like a failed sign-in.</summary>
    private async Task<Refusal?> ProveAsync(string name, string password, string address, CancellationToken cancellation)
    {
        await using var session = store.QuerySession();
        var account = await session.LoadAsync<Account>(Account.StreamOf(name), cancellation);
        var refused = AccessRules.Refused("the present password does not hold");
        if (account is null || account.LockedUntil > Now)
        {
            return refused;
        }

        if (Passwords.Holds(account, password))
        {
            return null;
        }

        await bus.InvokeAsync<SignInDecision>(new AttemptSignIn(name, account.Stamp, PasswordHolds: false, IsCode: false, null, null, "", address, Now), cancellation);
        return refused;
    }

    private string[] Open(string ticket)
    {
        try
        {
            return _tickets.Unprotect(ticket).Split('\n');
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return [];
        }
    }

    private async Task<Refusal?> InvokeAsync(object command, CancellationToken cancellation) => (await bus.InvokeAsync<CommandResult>(command, cancellation)).Refusal;
}
