using Billing.Contracts;
using Billing.Service.Ingestion;

namespace Billing.Service.Corrections;

/// <summary>What a roll-back takes from the usage of one contract and month.</summary>
/// <param name="Contract">Empty for calls that nobody holds.</param>
/// <param name="Charge">Their exact charges.</param>
/// <param name="OnInvoices">Calls that issued invoices cover: they are left for documents.</param>
public sealed record RollbackEffect(string Contract, UsageMonth Month, long Calls, Yen Charge, long OnInvoices);

/// <summary>What a roll-back did, or would do.</summary>
/// <param name="Calls">Calls voided.</param>
/// <param name="Suspended">Records voided that were suspended.</param>
/// <param name="OnInvoices">Calls left as they are, because issued invoices cover them.</param>
/// <param name="IsWhole">Nothing is left: the same bytes sent again are taken in.</param>
/// <param name="DuplicatesSince">
/// Files received since that counted records as duplicates. Where those were records of this file, they must be rolled back and sent again too.
/// </param>
public sealed record RollbackReport(
    IReadOnlyList<DeliveryEntry> Attempts, bool Written, long Calls, long Suspended, long OnInvoices, bool IsWhole, IReadOnlyList<RollbackEffect> Effects,
    IReadOnlyList<DeliveryEntry> DuplicatesSince);
