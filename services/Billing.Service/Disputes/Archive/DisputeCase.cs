using Billing.Contracts.Events;

namespace Billing.Service.Disputes.Archive;

/// <summary>What a dispute's archive is made of: the dispute, its events in order, the invoice, and what was given back.</summary>
/// <param name="Note">The credit note that the dispute led to.</param>
/// <param name="Adjustment">The adjustment that it led to.</param>
/// <param name="IsRevealed">True when numbers are shown in full.</param>
public sealed record DisputeCase(
    DisputeView Dispute,
    IReadOnlyList<DisputeCaseEvent> Events,
    InvoiceIssued Invoice,
    CreditNoteIssued? Note,
    AdjustmentGranted? Adjustment,
    bool IsRevealed);

/// <summary>An event of the dispute under its stored name.</summary>
public sealed record DisputeCaseEvent(long Version, string Type, object Data);
