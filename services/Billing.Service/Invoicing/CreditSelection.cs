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

    /// <summary>The lines that it comes to on an invoice, signed, or why it can not be. All of a line is what is left of it.</summary>
    /// <param name="credits">The invoice, and what was given back of its lines.</param>
    /// <param name="about">
    /// The lines of the invoice, counted from 1, about which the amounts are: they are taken from those of their category, from each at most
    /// what is left of it. Amounts of other categories are of no single line.
    /// </param>
    /// <param name="detail">The calls for which it is given back.</param>
    internal (IReadOnlyList<CreditLine>? Lines, Refusal? Refusal) On(LineCredits credits, IReadOnlyList<int> about, string? detail)
    {
        var invoice = credits.Invoice;
        if (Amounts.Count > 0 && Lines.Count > 0)
        {
            return (null, new Refusal(Rule, "either amounts by tax category or lines are credited, not both"));
        }

        if (Lines.GroupBy(line => line.Line).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            return (null, new Refusal(Rule, $"line {twice.Key} is named twice"));
        }

        var lines = new List<CreditLine>();
        foreach (var amount in Amounts)
        {
            if (Take(amount, credits, about, detail, lines) is { } refusal)
            {
                return (null, refusal);
            }
        }

        foreach (var part in Lines)
        {
            if (part.Line < 1 || part.Line > invoice.Lines.Count)
            {
                return (null, new Refusal(Rule, $"invoice {invoice.Number} has lines 1 to {invoice.Lines.Count}, not {part.Line}"));
            }

            var line = invoice.Lines[part.Line - 1];
            var amount = part.Amount ?? (line.Amount > Yen.Zero ? Yen.Min(line.Amount, credits.Left(part.Line)) : line.Amount);
            if (amount > line.Amount)
            {
                return (null, new Refusal(Rule, $"{amount} yen are more than line {part.Line} of invoice {invoice.Number}, which is {line.Amount}"));
            }

            if (credits.RefuseGone(part.Line) is { } gone)
            {
                return (null, gone);
            }

            lines.Add(new CreditLine(line.Code, line.Detail, line.Month, -amount, line.TaxCategory));
        }

        return (lines, null);
    }

    private static Refusal? Take(CategoryAmount amount, LineCredits credits, IReadOnlyList<int> about, string? detail, List<CreditLine> lines)
    {
        var invoice = credits.Invoice;
        var of = about.Where(line => invoice.Lines[line - 1] is var one && one.TaxCategory == amount.TaxCategory && one.Amount > Yen.Zero).ToList();
        if (of.Count == 0 || amount.Amount <= Yen.Zero)
        {
            lines.Add(new CreditLine(Credit, detail, invoice.Month, -amount.Amount, amount.TaxCategory));
            return null;
        }

        var rest = amount.Amount;
        foreach (var number in of)
        {
            var part = Yen.Min(rest, credits.Left(number));
            if (part > Yen.Zero)
            {
                var line = invoice.Lines[number - 1];
                var said = detail is null || line.Section is not ("usage" or "prior-usage") ? line.Detail : line.Detail is null ? detail : $"{line.Detail} {detail}";
                lines.Add(new CreditLine(line.Code, said, line.Month, -part, line.TaxCategory));
                rest -= part;
            }
        }

        return rest.IsZero ? null
            : of is [var only] ? credits.Refuse(only, amount.Amount)
            : new Refusal(Rule, $"{amount.Amount} yen are more than the {amount.Amount - rest} yen that are left of lines {string.Join(", ", of)} of invoice {invoice.Number}");
    }
}
