using Billing.Service.Station.Language;

namespace Billing.Service.Station.Accounts;

/// <summary>The names of roles and of the states of accounts and keys.</summary>
internal static class AccessNames
{
    /// <summary>What a role may do, in a few words.</summary>
    public static Phrase Role(string role) => role switch
    {
        Access.Roles.Pipeline => Texts.RolePipeline,
        Access.Roles.Finance => Texts.RoleFinance,
        Access.Roles.Dispute => Texts.RoleDispute,
        Access.Roles.Auditor => Texts.RoleAuditor,
        Access.Roles.CustomerAdmin => Texts.RoleCustomerAdmin,
        Access.Roles.CustomerViewer => Texts.RoleCustomerViewer,
        Access.Roles.Operator => Texts.RoleOperator,
        _ => new Phrase(role, role),
    };

    /// <summary>The state of an account or key, as <c>AccountView</c> and <c>KeyView</c> have it.</summary>
    public static Phrase State(string state) => state switch
    {
        "open" => Texts.StateOpen,
        "resting" => Texts.StateResting,
        "locked" => Texts.StateLocked,
        "good" => Texts.StateGood,
        "expired" => Texts.StateExpired,
        "revoked" => Texts.StateRevoked,
        _ => new Phrase(state, state),
    };
}
