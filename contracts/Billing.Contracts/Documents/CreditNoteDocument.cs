using NodaTime;

namespace Billing.Contracts.Documents;

/// <summary>
/// A credit note (適格返還請求書): a negative document that takes back a part of one issued invoice, with the items that a
/// qualified return invoice must show. It never changes.
/// </summary>
public sealed record CreditNoteDocument
{
    /// <summary>The invoice's number, <c>-CN</c> and a number that counts the credit notes of that invoice without gaps.</summary>
    public required string Number { get; init; }

    public required OriginalInvoiceDocument Invoice { get; init; }

    public required string Contract { get; init; }

    public required string Customer { get; init; }

    public required IssuerDocument Issuer { get; init; }

    public required IReadOnlyList<CreditLineDocument> Lines { get; init; }

    /// <summary>Once per category and rate, all amounts 0 or less.</summary>
    public required IReadOnlyList<InvoiceTaxDocument> Taxes { get; init; }

    public required Yen Subtotal { get; init; }

    public required Yen Tax { get; init; }

    public required Yen Total { get; init; }

    public required string Reason { get; init; }

    /// <summary>The dispute that led to it; null for a finance adjustment.</summary>
    public string? Dispute { get; init; }

    /// <summary>The date of the return is that of this instant in Tokyo.</summary>
    public Instant? IssuedAt { get; init; }
}

/// <summary>The invoice that a credit note takes back from: when it was issued, and the month of the original supply.</summary>
public sealed record OriginalInvoiceDocument
{
    public required string Number { get; init; }

    public required LocalDate IssuedOn { get; init; }

    public required UsageMonth Month { get; init; }
}

/// <summary>One line of a credit note or of an adjustment: whole tax-exclusive yen, signed, and the original invoice's rate.</summary>
public sealed record CreditLineDocument
{
    /// <summary>The code of the invoice line that it corrects, or <c>credit</c>.</summary>
    public required string Code { get; init; }

    public string? Detail { get; init; }

    /// <summary>The month of the original supply.</summary>
    public required UsageMonth Month { get; init; }

    public required Yen Amount { get; init; }

    public required string TaxCategory { get; init; }

    public required TaxRate Rate { get; init; }
}
