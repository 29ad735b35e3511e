namespace Billing.Service.Access;

/// <summary>
/// One account per role, called like it, for trying the service out. Only what was made here gets a new password later: an account of the same name that
/// somebody else made, or that was locked or changed since, is left as it is.
/// </summary>
internal static class DemoAccounts
{
    /// <summary>Who made them, as their first event names it; no account can be called so.</summary>
    public const string Maker = "accounts demo";

    /// <param name="contracts">What the customer's accounts see.</param>
    /// <returns>The accounts with their new passwords, and why others were left alone.</returns>
    public static async Task<(IReadOnlyList<AccountChanged> Made, IReadOnlyList<string> Left)> MakeAsync(
        KeepAccounts accounts, IReadOnlyList<string> contracts, Caller keeper, CancellationToken cancellation)
    {
        var (made, left) = (new List<AccountChanged>(), new List<string>());
        foreach (var role in Roles.All)
        {
            IReadOnlyList<string> seen = Roles.IsCustomer(role) ? contracts : [];
            if (await accounts.FindAsync(role, keeper, cancellation) is not { } account)
            {
                made.Add(await accounts.CreateAsync(role, [role], seen, [], null, Maker, cancellation));
            }
            else if (Changed(account, seen) is { } changed)
            {
                left.Add($"{role} {changed}: left as it is");
            }
            else
            {
                made.Add(await accounts.SetPasswordAsync(role, null, keeper.Name, cancellation));
            }
        }

        return (made, left);
    }

    /// <summary>Why a new password would not do, or is not ours to give; null when it is.</summary>
    private static string? Changed(Account account, IReadOnlyList<string> contracts) =>
        account.CreatedBy != Maker ? "exists and is not a demo account"
        : account.IsLocked ? "is locked"
        : account.HasSecondFactor ? "has a second factor"
        : !account.Roles.SequenceEqual([account.Name]) || account.Departments.Count > 0 ? "has other roles by now"
        : !account.Contracts.ToHashSet(StringComparer.Ordinal).SetEquals(contracts) ? "sees other contracts"
        : null;
}
