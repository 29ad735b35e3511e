using Billing.Contracts.Documents;

namespace Billing.Contracts.Events;

/// <summary>
/// An invoice was issued: on <c>invoice-{contract}-{month}</c>. Carries the whole frozen document and its digest (SHA-256
/// over its JSON without the issue instant), the tariff version and the state of knowledge it was computed with, and what it covered.
/// </summary>
/// <param name="Adjustments">The adjustments that it carries, in order; absent when there are none.</param>
public sealed record InvoiceIssued(
    InvoiceDocument Invoice, string Digest, string TariffVersion, long Known, IReadOnlyList<CoveredUsage> Covered, IReadOnlyList<string>? Adjustments = null);

/// <summary>
/// The usage of one month that an invoice billed, with exact sums. <c>StreamVersion</c> is that of the closing event on the
/// month's usage stream, <c>Digest</c> is that of the closing event, which seals the events before it; the limit's changes are
/// signed as on the invoice.
/// </summary>
public sealed record CoveredUsage(
    UsageMonth Month,
    IReadOnlyList<CoveredLine> Lines,
    long Unanswered,
    long TailMs,
    Yen TailCharge,
    Yen LimitChangeS,
    Yen LimitChangeG,
    long StreamVersion,
    string Digest);

public sealed record CoveredLine(string Class, string? Carrier, string TaxCategory, long Calls, long ChargeableMs, Yen Sum, Yen Amount);
