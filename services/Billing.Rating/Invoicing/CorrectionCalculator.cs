using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;

namespace Billing.Rating.Invoicing;

/// <summary>What a document must carry for a month that was billed already.</summary>
/// <param name="Lines">Lines of section <c>adjustment</c>: code is the class or <c>usage-limit</c>, the amount signed whole yen.</param>
/// <param name="Covered">
/// What the document adds, signed, to what the month has been billed, so that the month's late usage stays what it was.
/// </param>
public sealed record CorrectionAmounts(IReadOnlyList<InvoiceLineDocument> Lines, CoveredUsage Covered)
{
    /// <summary>The lines' sum, before tax.</summary>
    public Yen Total => Lines.Aggregate(Yen.Zero, (sum, line) => sum + line.Amount);
}

/// <summary>
/// The difference that a correction makes to a month that invoices have billed: what should have been billed, with sums rounded
/// down per line and the limit applied, less what was billed. Pure.
/// </summary>
/// <remarks>
/// A line changes by what its rounded sum changes: a correction never takes back or adds the part of a yen that documents issued
/// earlier rounded off each for itself. So the lines have the sign of the correction, and two corrections come to the same amount as
/// both in one.
/// </remarks>
public static class CorrectionCalculator
{
    public const string Section = "adjustment";
    public const string Limit = "usage-limit";

    /// <param name="billed">All that documents have billed of the month so far, earlier corrections included.</param>
    /// <param name="change">The exact change of the calls that were billed.</param>
    /// <param name="limit">The month's limit as known now; null for none.</param>
    /// <param name="overflowG">What lies beyond the limit on zero-rated calls after the correction, of the calls that were billed.</param>
    /// <param name="streamVersion">The version at which the document closes the usage stream.</param>
    /// <param name="digest">The digest of the calls that are corrected.</param>
    public static CorrectionAmounts Calculate(
        UsageMonth month, IReadOnlyList<CoveredUsage> billed, UsageChange change, Yen? limit, Yen overflowG, long streamVersion, string digest)
    {
        var lines = change.Lines.Select(line => Line(line, billed)).ToList();
        Yen all = Sum(lines), g = Sum(lines, TaxCategory.G), changeS = Yen.Zero, changeG = Yen.Zero;
        foreach (var covered in billed)
        {
            all += Sum(covered.Lines);
            g += Sum(covered.Lines, TaxCategory.G);
            changeS -= covered.LimitChangeS;
            changeG -= covered.LimitChangeG;
        }

        var shares = limit is { } yen ? LimitShares.Of(all, g, yen, overflowG) : LimitShares.None;
        changeS -= shares.S;
        changeG -= shares.G;
        var adjustments = lines.Where(line => !line.Amount.IsZero).Select(line => Adjustment(month, line.Class, line.Carrier, line.Amount, line.TaxCategory))
            .Concat(new[] { (changeG, TaxCategory.G), (changeS, TaxCategory.S) }.Where(part => !part.Item1.IsZero)
                .Select(part => Adjustment(month, Limit, null, part.Item1, Words.Of(part.Item2))));
        return new CorrectionAmounts(
            [.. adjustments],
            new CoveredUsage(
                month,
                [.. lines.OrderBy(line => line.Class, CodePointOrder.Instance).ThenBy(line => line.Carrier, CodePointOrder.Instance)
                    .ThenBy(line => line.TaxCategory, CodePointOrder.Instance)],
                change.Unanswered,
                change.TailMs,
                change.TailCharge,
                changeS,
                changeG,
                streamVersion,
                digest));
    }

    private static CoveredLine Line(UsageLine change, IReadOnlyList<CoveredUsage> billed)
    {
        var (@class, category) = (Words.Of(change.Key.Class), Words.Of(change.Key.TaxCategory));
        var before = billed.SelectMany(covered => covered.Lines)
            .Where(line => line.Class == @class && line.Carrier == change.Key.Carrier && line.TaxCategory == category)
            .Aggregate(Yen.Zero, (sum, line) => sum + line.Sum);
        var amount = (before + change.Sum).TruncateToWhole() - before.TruncateToWhole();
        return new CoveredLine(@class, change.Key.Carrier, category, change.Calls, change.ChargeableMs, change.Sum, amount);
    }

    private static Yen Sum(IEnumerable<CoveredLine> lines, TaxCategory? category = null) =>
        lines.Where(line => category is not { } only || line.TaxCategory == Words.Of(only)).Aggregate(Yen.Zero, (sum, line) => sum + line.Amount);

    private static InvoiceLineDocument Adjustment(UsageMonth month, string code, string? detail, Yen amount, string category) => new()
    {
        Section = Section,
        Code = code,
        Detail = detail,
        Month = month,
        Quantity = 1,
        Amount = amount,
        TaxCategory = category,
    };
}
