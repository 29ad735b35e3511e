namespace Billing.Service.Disputes;

/// <summary>The words for where a dispute stands.</summary>
public static class DisputeStates
{
    public const string Open = "open";
    public const string Upheld = "upheld";
    public const string PartlyUpheld = "partly-upheld";
    public const string Rejected = "rejected";
    public const string Withdrawn = "withdrawn";

    public static IReadOnlyList<string> All { get; } = [Open, Upheld, PartlyUpheld, Rejected, Withdrawn];

    /// <summary>How a dispute can be decided.</summary>
    public static IReadOnlyList<string> Outcomes { get; } = [Upheld, PartlyUpheld, Rejected];
}
