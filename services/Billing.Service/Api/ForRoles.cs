namespace Billing.Service.Api;

/// <summary>The roles that authorisation knows.</summary>
public static class Roles
{
    /// <summary>Issues, adjusts and corrects.</summary>
    public const string Finance = "finance";

    /// <summary>Explains, replays and resolves disputes.</summary>
    public const string Dispute = "dispute";

    /// <summary>Reads everything and changes nothing.</summary>
    public const string Auditor = "auditor";
}

/// <summary>Who may call an endpoint. It is metadata: what authenticates callers enforces it; without such, only loopback is served.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ForRolesAttribute(params string[] roles) : Attribute
{
    public IReadOnlyList<string> Roles { get; } = roles;
}
