using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Invoicing;

namespace Billing.Service.Invoicing;

/// <summary>Whole tax-exclusive yen that are given back in a tax category.</summary>
public sealed record CategoryAmount(string TaxCategory, Yen Amount);

/// <summary>Whole tax-exclusive yen that are given back of a line of the invoice, counted from 1; all of it when no amount is named.</summary>
public sealed record LineAmount(int Line, Yen? Amount = null);

/// <summary>What a person says is to be given back: amounts by tax category, or lines of the invoice. Amounts above 0 are given back.</summary>
public sealed record CreditSelection(IReadOnlyList<CategoryAmount> Amounts, IReadOnlyList<LineAmount> Lines)
{
    /// <summary>The code of a credit that is of no single line.</summary>
    public const string Credit = "credit";

    private const string Rule = "§8";

    public static CreditSelection None { get; } = new([], []);

    public bool IsEmpty => Amounts.Count + Lines.Count == 0;

    /// <summary>The lines that it comes to on an invoice, signed, or why it can not be.</summary>
    /// <param name="detail">What a line says that is of no single line of the invoice.</param>
    public (IReadOnlyList<CreditLine>? Lines, Refusal? Refusal) On(InvoiceDocument invoice, string? detail)
    {
        if (Amounts.Count > 0 && Lines.Count > 0)
        {
            return (null, new Refusal(Rule, "either amounts by tax category or lines are credited, not both"));
        }

        if (Lines.GroupBy(line => line.Line).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            return (null, new Refusal(Rule, $"line {twice.Key} is named twice"));
        }

        var credits = Amounts.Select(amount => new CreditLine(Credit, detail, invoice.Month, -amount.Amount, amount.TaxCategory)).ToList();
        foreach (var part in Lines)
        {
            if (part.Line < 1 || part.Line > invoice.Lines.Count)
            {
                return (null, new Refusal(Rule, $"invoice {invoice.Number} has lines 1 to {invoice.Lines.Count}, not {part.Line}"));
            }

            var line = invoice.Lines[part.Line - 1];
            var amount = part.Amount ?? line.Amount;
            if (amount > line.Amount)
            {
                return (null, new Refusal(Rule, $"{amount} yen are more than line {part.Line} of invoice {invoice.Number}, which is {line.Amount}"));
            }

            credits.Add(new CreditLine(line.Code, line.Detail, line.Month, -amount, line.TaxCategory));
        }

        return (credits, null);
    }
}
