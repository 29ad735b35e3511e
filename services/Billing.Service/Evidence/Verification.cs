using Billing.Contracts;

namespace Billing.Service.Evidence;

/// <summary>What a verification found.</summary>
/// <param name="Month">The month it was restricted to; null when it went over the whole store.</param>
/// <param name="First">The first broken link; null when everything agrees.</param>
/// <param name="Broken">How many broken links there are in all.</param>
/// <param name="Links">The broken links, up to <see cref="Findings.MostListed"/>.</param>
/// <param name="Documents">The digest over the documents of each month, to be kept elsewhere or published.</param>
/// <param name="Unsealed">What no digest speaks for.</param>
public sealed record Verification(
    UsageMonth? Month,
    BrokenLink? First,
    long Broken,
    IReadOnlyList<BrokenLink> Links,
    IReadOnlyList<VerificationCheck> Checks,
    IReadOnlyList<MonthDocuments> Documents,
    UnsealedEvents Unsealed)
{
    public bool Holds => Broken == 0;
}

/// <summary>One kind of comparison: how much was compared and how many links of it are broken.</summary>
public sealed record VerificationCheck(string Check, long Compared, long Broken);

/// <summary>Something that is not what the evidence says it was.</summary>
/// <param name="Stream">The stream, or the table and key of a row.</param>
/// <param name="FromVersion">The first event that the link covers; null when it covers no events.</param>
/// <param name="ToVersion">The last event that the link covers.</param>
/// <param name="Expected">What the evidence says: a digest, a count, a value.</param>
/// <param name="Found">What is there.</param>
/// <param name="Event">The event's id, when the link covers one event.</param>
public sealed record BrokenLink(string Check, string Stream, long? FromVersion, long? ToVersion, string Expected, string Found, Guid? Event = null)
{
    public override string ToString() =>
        $"{Check}: {Stream}"
        + (FromVersion is null ? "" : FromVersion == ToVersion ? $", event {FromVersion}" : $", events {FromVersion} to {ToVersion}")
        + (Event is { } id ? $" ({id})" : "")
        + $": expected {Expected}, found {Found}";
}

/// <summary>
/// The documents of a month: its invoices in the order of their numbers, then the credit notes and adjustments on them in the order in
/// which they were granted. The digest is SHA-256 over, for each of them, three lines: its number, its digest (empty for an adjustment)
/// and the digest of the event that issued it, which holds what it covered.
/// </summary>
public sealed record MonthDocuments(UsageMonth Month, long Invoices, long Credits, string Digest)
{
    /// <summary>What the digest was before each of the credits, the first one first: a later credit does not make an earlier digest wrong.</summary>
    internal IReadOnlyList<string> Earlier { get; init; } = [];
}

/// <summary>Events that no closing has sealed yet: a change of them leaves no trace in the digests.</summary>
/// <param name="Usage">Events of usage streams behind their last closing.</param>
/// <param name="Others">Events of other streams than usage and invoices, which have no closings.</param>
public sealed record UnsealedEvents(long Usage, long Others);
