using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Invoicing;
using NodaTime;

namespace Billing.Rating.Tests;

/// <summary>What may be credited on an invoice, and the tax of it (rating rules, section 8).</summary>
public sealed class CreditNoteTests
{
    private static readonly Dictionary<string, Yen> Nothing = [];

    [Fact]
    public void Pain14_an_invoice_credited_in_parts_ends_at_exactly_its_total_and_tax()
    {
        var invoice = Invoice(s: 105, g: 9);
        var credited = new Dictionary<string, Yen>();
        var notes = new List<CreditNoteDocument>();
        foreach (var (category, yen) in new[] { ("S", 35), ("S", 35), ("G", 4), ("S", 35), ("G", 5) })
        {
            notes.Add(Credit(invoice, credited, (category, yen)));
        }

        // each part alone would be 3.5 yen of tax; rounded one by one they would end at 9
        notes.Select(note => $"{note.Tax}").ShouldBe(["-3", "-4", "0", "-3", "0"]);
        Sum(notes.Select(note => note.Tax)).ShouldBe(-invoice.Tax);
        Sum(notes.Select(note => note.Total)).ShouldBe(-invoice.Total);
        CreditNoteCalculator.Check(invoice, credited, [Line("S", -1)], raises: false).Refusal.ShouldNotBeNull();
    }

    [Fact]
    public void S8_a_credit_note_bears_one_tax_per_rate_and_names_the_original()
    {
        var invoice = Invoice(s: 1000, g: 90);

        var note = Credit(invoice, [], ("S", 105), ("S", 105), ("S", 105), ("G", 9));

        note.Taxes.Select(tax => $"{tax.Category} {tax.Taxable} {tax.Rate} {tax.Tax}").ShouldBe(["G -9 0 0", "S -315 0.10 -31"]);
        (note.Subtotal, note.Tax, note.Total).ShouldBe((Yen.Whole(-324), Yen.Whole(-31), Yen.Whole(-355)));
        note.Invoice.ShouldBe(new OriginalInvoiceDocument { Number = "202610-C-1", IssuedOn = new LocalDate(2026, 11, 2), Month = new UsageMonth(2026, 10) });
        (note.Number, note.Customer, note.Issuer.RegistrationNumber).ShouldBe(("202610-C-1-CN1", "株式会社サンプル", "T8999900000001"));
    }

    [Fact]
    public void S8_a_credit_keeps_the_rate_of_its_invoice()
    {
        var invoice = Invoice(s: 1000, g: 0, rate: 0.08m);

        var note = Credit(invoice, [], ("S", 999));

        (note.Tax, note.Lines[0].Rate.Fraction).ShouldBe((Yen.Whole(-79), 0.08m));
    }

    [Theory]
    [InlineData("S", "-101", "more than the 100 yen")]
    [InlineData("G", "-10", "more than the 9 yen")]
    [InlineData("O", "-1", "nothing of tax category O")]
    [InlineData("S", "-0.5", "not whole yen")]
    [InlineData("S", "0", "an amount is 0")]
    [InlineData("S", "1", "only gives back")]
    public void S8_what_the_invoice_does_not_hold_is_refused(string category, string amount, string because)
    {
        var (lines, refusal) = CreditNoteCalculator.Check(
            Invoice(s: 100, g: 9), Nothing, [new CreditLine("credit", null, new UsageMonth(2026, 10), Yen.Parse(amount), category)], raises: false);

        lines.ShouldBeNull();
        refusal!.Rule.ShouldBe("§8");
        refusal.Message.ShouldContain(because);
    }

    [Fact]
    public void S8_lines_that_together_exceed_the_invoice_are_refused() =>
        CreditNoteCalculator.Check(Invoice(s: 100, g: 9), Nothing, [Line("S", -60), Line("S", -41)], raises: false).Refusal!.Message.ShouldContain("101 yen of category S");

    [Fact]
    public void S8_nothing_is_no_credit() => CreditNoteCalculator.Check(Invoice(s: 100, g: 9), Nothing, [], raises: false).Refusal!.Message.ShouldContain("nothing to credit");

    [Fact]
    public void S8_an_adjustment_may_raise_a_charge_and_that_does_not_widen_what_can_be_credited()
    {
        var invoice = Invoice(s: 100, g: 0);
        CreditNoteCalculator.Check(invoice, Nothing, [Line("S", 500)], raises: true).Lines.ShouldHaveSingleItem().Amount.ShouldBe(Yen.Whole(500));
        CreditNoteCalculator.Given([.. CreditNoteCalculator.Check(invoice, Nothing, [Line("S", 500)], raises: true).Lines!])["S"].ShouldBe(Yen.Zero);
        CreditNoteCalculator.Left(invoice, Nothing, "S").ShouldBe(Yen.Whole(100));
    }

    [Fact]
    public void S8_an_invoice_that_is_negative_itself_can_not_be_credited() =>
        CreditNoteCalculator.Check(Invoice(s: -5, g: 0), Nothing, [Line("S", -1)], raises: false).Refusal!.Message.ShouldContain("more than the 0 yen");

    internal static CreditLine Line(string category, long yen) => new("credit", null, new UsageMonth(2026, 10), Yen.Whole(yen), category);

    internal static InvoiceDocument Invoice(long s, long g, decimal rate = 0.10m)
    {
        IReadOnlyList<InvoiceLineDocument> lines =
        [
            new InvoiceLineDocument { Section = "usage", Code = "fixed", Month = new UsageMonth(2026, 10), Quantity = 1, Amount = Yen.Whole(s), TaxCategory = "S" },
            new InvoiceLineDocument { Section = "usage", Code = "international", Month = new UsageMonth(2026, 10), Quantity = 1, Amount = Yen.Whole(g), TaxCategory = "G" },
        ];
        var taxes = InvoiceCalculator.Taxes(lines, new TaxRate(rate));
        var (subtotal, tax) = (Yen.Whole(s + g), Sum(taxes.Select(row => row.Tax)));
        return new InvoiceDocument
        {
            Contract = "C-1",
            Month = new UsageMonth(2026, 10),
            Customer = "株式会社サンプル",
            Lines = lines,
            Taxes = taxes,
            Subtotal = subtotal,
            Tax = tax,
            Total = subtotal + tax,
            Usage = new InvoiceUsageDocument { Amount = subtotal, Limit = null, Adjustment = Yen.Zero, Calls = 2, Unanswered = 0, TailSeconds = default, TailCharge = Yen.Zero },
            Number = "202610-C-1",
            IssuedAt = Instant.FromUtc(2026, 11, 1, 15, 0),
            Issuer = new IssuerDocument { Name = "発行者", RegistrationNumber = "T8999900000001" },
            DueOn = new LocalDate(2026, 11, 30),
        };
    }

    /// <summary>Credits amounts and notes them as credited.</summary>
    internal static CreditNoteDocument Credit(InvoiceDocument invoice, Dictionary<string, Yen> credited, params (string Category, long Yen)[] amounts)
    {
        var (lines, refusal) = CreditNoteCalculator.Check(invoice, credited, [.. amounts.Select(amount => Line(amount.Category, -amount.Yen))], raises: false);
        refusal.ShouldBeNull();
        var note = CreditNoteCalculator.Note(invoice, credited, lines!, new CreditNoteHead("202610-C-1-CN1", invoice.Issuer!, "test", null));
        foreach (var (category, given) in CreditNoteCalculator.Given(lines!))
        {
            credited[category] = credited.GetValueOrDefault(category) + given;
        }

        return note;
    }

    private static Yen Sum(IEnumerable<Yen> amounts) => amounts.Aggregate(Yen.Zero, (sum, amount) => sum + amount);
}
