using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using NodaTime;

namespace Billing.Service.Invoicing;

/// <summary>What is to be given back on an invoice, or with amounts above 0 charged afterwards.</summary>
/// <param name="Key">Names the grant for a caller that may ask again: under the same key it is granted once.</param>
/// <param name="Covered">What it takes back of invoiced usage, signed, when calls were corrected; at most one entry a month.</param>
public sealed record GrantRequest(
    GrantAs As,
    IReadOnlyList<CreditLine> Lines,
    string Reason,
    string By,
    IssuerDocument Issuer,
    string? Dispute = null,
    string? Key = null,
    IReadOnlyList<CoveredUsage>? Covered = null);

/// <summary>A document that stands: its number and what it comes to, signed and tax-exclusive.</summary>
/// <param name="Event">The event to append; null when the same was granted before.</param>
public sealed record Grant(string Document, Yen Subtotal, object? Event);

/// <summary>Decides about credits on one invoice. Pure: the same ledger and request give the same document.</summary>
public static class GrantDecider
{
    private const string Rule = "§8";

    /// <param name="at">When it is granted; kept in whole milliseconds.</param>
    public static (Grant? Grant, Refusal? Refusal) Decide(InvoiceLedger? ledger, GrantRequest request, Instant at)
    {
        at = Instant.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        if (ledger?.Issued is not { Invoice: var invoice })
        {
            return (null, new Refusal(Rule, "there is no such invoice"));
        }

        if (request.Key is { } key && Earlier(ledger, key) is { } earlier)
        {
            return (earlier, null);
        }

        if (string.IsNullOrWhiteSpace(request.Reason) || string.IsNullOrWhiteSpace(request.By))
        {
            return (null, new Refusal(Rule, "a credit needs a reason and somebody who grants it"));
        }

        if (LineCredits.Of(ledger).Refuse(request) is { } beyond)
        {
            return (null, beyond);
        }

        var (lines, refusal) = CreditNoteCalculator.Check(invoice, ledger.Credited, request.Lines, raises: request.As == GrantAs.Adjustment);
        return lines is null ? (null, refusal)
            : request.As == GrantAs.CreditNote ? (Note(ledger, request, lines, at), null)
            : (Adjustment(ledger, request, lines, at), null);
    }

    private static Grant Note(InvoiceLedger ledger, GrantRequest request, IReadOnlyList<CreditLineDocument> lines, Instant at)
    {
        var invoice = ledger.Issued!.Invoice;
        var head = new CreditNoteHead(InvoiceKeys.CreditNote(invoice.Number!, ledger.Notes.Count + 1), request.Issuer, request.Reason, request.Dispute);
        var note = CreditNoteCalculator.Note(invoice, ledger.Credited, lines, head) with { IssuedAt = at };
        return new Grant(note.Number, note.Subtotal, new CreditNoteIssued(note, InvoiceKeys.Digest(note), request.By, request.Key, request.Covered));
    }

    private static Grant Adjustment(InvoiceLedger ledger, GrantRequest request, IReadOnlyList<CreditLineDocument> lines, Instant at)
    {
        var invoice = ledger.Issued!.Invoice;
        var number = InvoiceKeys.Adjustment(invoice.Number!, ledger.Adjustments.Count + 1);
        var granted = new AdjustmentGranted(
            number, invoice.Number!, invoice.Contract, invoice.Month, lines, request.Reason, request.By, at, request.Dispute, request.Key, request.Covered);
        return new Grant(number, Sum(lines), granted);
    }

    private static Grant? Earlier(InvoiceLedger ledger, string key) =>
        ledger.Notes.FirstOrDefault(issued => issued.Key == key) is { } note ? new Grant(note.Note.Number, note.Note.Subtotal, null)
        : ledger.Adjustments.FirstOrDefault(granted => granted.Key == key) is { } adjustment ? new Grant(adjustment.Adjustment, Sum(adjustment.Lines), null)
        : null;

    private static Yen Sum(IReadOnlyList<CreditLineDocument> lines) => lines.Aggregate(Yen.Zero, (sum, line) => sum + line.Amount);
}
