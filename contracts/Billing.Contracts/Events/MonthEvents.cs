using NodaTime;

namespace Billing.Contracts.Events;

/// <summary>Somebody looked at the draft of a month and approved that it is issued; on <c>month-{yyyy-MM}</c>.</summary>
/// <param name="Draft">SHA-256 over the documents of the draft: another draft has another.</param>
/// <param name="Invoices">How many invoices the draft had.</param>
/// <param name="Total">Yen with tax, all of them together.</param>
/// <param name="Known">The state of knowledge that it was made with.</param>
public sealed record MonthApproved(UsageMonth Month, string Draft, int Invoices, Yen Total, long Known, string By, Instant At);
