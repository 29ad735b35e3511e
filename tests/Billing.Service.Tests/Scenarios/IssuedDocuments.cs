using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Invoicing;

namespace Billing.Service.Tests.Scenarios;

/// <summary>All documents of a world, computed over without the service's own arithmetic.</summary>
internal sealed class IssuedDocuments
{
    public List<InvoiceIssued> Invoices { get; } = [];

    public List<CreditNoteIssued> Notes { get; } = [];

    public List<AdjustmentGranted> Adjustments { get; } = [];

    /// <summary>Lines and taxes give the totals; tax is once per category and rate; the digests are theirs.</summary>
    public void ShouldAddUp()
    {
        foreach (var issued in Invoices)
        {
            var invoice = issued.Invoice;
            invoice.Subtotal.ShouldBe(Sum(invoice.Lines.Select(line => line.Amount)), invoice.Number);
            ShouldHaveTotals(invoice.Taxes, invoice.Subtotal, invoice.Tax, invoice.Total);
            foreach (var tax in invoice.Taxes)
            {
                tax.Tax.ToDecimal().ShouldBe(decimal.Truncate(tax.Taxable.ToDecimal() * tax.Rate.Fraction), invoice.Number);
            }

            issued.Digest.ShouldBe(InvoiceKeys.Digest(invoice with { IssuedAt = null }));
        }

        foreach (var note in Notes.Select(issued => issued.Note))
        {
            note.Subtotal.ShouldBe(Sum(note.Lines.Select(line => line.Amount)), note.Number);
            ShouldHaveTotals(note.Taxes, note.Subtotal, note.Tax, note.Total);
        }
    }

    /// <summary>Credit notes and adjustments together never take more from a category of an invoice than it has, in money and in tax.</summary>
    public void ShouldNeverGiveBackMoreThanWasBilled()
    {
        foreach (var invoice in Invoices.Select(issued => issued.Invoice))
        {
            var credits = Notes.Where(note => note.Note.Invoice.Number == invoice.Number).SelectMany(note => note.Note.Lines)
                .Concat(Adjustments.Where(granted => granted.Invoice == invoice.Number).SelectMany(granted => granted.Lines))
                .ToList();
            foreach (var category in credits.GroupBy(line => line.TaxCategory))
            {
                var billed = Sum(invoice.Lines.Where(line => line.TaxCategory == category.Key).Select(line => line.Amount));
                (billed + Sum(category.Select(line => line.Amount))).ShouldBeGreaterThanOrEqualTo(Yen.Zero, $"{invoice.Number} {category.Key}");
            }

            (invoice.Total + Sum(Notes.Where(note => note.Note.Invoice.Number == invoice.Number).Select(note => note.Note.Total)))
                .ShouldBeGreaterThanOrEqualTo(Yen.Zero, invoice.Number);
        }
    }

    /// <summary>An adjustment is on one later invoice at most, in full, and no line of an invoice is an adjustment that nobody granted.</summary>
    public void ShouldSettleAdjustmentsOnce()
    {
        var settled = Invoices.SelectMany(issued => issued.Adjustments ?? []).ToList();
        settled.ShouldBeUnique();
        settled.ShouldBeSubsetOf(Adjustments.Select(granted => granted.Adjustment));
        foreach (var issued in Invoices)
        {
            var granted = Adjustments.Where(granted => issued.Adjustments?.Contains(granted.Adjustment) ?? false).ToList();
            granted.ShouldAllBe(adjustment => adjustment.Contract == issued.Invoice.Contract && adjustment.Month < issued.Invoice.Month);
            Sum(issued.Invoice.Lines.Where(line => line.Section == "adjustment").Select(line => line.Amount))
                .ShouldBe(Sum(granted.SelectMany(adjustment => adjustment.Lines).Select(line => line.Amount)), issued.Invoice.Number);
        }
    }

    /// <summary>
    /// What documents carry of the usage of a month: the usage, prior usage and limit lines of invoices, and what came with
    /// corrections of calls; a credit that covers no usage is not among it.
    /// </summary>
    public decimal Carried(string contract, string month) =>
        Invoices.Where(issued => issued.Invoice.Contract == contract).SelectMany(issued => issued.Invoice.Lines)
            .Where(line => line.Section is "usage" or "prior-usage" or "limit" && line.Month.ToString() == month)
            .Sum(line => line.Amount.ToDecimal())
        + Notes.Where(note => note.Note.Contract == contract && Covers(note.Covered, month)).SelectMany(note => note.Note.Lines).Sum(line => line.Amount.ToDecimal())
        + Adjustments.Where(granted => granted.Contract == contract && Covers(granted.Covered, month)).SelectMany(granted => granted.Lines).Sum(line => line.Amount.ToDecimal());

    private static bool Covers(IReadOnlyList<CoveredUsage>? covered, string month) => covered?.Any(usage => usage.Month.ToString() == month) ?? false;

    private static void ShouldHaveTotals(IReadOnlyList<InvoiceTaxDocument> taxes, Yen subtotal, Yen tax, Yen total)
    {
        tax.ShouldBe(Sum(taxes.Select(entry => entry.Tax)));
        total.ShouldBe(subtotal + tax);
    }

    private static Yen Sum(IEnumerable<Yen> amounts) => amounts.Aggregate(Yen.Zero, (sum, amount) => sum + amount);
}
