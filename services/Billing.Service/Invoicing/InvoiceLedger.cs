using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;

namespace Billing.Service.Invoicing;

/// <summary>An issued invoice and what was given back on it since, as the events of its stream tell it.</summary>
public sealed class InvoiceLedger
{
    private readonly Dictionary<string, Yen> _credited = new(StringComparer.Ordinal);
    private readonly List<CreditNoteIssued> _notes = [];
    private readonly List<AdjustmentGranted> _adjustments = [];
    private readonly Dictionary<string, string> _settled = new(StringComparer.Ordinal);

    /// <summary>The stream's key.</summary>
    public string Id { get; set; } = "";

    /// <summary>The version of the stream.</summary>
    public long Version { get; set; }

    /// <summary>The invoice; null while the stream has none.</summary>
    public InvoiceIssued? Issued { get; private set; }

    /// <summary>What was credited so far by tax category, tax-exclusive, 0 or more: by credit notes and adjustments.</summary>
    public IReadOnlyDictionary<string, Yen> Credited => _credited;

    public IReadOnlyList<CreditNoteIssued> Notes => _notes;

    public IReadOnlyList<AdjustmentGranted> Adjustments => _adjustments;

    /// <summary>The invoice that carries an adjustment; null while it is pending.</summary>
    public string? SettledBy(string adjustment) => _settled.GetValueOrDefault(adjustment);

    public void Apply(InvoiceIssued issued) => Issued = issued;

    public void Apply(CreditNoteIssued issued)
    {
        _notes.Add(issued);
        Credit(issued.Note.Lines);
    }

    public void Apply(AdjustmentGranted granted)
    {
        _adjustments.Add(granted);
        Credit(granted.Lines);
    }

    public void Apply(AdjustmentSettled settled) => _settled[settled.Adjustment] = settled.Invoice;

    /// <summary>The state after one more event of the stream.</summary>
    /// <exception cref="InvalidDataException">The event is not one of an invoice.</exception>
    public InvoiceLedger Take(object happened)
    {
        switch (happened)
        {
            case InvoiceIssued e: Apply(e); break;
            case CreditNoteIssued e: Apply(e); break;
            case AdjustmentGranted e: Apply(e); break;
            case AdjustmentSettled e: Apply(e); break;
            default: throw new InvalidDataException($"{happened.GetType().Name} is no event of an invoice.");
        }

        Version++;
        return this;
    }

    private void Credit(IReadOnlyList<CreditLineDocument> lines)
    {
        foreach (var (category, given) in CreditNoteCalculator.Given(lines))
        {
            _credited[category] = _credited.GetValueOrDefault(category) + given;
        }
    }
}
