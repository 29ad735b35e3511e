using Billing.Contracts.Documents;

namespace Billing.Contracts.Events;

/// <summary>
/// An invoice was issued: on <c>invoice-{contract}-{month}</c>. Carries the whole frozen document, what it covered and the
/// state of knowledge it was computed with.
/// </summary>
public sealed record InvoiceIssued(InvoiceDocument Invoice, string TariffVersion, long Known, IReadOnlyList<CoveredUsage> Covered);

/// <summary>The usage of one month that an invoice billed, with exact sums, and the digest of the usage stream up to there.</summary>
public sealed record CoveredUsage(UsageMonth Month, IReadOnlyList<CoveredLine> Lines, long Unanswered, Yen LimitChangeS, Yen LimitChangeG, string Digest);

public sealed record CoveredLine(string Class, string? Carrier, string TaxCategory, long Calls, long ChargeableMs, Yen Sum, Yen Amount);
