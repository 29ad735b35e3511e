using Billing.Contracts;
using Billing.Service.Hosting.Refusals;
using Marten;
using NodaTime;
using Wolverine;

namespace Billing.Service.Access;

/// <summary>An account as those who keep accounts see it.</summary>
/// <param name="State"><c>open</c>, <c>locked</c>, or <c>resting</c> after wrong passwords.</param>
public sealed record AccountView(
    string Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Contracts, IReadOnlyList<string> Departments, string State, bool HasSecondFactor,
    Instant CreatedAt, Instant? LastSignedInAt);

/// <summary>What came of a change, and the password when one was made up: it is shown this once.</summary>
public sealed record AccountChanged(Refusal? Refusal, string Name, string? Password = null);

/// <summary>Creates, changes and lists accounts. An operator keeps all; a customer's administrator the viewers of the own contracts.</summary>
public sealed class KeepAccounts(IDocumentStore store, IMessageBus bus, IClock clock)
{
    private const int PartSize = 500;

    /// <param name="password">Null for a random one.</param>
    public async Task<AccountChanged> CreateAsync(
        string name, IReadOnlyList<string> roles, IReadOnlyList<string> contracts, IReadOnlyList<string> departments, string? password, string by, CancellationToken cancellation)
    {
        var made = password is null ? Passwords.Random() : null;
        var (hash, refusal) = Passwords.Hash(name, password ?? made!);
        return hash is null ? new(refusal, name)
            : await InvokeAsync(name, made, new CreateAccount(name, hash, roles, contracts, departments, by, Now), cancellation);
    }

    /// <param name="password">Null for a random one.</param>
    public async Task<AccountChanged> SetPasswordAsync(string name, string? password, string by, CancellationToken cancellation)
    {
        var made = password is null ? Passwords.Random() : null;
        var (hash, refusal) = Passwords.Hash(name, password ?? made!);
        return hash is null ? new(refusal, name) : await InvokeAsync(name, made, new ChangePassword(name, hash, by, Now), cancellation);
    }

    public Task<AccountChanged> SetRolesAsync(
        string name, IReadOnlyList<string> roles, IReadOnlyList<string> contracts, IReadOnlyList<string> departments, string by, CancellationToken cancellation) =>
        InvokeAsync(name, null, new ChangeRoles(name, roles, contracts, departments, by, Now), cancellation);

    public Task<AccountChanged> LockAsync(string name, string reason, string by, CancellationToken cancellation) =>
        InvokeAsync(name, null, new LockAccount(name, reason, by, Now), cancellation);

    public Task<AccountChanged> UnlockAsync(string name, Caller keeper, CancellationToken cancellation) =>
        InvokeAsync(name, null, new UnlockAccount(name, keeper.Name, keeper.Is(Roles.Operator), Now), cancellation);

    public Task<AccountChanged> RemoveSecondFactorAsync(string name, string by, CancellationToken cancellation) =>
        InvokeAsync(name, null, new RemoveSecondFactor(name, by, Now), cancellation);

    /// <summary>The account; null when there is none or the keeper may not know it.</summary>
    public async Task<Account?> FindAsync(string name, Caller keeper, CancellationToken cancellation)
    {
        await using var session = store.QuerySession();
        return AccessRules.RefuseName(name) is null
            && await session.LoadAsync<Account>(Account.StreamOf(name), cancellation) is { } account && MayKeep(keeper, account.Roles, account.Contracts)
                ? account
                : null;
    }

    /// <summary>The accounts that the keeper may know, by name.</summary>
    /// <param name="after">The name to go on behind.</param>
    public async Task<List<AccountView>> ListAsync(Caller keeper, string after, int take, CancellationToken cancellation)
    {
        await using var session = store.QuerySession();
        var found = new List<AccountView>();
        var id = Account.StreamOf(after);
        while (found.Count < take)
        {
            // what a customer's administrator may know is told by the roles, so parts are read until there are enough
            var part = await session.Query<Account>().Where(account => account.Id.CompareTo(id) > 0).OrderBy(account => account.Id).Take(PartSize).ToListAsync(cancellation);
            found.AddRange(part.Where(account => MayKeep(keeper, account.Roles, account.Contracts)).Take(take - found.Count).Select(View));
            if (part.Count < PartSize)
            {
                break;
            }

            id = part[^1].Id;
        }

        return found;
    }

    /// <summary>True when the keeper may make or change an account with these roles and contracts.</summary>
    public static bool MayKeep(Caller keeper, IReadOnlyList<string> roles, IReadOnlyList<string> contracts) =>
        keeper.Is(Roles.Operator)
        || (keeper.Is(Roles.CustomerAdmin) && roles is [Roles.CustomerViewer] && contracts.Count > 0 && contracts.All(keeper.MaySee));

    public AccountView View(Account account) => new(
        account.Name, account.Roles, account.Contracts, account.Departments,
        account.IsLocked ? "locked" : account.LockedUntil > Now ? "resting" : "open",
        account.HasSecondFactor, account.CreatedAt, account.LastSignedInAt);

    private Instant Now => clock.GetCurrentInstant();

    private async Task<AccountChanged> InvokeAsync(string name, string? made, object command, CancellationToken cancellation)
    {
        var refusal = AccessRules.RefuseName(name) ?? (await bus.InvokeAsync<CommandResult>(command, cancellation)).Refusal;
        return new AccountChanged(refusal, name, refusal is null ? made : null);
    }
}
