using NodaTime;

namespace Billing.Contracts.Events;

/// <summary>A customer disputes an issued invoice: on <c>dispute-{id}</c>.</summary>
/// <param name="Calls">The disputed calls; empty when lines or the invoice as such are disputed.</param>
/// <param name="Lines">The disputed lines of the invoice, counted from 1.</param>
/// <param name="Amount">The amount in question, tax-exclusive yen.</param>
/// <param name="By">Who opened it.</param>
/// <param name="Deadline">The last day on which it should be decided.</param>
public sealed record DisputeOpened(
    string Dispute,
    string Contract,
    string Invoice,
    IReadOnlyList<DisputedCall> Calls,
    IReadOnlyList<int> Lines,
    string Claim,
    Yen Amount,
    string By,
    LocalDate OpenedOn,
    LocalDate Deadline);

/// <summary>A disputed call as the invoice billed it. <c>Event</c> is the id of its event.</summary>
public sealed record DisputedCall(
    string Source, string RecordId, Guid Event, UsageMonth Month, string Class, string? Carrier, string TaxCategory, Yen Charge);

/// <summary>Evidence was added: a letter, a log, a recording. The file itself lies where <c>Reference</c> says.</summary>
/// <param name="Sha256">The digest of the file, in hex, when there is one.</param>
public sealed record DisputeEvidenceAdded(string Description, string? Reference, string? Sha256, string By, LocalDate On);

/// <summary>The result of a replay was attached.</summary>
public sealed record DisputeReplayAttached(AttachedReplay Replay, string By, LocalDate On);

/// <summary>What a replay was made from and what came out. Amounts are yen; digests are SHA-256 in hex.</summary>
/// <param name="Known">The number of the knowledge used.</param>
/// <param name="Sha256">The digest of the replay's own output.</param>
/// <param name="CallsChanged">Calls that came out otherwise.</param>
/// <param name="Issued">The total that was issued, with tax.</param>
/// <param name="Replayed">The total that came out, with tax.</param>
/// <param name="AsOf">The instant whose knowledge was used; null when it was asked for otherwise.</param>
/// <param name="TariffVersion">The version of the tariff on the last day of the month.</param>
/// <param name="TariffSha256">The digest of a tariff that was tried instead of the known ones.</param>
/// <param name="ReferenceSha256">The same of a reference table.</param>
/// <param name="CorrectionsSha256">The same of corrections of calls.</param>
public sealed record AttachedReplay(
    long Known,
    string Sha256,
    long CallsChanged,
    Yen Issued,
    Yen Replayed,
    string? AsOf = null,
    string? TariffVersion = null,
    string? TariffSha256 = null,
    string? ReferenceSha256 = null,
    string? CorrectionsSha256 = null);

/// <summary>A comparison with the other party's call list was attached.</summary>
public sealed record DisputeComparisonAttached(AttachedComparison Comparison, string By, LocalDate On);

/// <summary>A comparison: the other party's file, and what it found by class.</summary>
public sealed record AttachedComparison(string File, string FileSha256, IReadOnlyList<ComparedClass> Totals);

/// <summary>The rows of a class (<c>equal</c>, <c>missing-here</c> …), and their charges on both sides where known.</summary>
public sealed record ComparedClass(string Class, long Rows, Yen? Ours = null, Yen? Theirs = null);

/// <summary>The dispute is decided. <c>Outcome</c> is <c>upheld</c>, <c>partly-upheld</c> or <c>rejected</c>.</summary>
/// <param name="Document">The credit note or adjustment that it led to; null when rejected.</param>
/// <param name="Credited">What that gives back, tax-exclusive yen.</param>
public sealed record DisputeResolved(string Outcome, string Reason, string By, LocalDate On, string? Document, Yen Credited);

/// <summary>Whoever opened the dispute took it back.</summary>
public sealed record DisputeWithdrawn(string Reason, string By, LocalDate On);

/// <summary>Somebody took the dispute's file with full telephone numbers, and why (通信の秘密).</summary>
/// <param name="At">When; null in events from before it was noted, which know it from the log.</param>
public sealed record DisputeNumbersRevealed(string Reason, string By, LocalDate On, Instant? At = null);
