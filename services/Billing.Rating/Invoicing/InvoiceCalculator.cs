using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Subscriptions;

namespace Billing.Rating.Invoicing;

/// <summary>Usage of an earlier month that came after its invoice, and how the limit of that month changes what it was billed.</summary>
public sealed record PriorUsage(UsageMonth Month, IReadOnlyList<UsageLine> Lines, Yen LimitChangeS, Yen LimitChangeG);

/// <summary>Puts an invoice together: its lines in order, tax once per category, totals (rating rules, "The invoice").</summary>
public static class InvoiceCalculator
{
    /// <summary>The section of usage of earlier months.</summary>
    public const string PriorUsageSection = "prior-usage";

    /// <summary>The section of what a month's limit takes off.</summary>
    public const string LimitSection = "limit";

    /// <summary>The section of credits and corrections.</summary>
    public const string AdjustmentSection = "adjustment";

    private static readonly string[] Sections = [MonthlyFees.MonthlySection, MonthlyFees.StatutorySection, "usage", PriorUsageSection, LimitSection, AdjustmentSection];

    /// <summary>
    /// The invoice of a contract and month. No invoice and no refusal: the month has no rated call and no line other than 0.
    /// </summary>
    /// <param name="adjustments">Credits and corrections decided elsewhere, as lines of section <c>adjustment</c>.</param>
    public static (InvoiceDocument? Invoice, Refusal? Refusal) Calculate(
        Contract contract,
        BillingMonth month,
        MonthUsage usage,
        IReadOnlyList<PriorUsage> prior,
        IReadOnlyList<InvoiceLineDocument> adjustments)
    {
        var (lines, refusal) = MonthlyFees.Lines(contract, month);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var usageLines = usage.Lines;
        var limit = usage.LimitShares;
        lines.AddRange(usageLines.Select(line => UsageLineOf("usage", month.Month, line)));
        AddLimit(lines, month.Month, -limit.S, -limit.G);
        foreach (var earlier in prior)
        {
            lines.AddRange(earlier.Lines.Select(line => UsageLineOf(PriorUsageSection, earlier.Month, line)));
            AddLimit(lines, earlier.Month, earlier.LimitChangeS, earlier.LimitChangeG);
        }

        lines.AddRange(adjustments.Select(line => new DatedLine(line)));
        if (usage.Calls == 0 && prior.Sum(earlier => earlier.Lines.Sum(line => line.Calls)) == 0 && lines.TrueForAll(line => line.Line.Amount.IsZero))
        {
            return (null, null);
        }

        IReadOnlyList<InvoiceLineDocument> ordered = [.. Ordered(lines).Select(line => line.Line)];
        var taxes = Taxes(ordered, month.StandardRate);
        var subtotal = Sum(ordered.Select(line => line.Amount));
        var tax = Sum(taxes.Select(row => row.Tax));
        return (new InvoiceDocument
        {
            Contract = contract.Id,
            Month = month.Month,
            Customer = contract.Document.Customer.Name,
            Lines = ordered,
            Taxes = taxes,
            Subtotal = subtotal,
            Tax = tax,
            Total = subtotal + tax,
            Usage = new InvoiceUsageDocument
            {
                Amount = Sum(usageLines.Select(line => line.Amount)),
                Limit = usage.Limit,
                Adjustment = -(limit.S + limit.G),
                Calls = usage.Calls,
                Unanswered = usage.Unanswered,
                TailSeconds = new Seconds(usage.TailMs),
                TailCharge = usage.TailCharge,
            },
        }, null);
    }

    /// <summary>
    /// Tax once per category and rate: its lines × the rate, toward zero. Only standard-rated lines bear tax; a line that
    /// names a rate of its own is taxed by that.
    /// </summary>
    public static IReadOnlyList<InvoiceTaxDocument> Taxes(IReadOnlyList<InvoiceLineDocument> lines, TaxRate standardRate) =>
        [.. lines
            .GroupBy(line => (Category: line.TaxCategory, Rate: line.Rate ?? (line.TaxCategory == Words.Of(TaxCategory.S) ? standardRate : default)))
            .OrderBy(group => group.Key.Category, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Rate.Fraction)
            .Select(group =>
            {
                var taxable = Sum(group.Select(line => line.Amount));
                return new InvoiceTaxDocument { Category = group.Key.Category, Taxable = taxable, Rate = group.Key.Rate, Tax = taxable.TaxAt(group.Key.Rate.Fraction) };
            })];

    private static Yen Sum(IEnumerable<Yen> amounts) => amounts.Aggregate(Yen.Zero, (sum, amount) => sum + amount);

    /// <summary>The order of lines on an invoice.</summary>
    internal static IEnumerable<DatedLine> Ordered(IEnumerable<DatedLine> lines) =>
        lines
            .OrderBy(line => Array.IndexOf(Sections, line.Line.Section))
            .ThenBy(line => line.Line.Code, CodePointOrder.Instance)
            .ThenBy(line => line.Line.Detail, CodePointOrder.Instance)
            .ThenBy(line => line.Line.Month)
            .ThenBy(line => line.Line.TaxCategory, StringComparer.Ordinal)
            .ThenBy(line => line.StretchFrom);

    private static DatedLine UsageLineOf(string section, UsageMonth month, UsageLine line) => new(new InvoiceLineDocument
    {
        Section = section,
        Code = Words.Of(line.Key.Class),
        Detail = line.Key.Carrier,
        Month = month,
        Quantity = line.Calls,
        Seconds = new Seconds(line.ChargeableMs),
        Amount = line.Amount,
        TaxCategory = Words.Of(line.Key.TaxCategory),
    });

    private static void AddLimit(List<DatedLine> lines, UsageMonth month, Yen changeS, Yen changeG)
    {
        foreach (var (category, change) in new[] { (TaxCategory.G, changeG), (TaxCategory.S, changeS) })
        {
            if (!change.IsZero)
            {
                lines.Add(new DatedLine(new InvoiceLineDocument
                {
                    Section = LimitSection,
                    Code = "usage-limit",
                    Month = month,
                    Quantity = 1,
                    Amount = change,
                    TaxCategory = Words.Of(category),
                }));
            }
        }
    }
}
