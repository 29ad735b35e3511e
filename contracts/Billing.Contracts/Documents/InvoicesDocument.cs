using NodaTime;

namespace Billing.Contracts.Documents;

/// <summary><c>invoices.json</c>, sorted by contract.</summary>
public sealed record InvoicesDocument
{
    public required IReadOnlyList<InvoiceDocument> Invoices { get; init; }
}

/// <summary>The invoice of one contract and month: a draft, or with <see cref="Number"/> and what follows it an issued one.</summary>
public sealed record InvoiceDocument
{
    public required string Contract { get; init; }

    public required UsageMonth Month { get; init; }

    public required string Customer { get; init; }

    public required IReadOnlyList<InvoiceLineDocument> Lines { get; init; }

    public required IReadOnlyList<InvoiceTaxDocument> Taxes { get; init; }

    public required Yen Subtotal { get; init; }

    public required Yen Tax { get; init; }

    public required Yen Total { get; init; }

    public required InvoiceUsageDocument Usage { get; init; }

    /// <summary>The invoice number, once issued.</summary>
    public string? Number { get; init; }

    public Instant? IssuedAt { get; init; }

    public IssuerDocument? Issuer { get; init; }

    public LocalDate? DueOn { get; init; }
}

/// <summary>One line. <c>amount</c> is whole tax-exclusive yen; <c>seconds</c> is the chargeable time of a usage line.</summary>
public sealed record InvoiceLineDocument
{
    public required string Section { get; init; }

    public required string Code { get; init; }

    public string? Detail { get; init; }

    public required UsageMonth Month { get; init; }

    public required long Quantity { get; init; }

    public Seconds? Seconds { get; init; }

    public required Yen Amount { get; init; }

    public required string TaxCategory { get; init; }

    /// <summary>The tax rate of the line where it is another than the document's: an adjustment keeps its original invoice's.</summary>
    public TaxRate? Rate { get; init; }
}

/// <summary>Tax of one category and rate, computed once per invoice (適格請求書).</summary>
public sealed record InvoiceTaxDocument
{
    public required string Category { get; init; }

    public required Yen Taxable { get; init; }

    public required TaxRate Rate { get; init; }

    public required Yen Tax { get; init; }
}

/// <summary>The month's usage beside its limit, for the reader of the invoice.</summary>
public sealed record InvoiceUsageDocument
{
    public required Yen Amount { get; init; }

    /// <summary>The month's limit; null without one, and then written as null.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    public required Yen? Limit { get; init; }

    public required Yen Adjustment { get; init; }

    public required long Calls { get; init; }

    public required long Unanswered { get; init; }

    public required Seconds TailSeconds { get; init; }

    public required Yen TailCharge { get; init; }
}

/// <summary>Who issues the invoice: name and registration number <c>T</c> + 13 digits.</summary>
public sealed record IssuerDocument
{
    public required string Name { get; init; }

    public required string RegistrationNumber { get; init; }
}
