using System.Text.Json.Serialization;
using NodaTime;

namespace Billing.Contracts.Documents;

/// <summary><c>reference.json</c>: who holds which numbers and how their carriers stand to us.</summary>
public sealed record ReferenceDocument
{
    public required string HomeCarrier { get; init; }

    public required IReadOnlyList<RelationDocument> Relations { get; init; }

    [JsonPropertyName("blocks050")]
    public required IReadOnlyList<Block050Document> Blocks050 { get; init; }

    public required IReadOnlyList<ServiceNumberBlockDocument> ServiceNumberBlocks { get; init; }

    /// <summary>Service numbers whose holder does not take calls from 050 numbers (R39).</summary>
    [JsonPropertyName("no050Access")]
    public IReadOnlyList<string>? No050Access { get; init; }

    /// <summary>Carrier selection prefixes that are stripped before classification (R53).</summary>
    public IReadOnlyList<string>? CarrierPrefixes { get; init; }

    /// <summary>Control numbers of SoftBank's forwarding and voice mail (R37).</summary>
    public IReadOnlyList<string>? SoftbankControl { get; init; }

    /// <summary>Mobile numbers that are second lines of one handset (R54).</summary>
    public IReadOnlyList<string>? SecondaryLines { get; init; }

    /// <summary>The day from which 060 numbers are mobile numbers; absent: 060 is barred (R35).</summary>
    [JsonPropertyName("mobile060From")]
    public LocalDate? Mobile060From { get; init; }
}

/// <summary>How a carrier's 050 numbers stand to ours: <c>own</c>, <c>partner</c> (free), <c>paid</c> or <c>none</c> (R29 to R32, R40).</summary>
public sealed record RelationDocument
{
    public required string Carrier { get; init; }

    public required CarrierRelation Relation { get; init; }

    public LocalDate? From { get; init; }

    public LocalDate? To { get; init; }
}

public enum CarrierRelation
{
    [JsonStringEnumMemberName("none")]
    None,
    [JsonStringEnumMemberName("own")]
    Own,
    [JsonStringEnumMemberName("partner")]
    Partner,
    [JsonStringEnumMemberName("paid")]
    Paid,
}

/// <summary>050 blocks <c>050CDEF</c>, keyed by the four digits CDEF, both ends included.</summary>
public sealed record Block050Document
{
    public required string First { get; init; }

    public required string Last { get; init; }

    public required string Carrier { get; init; }

    public LocalDate? From { get; init; }

    public LocalDate? To { get; init; }
}

/// <summary>Blocks of 0120, 0800, 0570 and 0180 numbers, keyed by the three digits that follow.</summary>
public sealed record ServiceNumberBlockDocument
{
    public required string Service { get; init; }

    public required string First { get; init; }

    public required string Last { get; init; }

    public required string Carrier { get; init; }

    public LocalDate? From { get; init; }

    public LocalDate? To { get; init; }
}
