using Billing.Contracts;
using Billing.Contracts.Documents;

namespace Billing.Service.Replay;

/// <summary>Compares two invoices of a contract line by line.</summary>
internal static class CompareInvoices
{
    private const string TaxSection = "tax";

    public static ContractDifference Of(string contract, Drawn old, Drawn other, string baseline, long late)
    {
        var (before, after) = (Rows(old.Invoice), Rows(other.Invoice));
        var lines = before.Keys.Union(after.Keys)
            .Select(key => Of(key, before.GetValueOrDefault(key), after.GetValueOrDefault(key)))
            .Where(line => line.Old != line.New)
            .ToList();
        return new ContractDifference(
            contract,
            baseline,
            lines,
            AmountsOf(old.Invoice),
            AmountsOf(other.Invoice),
            (other.Invoice?.Total ?? Yen.Zero) - (old.Invoice?.Total ?? Yen.Zero),
            late,
            old.Refusal?.ToString(),
            other.Refusal?.ToString());
    }

    private static Amounts? AmountsOf(InvoiceDocument? invoice) => invoice is null ? null : new Amounts(invoice.Subtotal, invoice.Tax, invoice.Total);

    private static LineDifference Of(Key key, LineFigures? old, LineFigures? other) => new(
        key.Section, key.Code, key.Detail, key.Month, key.TaxCategory, old, other, (other?.Amount ?? Yen.Zero) - (old?.Amount ?? Yen.Zero));

    /// <summary>The rows in the order of the invoice; stretches of one option are one row.</summary>
    private static Dictionary<Key, LineFigures> Rows(InvoiceDocument? invoice)
    {
        var rows = new Dictionary<Key, LineFigures>();
        foreach (var line in invoice?.Lines ?? [])
        {
            Add(new Key(line.Section, line.Code, line.Detail, line.Month, line.TaxCategory), new LineFigures(line.Quantity, line.Seconds, line.Amount));
        }

        foreach (var tax in invoice?.Taxes ?? [])
        {
            Add(new Key(TaxSection, tax.Rate.ToString(), null, null, tax.Category), new LineFigures(null, null, tax.Tax));
        }

        return rows;

        void Add(Key key, LineFigures figures) => rows[key] = rows.TryGetValue(key, out var sum)
            ? new LineFigures(sum.Quantity + figures.Quantity, sum.Seconds + figures.Seconds, sum.Amount + figures.Amount)
            : figures;
    }

    private readonly record struct Key(string Section, string Code, string? Detail, UsageMonth? Month, string TaxCategory);
}

/// <summary>An invoice, the reason why there is none, or neither: nothing to bill.</summary>
internal readonly record struct Drawn(InvoiceDocument? Invoice, Refusal? Refusal);
