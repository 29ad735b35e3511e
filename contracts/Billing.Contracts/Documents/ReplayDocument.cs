namespace Billing.Contracts.Documents;

/// <summary>What a month is to be computed again with; an absent member stands for what is known.</summary>
public sealed record ReplayDocument
{
    public required UsageMonth Month { get; init; }

    /// <summary>One contract; all when absent.</summary>
    public string? Contract { get; init; }

    /// <summary>An instant with its offset, a Tokyo date for its beginning, or <c>now</c>.</summary>
    public string? AsOf { get; init; }

    public TariffsDocument? Tariff { get; init; }

    public ReferenceDocument? Reference { get; init; }

    public CorrectionsDocument? Corrections { get; init; }
}
