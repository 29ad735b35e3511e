namespace Billing.Service.Access;

/// <summary>What somebody may be. A person or key has one or more of them; without one nothing is allowed.</summary>
public static class Roles
{
    /// <summary>Delivers call records and reads what became of them.</summary>
    public const string Pipeline = "pipeline";

    /// <summary>Issues, adjusts and corrects.</summary>
    public const string Finance = "finance";

    /// <summary>Explains, replays and resolves disputes.</summary>
    public const string Dispute = "dispute";

    /// <summary>Reads everything and changes nothing.</summary>
    public const string Auditor = "auditor";

    /// <summary>Reads what belongs to the contracts of a customer, opens disputes and manages the customer's viewers.</summary>
    public const string CustomerAdmin = "customer-admin";

    /// <summary>Reads what belongs to the contracts of a customer, or to some departments of them.</summary>
    public const string CustomerViewer = "customer-viewer";

    /// <summary>Keeps accounts and keys, and the service running.</summary>
    public const string Operator = "operator";

    /// <summary>Every role.</summary>
    public static IReadOnlyList<string> All { get; } = [Pipeline, Finance, Dispute, Auditor, CustomerAdmin, CustomerViewer, Operator];

    /// <summary>True for the roles of a customer, which see the contracts that are named and no others.</summary>
    public static bool IsCustomer(string role) => role is CustomerAdmin or CustomerViewer;
}
