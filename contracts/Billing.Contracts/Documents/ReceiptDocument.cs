namespace Billing.Contracts.Documents;

/// <summary>What became of the rows of one file; the outcomes add up to <see cref="Rows"/>.</summary>
public sealed record ReceiptDocument
{
    public required string File { get; init; }

    /// <summary>SHA-256 of the bytes as given, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required long Rows { get; init; }

    public required OutcomeCountsDocument Outcomes { get; init; }

    public required ReasonCountsDocument Reasons { get; init; }

    public required IReadOnlyList<string> UnknownColumns { get; init; }
}

public sealed record OutcomeCountsDocument
{
    public required long Rated { get; init; }

    public required long Unanswered { get; init; }

    public required long Suspended { get; init; }

    public required long Duplicate { get; init; }

    public required long Rejected { get; init; }
}

public sealed record ReasonCountsDocument
{
    public required IReadOnlyDictionary<string, long> Suspended { get; init; }

    public required IReadOnlyDictionary<string, long> Rejected { get; init; }
}
