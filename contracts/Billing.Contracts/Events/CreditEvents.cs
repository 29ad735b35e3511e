using Billing.Contracts.Documents;
using NodaTime;

namespace Billing.Contracts.Events;

/// <summary>
/// A credit note was issued: on the stream of the invoice that it takes back from. Carries the whole frozen document and
/// its digest (SHA-256 over its JSON without the issue instant).
/// </summary>
/// <param name="Key">What the caller knows the grant by: asked for again under it, nothing more is granted.</param>
/// <param name="Covered">What it takes back of usage months that invoices covered, signed; null when the calls stand.</param>
public sealed record CreditNoteIssued(CreditNoteDocument Note, string Digest, string By, string? Key = null, IReadOnlyList<CoveredUsage>? Covered = null);

/// <summary>
/// An adjustment was granted on an invoice: on that invoice's stream. It has no document of its own; the contract's next invoice
/// carries its lines in the section <c>adjustment</c>.
/// </summary>
/// <param name="Adjustment">The invoice's number, <c>-ADJ</c> and a number that counts the adjustments of that invoice.</param>
/// <param name="Lines">Signed: below 0 a credit, above 0 a charge that was raised.</param>
/// <param name="Key">As on <see cref="CreditNoteIssued"/>.</param>
/// <param name="Covered">As on <see cref="CreditNoteIssued"/>.</param>
public sealed record AdjustmentGranted(
    string Adjustment,
    string Invoice,
    string Contract,
    UsageMonth Month,
    IReadOnlyList<CreditLineDocument> Lines,
    string Reason,
    string By,
    Instant GrantedAt,
    string? Dispute = null,
    string? Key = null,
    IReadOnlyList<CoveredUsage>? Covered = null);

/// <summary>An adjustment is on an issued invoice: on the stream of the invoice that it corrects. Its id follows from the adjustment, so it happens once.</summary>
/// <param name="Invoice">The number of the invoice that carries it.</param>
public sealed record AdjustmentSettled(string Adjustment, string Invoice);
