using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Invoicing;
using CsCheck;

namespace Billing.Rating.Tests;

/// <summary>Whatever is credited in whatever parts: never more than the invoice, and all of it is exactly the invoice.</summary>
public sealed class CreditNoteLaws
{
    private static readonly Gen<(InvoiceDocument Invoice, (bool Abroad, int Yen)[] Attempts)> Cases = Gen.Select(
        Gen.Select(Gen.Long[0, 2_000], Gen.Long[0, 300], Gen.OneOf(Gen.Const(0.10m), Gen.Const(0.08m), Gen.Const(0.05m))),
        Gen.Select(Gen.Bool, Gen.Int[1, 700]).Array[0, 25],
        (invoice, attempts) => (CreditNoteTests.Invoice(invoice.Item1, invoice.Item2, invoice.Item3), attempts));

    [Fact]
    public void S8_any_sequence_of_credits_stays_within_the_invoice_in_every_category_and_in_tax() =>
        Law.Holds(Cases, "0000EQj4QNy7", 2_000, @case =>
        {
            var (invoice, attempts) = @case;
            var credited = new Dictionary<string, Yen>();
            var notes = Attempt(invoice, credited, attempts);

            foreach (var row in invoice.Taxes)
            {
                var rows = notes.SelectMany(note => note.Taxes).Where(tax => tax.Category == row.Category).ToList();
                (-Sum(rows.Select(tax => tax.Taxable)) <= row.Taxable).ShouldBeTrue();
                (-Sum(rows.Select(tax => tax.Tax)) <= row.Tax).ShouldBeTrue();
                rows.ShouldAllBe(tax => tax.Tax <= Yen.Zero && tax.Tax.IsWhole && tax.Rate == row.Rate);
                (row.Taxable - credited.GetValueOrDefault(row.Category)).ShouldBe(CreditNoteCalculator.Left(invoice, credited, row.Category));
            }
        });

    [Fact]
    public void Pain14_full_credit_in_any_parts_is_the_total_and_tax_of_the_invoice() =>
        Law.Holds(Cases, "0000000031a8", 2_000, @case =>
        {
            var (invoice, attempts) = @case;
            var credited = new Dictionary<string, Yen>();
            var notes = Attempt(invoice, credited, attempts);

            // what is left, as the last part
            foreach (var category in invoice.Taxes.Select(row => row.Category))
            {
                var left = CreditNoteCalculator.Left(invoice, credited, category);
                if (!left.IsZero)
                {
                    notes.Add(CreditNoteTests.Credit(invoice, credited, (category, (long)(left.Units / Yen.UnitsPerYen))));
                }
            }

            Sum(notes.Select(note => note.Subtotal)).ShouldBe(-invoice.Subtotal);
            Sum(notes.Select(note => note.Tax)).ShouldBe(-invoice.Tax);
            Sum(notes.Select(note => note.Total)).ShouldBe(-invoice.Total);
            notes.ShouldAllBe(note => note.Total == note.Subtotal + note.Tax);
        });

    /// <summary>The attempts that are not refused; one is refused exactly when it is more than what is left.</summary>
    private static List<CreditNoteDocument> Attempt(InvoiceDocument invoice, Dictionary<string, Yen> credited, (bool Abroad, int Yen)[] attempts)
    {
        var notes = new List<CreditNoteDocument>();
        foreach (var (abroad, yen) in attempts)
        {
            var category = abroad ? "G" : "S";
            var fits = Yen.Whole(yen) <= CreditNoteCalculator.Left(invoice, credited, category);
            (CreditNoteCalculator.Check(invoice, credited, [CreditNoteTests.Line(category, -yen)], raises: false).Refusal is null).ShouldBe(fits);
            if (fits)
            {
                notes.Add(CreditNoteTests.Credit(invoice, credited, (category, yen)));
            }
        }

        return notes;
    }

    private static Yen Sum(IEnumerable<Yen> amounts) => amounts.Aggregate(Yen.Zero, (sum, amount) => sum + amount);
}
