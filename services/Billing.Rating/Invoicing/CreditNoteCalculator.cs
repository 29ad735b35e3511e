using Billing.Contracts;
using Billing.Contracts.Documents;

namespace Billing.Rating.Invoicing;

/// <summary>
/// How much of an invoice may still be credited, and the tax of each credit. Credits are credit notes and adjustments alike: their sum
/// never exceeds the invoice in any tax category. The tax of a credit is what the tax on all credits so far grows by, so
/// that an invoice credited in parts ends at exactly its own tax.
/// </summary>
public static class CreditNoteCalculator
{
    private const string Rule = "§8";

    /// <summary>What may still be credited in a category, tax-exclusive: its taxable amount less earlier credits, never below 0.</summary>
    /// <param name="credited">What was credited so far, by category; all 0 or more.</param>
    public static Yen Left(InvoiceDocument invoice, IReadOnlyDictionary<string, Yen> credited, string category) =>
        RowOf(invoice, category) is { } row ? Yen.Max(Yen.Zero, row.Taxable - credited.GetValueOrDefault(category)) : Yen.Zero;

    /// <summary>What lines give back, by category: what they come to below 0, positive. Lines of one category count against each other.</summary>
    public static IReadOnlyDictionary<string, Yen> Given(IEnumerable<CreditLineDocument> lines) =>
        lines.GroupBy(line => line.TaxCategory, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => Yen.Max(Yen.Zero, -Sum(group.Select(line => line.Amount))), StringComparer.Ordinal);

    /// <summary>The lines with the original invoice's rates, or why they may not be granted.</summary>
    /// <param name="raises">True when an amount may be above 0: an adjustment may raise a charge, a credit note may not.</param>
    public static (IReadOnlyList<CreditLineDocument>? Lines, Refusal? Refusal) Check(
        InvoiceDocument invoice, IReadOnlyDictionary<string, Yen> credited, IReadOnlyList<CreditLine> lines, bool raises)
    {
        if (lines.Count == 0)
        {
            return (null, new Refusal(Rule, "there is nothing to credit: an amount is needed"));
        }

        var rated = new List<CreditLineDocument>(lines.Count);
        foreach (var line in lines)
        {
            if (RefuseLine(invoice, line) is { } refusal)
            {
                return (null, refusal);
            }

            rated.Add(new CreditLineDocument
            {
                Code = line.Code,
                Detail = line.Detail,
                Month = line.Month,
                Amount = line.Amount,
                TaxCategory = line.TaxCategory,
                Rate = RowOf(invoice, line.TaxCategory)!.Rate,
            });
        }

        // lines of one category count against each other: a corrected limit takes back a part of what corrected calls give
        var rises = lines.GroupBy(line => line.TaxCategory, StringComparer.Ordinal).Select(group => Sum(group.Select(line => line.Amount))).Where(sum => !sum.IsNegative).ToList();
        if (!raises && rises is [var rise, ..])
        {
            return (null, new Refusal(Rule, $"a credit note only gives back: {rise} is not below 0"));
        }

        return RefuseSum(invoice, credited, Given(rated)) is { } tooMuch ? (null, tooMuch) : (rated, null);
    }

    /// <summary>The tax rows of a credit, once per category; all amounts 0 or less.</summary>
    public static IReadOnlyList<InvoiceTaxDocument> Taxes(InvoiceDocument invoice, IReadOnlyDictionary<string, Yen> credited, IReadOnlyList<CreditLineDocument> lines) =>
        [.. Given(lines)
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry =>
            {
                var rate = RowOf(invoice, entry.Key)!.Rate;
                var before = credited.GetValueOrDefault(entry.Key);
                return new InvoiceTaxDocument
                {
                    Category = entry.Key,
                    Taxable = -entry.Value,
                    Rate = rate,
                    Tax = before.TaxAt(rate.Fraction) - (before + entry.Value).TaxAt(rate.Fraction),
                };
            })];

    /// <summary>The credit note over lines that <see cref="Check"/> let pass; not yet issued.</summary>
    public static CreditNoteDocument Note(
        InvoiceDocument invoice, IReadOnlyDictionary<string, Yen> credited, IReadOnlyList<CreditLineDocument> lines, CreditNoteHead head)
    {
        var taxes = Taxes(invoice, credited, lines);
        var subtotal = Sum(lines.Select(line => line.Amount));
        var tax = Sum(taxes.Select(row => row.Tax));
        return new CreditNoteDocument
        {
            Number = head.Number,
            Invoice = new OriginalInvoiceDocument
            {
                Number = invoice.Number!,
                IssuedOn = Tokyo.Date(Tokyo.DayOf(invoice.IssuedAt!.Value.ToUnixTimeMilliseconds())),
                Month = invoice.Month,
            },
            Contract = invoice.Contract,
            Customer = invoice.Customer,
            Issuer = head.Issuer,
            Lines = lines,
            Taxes = taxes,
            Subtotal = subtotal,
            Tax = tax,
            Total = subtotal + tax,
            Reason = head.Reason,
            Dispute = head.Dispute,
        };
    }

    private static Refusal? RefuseLine(InvoiceDocument invoice, CreditLine line) =>
        RowOf(invoice, line.TaxCategory) is null ? new Refusal(Rule, $"invoice {invoice.Number} has nothing of tax category {line.TaxCategory}")
        : !line.Amount.IsWhole ? new Refusal(Rule, $"{line.Amount} is not whole yen")
        : line.Amount.IsZero ? new Refusal(Rule, "an amount is 0")
        : null;

    /// <summary>Neither in a category nor in all is more given back than the invoice still has.</summary>
    private static Refusal? RefuseSum(InvoiceDocument invoice, IReadOnlyDictionary<string, Yen> credited, IReadOnlyDictionary<string, Yen> given)
    {
        foreach (var (category, amount) in given.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var left = Left(invoice, credited, category);
            if (amount > left)
            {
                return new Refusal(Rule, $"{amount} yen of category {category} are more than the {left} yen of invoice {invoice.Number} that are not credited yet");
            }
        }

        var rest = Yen.Max(Yen.Zero, invoice.Subtotal - Sum(credited.Values));
        return Sum(given.Values) > rest
            ? new Refusal(Rule, $"{Sum(given.Values)} yen are more than the {rest} yen of invoice {invoice.Number} that are not credited yet")
            : null;
    }

    /// <summary>
    /// The category's row. An invoice that carries an adjustment of an older rate has two: what it charges itself is the greater one.
    /// </summary>
    private static InvoiceTaxDocument? RowOf(InvoiceDocument invoice, string category) =>
        invoice.Taxes.Where(row => row.Category == category).MaxBy(row => row.Taxable);

    private static Yen Sum(IEnumerable<Yen> amounts) => amounts.Aggregate(Yen.Zero, (sum, amount) => sum + amount);
}

/// <summary>What is to be credited, or with an amount above 0 charged: whole tax-exclusive yen of one tax category.</summary>
/// <param name="Code">The code of the invoice line that it corrects, or <c>credit</c>.</param>
/// <param name="Month">The month of the original supply.</param>
public sealed record CreditLine(string Code, string? Detail, UsageMonth Month, Yen Amount, string TaxCategory);

/// <summary>What a credit note says besides its amounts.</summary>
public sealed record CreditNoteHead(string Number, IssuerDocument Issuer, string Reason, string? Dispute);
