using Billing.Contracts.Events;

namespace Billing.Service.Evidence;

/// <summary>The credit notes and adjustments on the invoices of one month, as their events tell them, each with its stream.</summary>
internal sealed class MonthCredits
{
    private readonly Dictionary<string, int> _notesOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _adjustmentsOf = new(StringComparer.Ordinal);

    public List<(string Stream, CreditNoteIssued Issued)> Notes { get; } = [];

    public List<(string Stream, AdjustmentGranted Granted)> Adjustments { get; } = [];

    /// <summary>What they took back of invoiced usage.</summary>
    public List<CoveringDocument> Covering { get; } = [];

    /// <summary>The invoices that carry adjustments, by the adjustment.</summary>
    public Dictionary<string, string> Settled { get; } = new(StringComparer.Ordinal);

    public bool IsEmpty => Notes.Count + Adjustments.Count + Settled.Count == 0;

    /// <summary>Which number the next credit note of an invoice has.</summary>
    public int NextNote(string stream) => _notesOf[stream] = _notesOf.GetValueOrDefault(stream) + 1;

    /// <summary>Which number the next adjustment of an invoice has.</summary>
    public int NextAdjustment(string stream) => _adjustmentsOf[stream] = _adjustmentsOf.GetValueOrDefault(stream) + 1;
}
