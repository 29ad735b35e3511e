namespace Billing.Contracts.Documents;

/// <summary>What became of the rows of one file; the outcomes, and what <see cref="Profile"/> counts, add up to <see cref="Rows"/>.</summary>
public sealed record ReceiptDocument
{
    public required string File { get; init; }

    /// <summary>SHA-256 of the bytes as given, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required long Rows { get; init; }

    public required OutcomeCountsDocument Outcomes { get; init; }

    public required ReasonCountsDocument Reasons { get; init; }

    public required IReadOnlyList<string> UnknownColumns { get; init; }

    /// <summary>Of a file that was read by a profile.</summary>
    public ProfileReceiptDocument? Profile { get; init; }
}

/// <summary>What a profile made of rows that have no outcome of their own.</summary>
public sealed record ProfileReceiptDocument
{
    public required string Name { get; init; }

    /// <summary>Halves of calls that are counted with the row that completed them.</summary>
    public required long Joined { get; init; }

    /// <summary>Halves of calls whose other half had not come when the file ended.</summary>
    public required long Waiting { get; init; }

    /// <summary>Rows that are no calls, by their kind.</summary>
    public required IReadOnlyDictionary<string, long> Skipped { get; init; }
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
