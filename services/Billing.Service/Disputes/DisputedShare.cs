using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Service.Invoicing;

namespace Billing.Service.Disputes;

/// <summary>What disputed lines and calls cost on the invoice: what would be gone if they were not there. Pure.</summary>
internal static class DisputedShare
{
    /// <summary>What lines and calls together come to, whole tax-exclusive yen; calls of a disputed line count once.</summary>
    /// <param name="given">As of <see cref="Lines"/>.</param>
    public static Yen Amount(InvoiceIssued issued, IReadOnlyList<int> lines, IReadOnlyList<DisputedCall> calls, LineCredits? given = null) =>
        Lines(issued, lines, calls, given).Aggregate(Yen.Zero, (sum, line) => sum - line.Amount);

    /// <summary>
    /// The credit of them in full. Of calls it is the difference that leaving them out makes to their line, which is rounded down
    /// once for all its calls: together they never come to more than the line.
    /// </summary>
    /// <param name="given">What was given back of the lines: of each at most the rest is credited. Null: as they were billed.</param>
    public static IReadOnlyList<CreditLine> Lines(InvoiceIssued issued, IReadOnlyList<int> lines, IReadOnlyList<DisputedCall> calls, LineCredits? given = null)
    {
        var invoice = issued.Invoice;
        Yen Rest(int? line, Yen amount) => given is null || line is null || amount <= Yen.Zero ? amount : Yen.Min(amount, given.Left(line.Value));
        var numbers = lines.Where(line => line >= 1 && line <= invoice.Lines.Count).Order().ToList();
        var whole = numbers.Select(line => invoice.Lines[line - 1]).ToList();
        var credits = numbers.Zip(whole, (number, line) => new CreditLine(line.Code, line.Detail, line.Month, -Rest(number, line.Amount), line.TaxCategory)).ToList();
        foreach (var group in calls.GroupBy(call => (call.Month, call.Class, call.Carrier, call.TaxCategory)))
        {
            var (month, @class, carrier, category) = group.Key;
            if (whole.Exists(line => line.Month == month && line.Code == @class && line.Detail == carrier && line.TaxCategory == category))
            {
                continue;
            }

            var billed = issued.Covered.Where(covered => covered.Month == month).SelectMany(covered => covered.Lines)
                .FirstOrDefault(line => line.Class == @class && line.Carrier == carrier && line.TaxCategory == category);
            var without = (billed?.Sum ?? Yen.Zero) - group.Aggregate(Yen.Zero, (sum, call) => sum + call.Charge);
            var amount = Rest(given?.LineOf(@class, carrier, month, category), (billed?.Amount ?? Yen.Zero) - without.TruncateToWhole());
            if (amount > Yen.Zero)
            {
                credits.Add(new CreditLine(@class, Detail(carrier, [.. group]), month, -amount, category));
            }
        }

        return credits;
    }

    /// <summary>The lines of the invoice, counted from 1, that are disputed or carry disputed calls.</summary>
    public static IReadOnlyList<int> LinesOf(LineCredits credits, IReadOnlyList<int> lines, IReadOnlyList<DisputedCall> calls) =>
        [.. lines.Concat(calls.Select(call => credits.LineOf(call.Class, call.Carrier, call.Month, call.TaxCategory)).OfType<int>()).Distinct().Order()];

    /// <summary>
    /// Why the credit of them in full is not simply what they cost: the usage limit took something off their month, so without them
    /// it would take off less (R14). Null when it did not.
    /// </summary>
    public static Refusal? RefuseLimited(InvoiceIssued issued, IReadOnlyList<int> lines, IReadOnlyList<DisputedCall> calls)
    {
        var months = lines.Select(line => issued.Invoice.Lines[line - 1]).Where(line => line.Section is "usage" or "prior-usage").Select(line => line.Month)
            .Concat(calls.Select(call => call.Month)).ToHashSet();
        return issued.Covered.FirstOrDefault(covered => months.Contains(covered.Month) && !(covered.LimitChangeS.IsZero && covered.LimitChangeG.IsZero)) is { } limited
            ? new Refusal("R14", $"the usage limit changed what {limited.Month} was billed by {limited.LimitChangeS + limited.LimitChangeG} yen: the amounts that are given back are to be said")
            : null;
    }

    private static string Detail(string? carrier, IReadOnlyList<DisputedCall> calls)
    {
        var named = calls.Count <= 3 ? string.Join(' ', calls.Select(call => $"{call.Source}/{call.RecordId}")) : $"{calls.Count} calls";
        return carrier is null ? named : $"{carrier} {named}";
    }
}
