using Billing.Service.Hosting;

namespace Billing.Service.Access;

/// <summary>What <see cref="BillingSettings"/> say about an identity provider.</summary>
/// <param name="Authority">Where it is: its discovery document lies below.</param>
/// <param name="ClientId">As what the service is known there; null when people do not sign in there.</param>
/// <param name="Audience">For whom tokens of programs are made out; null when none are taken.</param>
/// <param name="Mapping">From what the provider says somebody is to roles.</param>
public sealed record IdentitySettings(
    string? Authority,
    string? ClientId,
    string? ClientSecret,
    string? Audience,
    string NameClaim,
    string RoleClaim,
    string ContractClaim,
    string DepartmentClaim,
    ILookup<string, string> Mapping)
{
    /// <summary>The settings there are.</summary>
    internal static IReadOnlyList<SettingDefinition> Definitions { get; } =
    [
        new("oidc-authority", ["BILLING_OIDC_AUTHORITY"], null, "Address of the identity provider (OpenID Connect); none when absent"),
        new("oidc-client-id", ["BILLING_OIDC_CLIENT_ID"], null, "As what this service is known there; people sign in there when given"),
        new("oidc-client-secret", ["BILLING_OIDC_CLIENT_SECRET"], null, "The secret that goes with it", IsSecret: true),
        new("oidc-audience", ["BILLING_OIDC_AUDIENCE"], null, "For whom its tokens for programs are made out; they are taken in place of keys when given"),
        new("oidc-roles", ["BILLING_OIDC_ROLES"], null, "What it says somebody is, and the role here: group=finance,other=auditor"),
        new("oidc-role-claim", ["BILLING_OIDC_ROLE_CLAIM"], "roles", "The claim that says what somebody is"),
        new("oidc-name-claim", ["BILLING_OIDC_NAME_CLAIM"], "preferred_username", "The claim that says who somebody is"),
        new("oidc-contract-claim", ["BILLING_OIDC_CONTRACT_CLAIM"], "contracts", "The claim with the contracts that a customer sees"),
        new("oidc-department-claim", ["BILLING_OIDC_DEPARTMENT_CLAIM"], "departments", "The claim with the departments that a customer's viewer sees"),
    ];

    /// <summary>True when people may sign in there.</summary>
    public bool IsForPeople => Authority is not null && ClientId is not null;

    /// <summary>True when programs may show its tokens.</summary>
    public bool IsForPrograms => Authority is not null && Audience is not null;

    /// <summary>False only for a provider on this machine.</summary>
    public bool IsHttps => !(Uri.TryCreate(Authority, UriKind.Absolute, out var address) && address is { Scheme: "http", IsLoopback: true });

    /// <summary>The roles of what the provider says somebody is.</summary>
    public IEnumerable<string> RolesOf(string word) => Mapping[word];

    /// <exception cref="SettingException">The mapping names a role that there is not, or is missing.</exception>
    internal static IdentitySettings Of(BillingSettings settings)
    {
        var pairs = (settings.Text("oidc-roles") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => (Word: pair[..Math.Max(0, pair.LastIndexOf('='))], Role: pair[(pair.LastIndexOf('=') + 1)..]))
            .ToList();
        if (pairs.FirstOrDefault(pair => pair.Word.Length == 0 || !Roles.All.Contains(pair.Role)) is { Role: not null } wrong)
        {
            throw new SettingException($"oidc-roles: '{wrong.Word}={wrong.Role}' is not a word of the provider and one of {string.Join(", ", Roles.All)}");
        }

        return new IdentitySettings(
            settings.Text("oidc-authority"),
            settings.Text("oidc-client-id"),
            settings.Text("oidc-client-secret"),
            settings.Text("oidc-audience"),
            settings.Text("oidc-name-claim")!,
            settings.Text("oidc-role-claim")!,
            settings.Text("oidc-contract-claim")!,
            settings.Text("oidc-department-claim")!,
            pairs.ToLookup(pair => pair.Word, pair => pair.Role, StringComparer.Ordinal));
    }
}
