using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Invoicing;

namespace Billing.Service.Invoicing;

/// <summary>
/// What documents gave back of the lines of one invoice, whether by line, by calls of a line, or because calls were voided or
/// corrected. A line is never given back beyond its amount: who asks for all of it, or for calls of it, gets at most what is left of
/// it, and a line of which nothing is left is refused by the name of the documents that gave it back. Pure.
/// </summary>
/// <remarks>
/// What corrections of calls took back is no longer on the line; what they added is on another invoice and does not widen it. The
/// rest, given back while the calls stand, may not exceed what stands. Amounts of a tax category are of no line. Lines that say the
/// same (code, detail, month and category) are one; lines of 0 and less are not looked at.
/// </remarks>
internal sealed class LineCredits
{
    private const string Rule = "§8";

    private readonly Dictionary<int, Credited> _credited = [];

    private LineCredits(InvoiceDocument invoice) => Invoice = invoice;

    /// <param name="ledger">One with an invoice.</param>
    public static LineCredits Of(InvoiceLedger ledger)
    {
        var credits = new LineCredits(ledger.Issued!.Invoice);
        foreach (var note in ledger.Notes)
        {
            credits.Take(note.Note.Number, note.Note.Lines, note.Covered is not null);
        }

        foreach (var adjustment in ledger.Adjustments)
        {
            credits.Take(adjustment.Adjustment, adjustment.Lines, adjustment.Covered is not null);
        }

        return credits;
    }

    public InvoiceDocument Invoice { get; }

    /// <summary>The line, counted from 1, that carries calls of a group; null when none does.</summary>
    public int? LineOf(string @class, string? carrier, UsageMonth month, string category) => Exactly(@class, carrier, month, category);

    /// <summary>What may still be given back of a line above 0, whole yen, 0 or more.</summary>
    /// <param name="line">Counted from 1.</param>
    public Yen Left(int line)
    {
        var (amount, credited) = Of(line);
        return Yen.Max(Yen.Zero, Yen.Min(amount, amount + credited.Corrected) - credited.Back);
    }

    /// <summary>True when a line with calls was given back to its end while calls of it stand: none of them may be charged again.</summary>
    public bool IsGone(int line)
    {
        var (amount, credited) = Of(line);
        return credited.Back > Yen.Zero && Invoice.Lines[line - 1].Section is "usage" or "prior-usage" && credited.Back >= Yen.Min(amount, amount + credited.Corrected);
    }

    /// <summary>The documents that gave back of a line, oldest first of each kind.</summary>
    public string Documents(int line) => string.Join(", ", Of(line).Credited.Documents);

    /// <summary>Why nothing of a line is given back: all of it was.</summary>
    public Refusal? RefuseGone(int line) =>
        Of(line) is { Amount: var amount, Credited.Documents.Count: > 0 } && amount > Yen.Zero && Left(line).IsZero
            ? new Refusal(Rule, $"line {line} of invoice {Invoice.Number} was given back by {Documents(line)}")
            : null;

    /// <summary>Why so much can not be given back of a line; null when it can.</summary>
    public Refusal? Refuse(int line, Yen given) =>
        given <= Left(line) ? null
        : RefuseGone(line) ?? new Refusal(
            Rule,
            $"{given} yen are more than the {Left(line)} yen of line {line} of invoice {Invoice.Number} that are left"
            + (Of(line).Credited.Documents.Count > 0 ? $" after {Documents(line)}" : ""));

    /// <summary>Why a grant would give back more of a line than it has; null when it does not.</summary>
    public Refusal? Refuse(GrantRequest request)
    {
        foreach (var line in request.Lines.GroupBy(line => Find(line.Code, line.Detail, line.Month, line.TaxCategory)).Where(line => line.Key is not null).OrderBy(line => line.Key))
        {
            var given = -line.Aggregate(Yen.Zero, (yen, credit) => yen + credit.Amount);
            var (amount, credited) = Of(line.Key!.Value);
            if (given <= Yen.Zero || amount <= Yen.Zero)
            {
                continue;
            }

            // what is taken back of calls that go leaves enough standing for what was given back of those that stay
            var fits = request.Covered is null ? given <= Left(line.Key.Value) : credited.Back.IsZero || credited.Back <= amount + credited.Corrected - given;
            if (!fits && Refuse(line.Key.Value, given) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private void Take(string document, IReadOnlyList<CreditLineDocument> lines, bool corrects)
    {
        foreach (var line in lines.GroupBy(line => Find(line.Code, line.Detail, line.Month, line.TaxCategory)).Where(line => line.Key is not null))
        {
            if (!_credited.TryGetValue(line.Key!.Value, out var credited))
            {
                _credited.Add(line.Key.Value, credited = new Credited());
            }

            var sum = line.Aggregate(Yen.Zero, (yen, credit) => yen + credit.Amount);
            if (corrects)
            {
                credited.Corrected += sum;
            }
            else
            {
                credited.Back -= sum;
            }

            if (sum.IsNegative)
            {
                credited.Documents.Add(document);
            }
        }
    }

    /// <summary>The line that a credit is of: it says what the line says, or of a line with calls names some of them behind that.</summary>
    private int? Find(string code, string? detail, UsageMonth month, string category)
    {
        if (Exactly(code, detail, month, category) is { } exact)
        {
            return exact;
        }

        int? found = null;
        for (var i = 0; i < Invoice.Lines.Count && detail is not null; i++)
        {
            var line = Invoice.Lines[i];
            if (line.Section is "usage" or "prior-usage" && (line.Code, line.Month, line.TaxCategory) == (code, month, category)
                && (line.Detail is null || detail.StartsWith($"{line.Detail} ", StringComparison.Ordinal))
                && (found is not { } other || line.Detail?.Length > (Invoice.Lines[other - 1].Detail?.Length ?? 0)))
            {
                found = i + 1;
            }
        }

        return found;
    }

    /// <summary>The first line that says so.</summary>
    private int? Exactly(string code, string? detail, UsageMonth month, string category)
    {
        for (var i = 0; i < Invoice.Lines.Count; i++)
        {
            if (Says(Invoice.Lines[i], (code, detail, month, category)))
            {
                return i + 1;
            }
        }

        return null;
    }

    private (Yen Amount, Credited Credited) Of(int line)
    {
        var said = Invoice.Lines[line - 1];
        var key = (said.Code, said.Detail, said.Month, said.TaxCategory);
        var amount = Invoice.Lines.Where(other => Says(other, key)).Aggregate(Yen.Zero, (sum, other) => sum + other.Amount);
        return (amount, _credited.GetValueOrDefault(Exactly(said.Code, said.Detail, said.Month, said.TaxCategory)!.Value) ?? new Credited());
    }

    private static bool Says(InvoiceLineDocument line, (string Code, string? Detail, UsageMonth Month, string Category) key) =>
        (line.Code, line.Detail, line.Month, line.TaxCategory) == key;

    private sealed class Credited
    {
        /// <summary>What was given back while the calls stand.</summary>
        public Yen Back { get; set; }

        /// <summary>What corrections of calls changed, signed.</summary>
        public Yen Corrected { get; set; }

        public List<string> Documents { get; } = [];
    }
}
