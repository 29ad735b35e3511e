using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Rating.Reasoning;
using Billing.Service.Knowledge;
using Npgsql;

namespace Billing.Service.Explaining;

/// <summary>The lines of an invoice that come from calls: usage, usage that arrived late, and what the limit takes off.</summary>
internal sealed class ExplainUsageLine(NpgsqlConnection connection, InvoiceIssued issued, RatingKnowledge known, bool isRevealed, CancellationToken cancel)
{
    private readonly CoveredMonths _months = new(connection, cancel);
    private readonly LineCalls _calls = new(connection, isRevealed, cancel);

    public async Task<LineExplanation> OfCallsAsync(LineExplanation blank, Part part)
    {
        var line = blank.Document!;
        var covered = CoveredOf(line.Month)?.Lines.SingleOrDefault(group => group.Class == line.Code && group.Carrier == line.Detail && group.TaxCategory == line.TaxCategory);
        if (covered is null)
        {
            return blank with { Faults = ["the invoice says nothing about the calls that it covered for this line"] };
        }

        var (_, span) = await _months.BeforeAsync(blank.Contract, CoveredOf(line.Month)!);
        var (calls, chargeable, sum) = await _calls.SumAsync(span, line);
        var amount = covered.Sum.TruncateToWhole();
        var steps = new List<ReasoningStep>
        {
            new("§7", "calls", new LineCallsFigures(
                line.Section, line.Month, line.Code, line.Detail, span.Stream, span.After, span.Before, covered.Calls, new Seconds(covered.ChargeableMs), covered.Sum)),
            new("§7", "rounded-down", new RoundedDownFigures(covered.Sum, amount)),
        };
        var faults = new List<string>();
        if (amount != line.Amount)
        {
            faults.Add($"the covered calls sum up to {amount} yen, the line says {line.Amount}");
        }

        if ((calls, chargeable.Milliseconds, sum) != (covered.Calls, covered.ChargeableMs, covered.Sum))
        {
            if (await _months.CorrectionsAsync(span) is > 0 and var corrections)
            {
                steps.Add(new ReasoningStep("§8", "corrected-since", new CorrectedSinceFigures(corrections, calls, sum)));
            }
            else
            {
                faults.Add($"the rated calls of the line are {calls} for {sum} yen, the invoice covered {covered.Calls} for {covered.Sum}");
            }
        }

        return blank with
        {
            Amount = amount,
            Faults = faults,
            Steps = Sentences.Of(steps, reveal: true),
            Calls = PageOf(calls, sum, part, await _calls.ReadAsync(span, line, part)),
        };
    }

    public async Task<LineExplanation> OfLimitAsync(LineExplanation blank, Part part)
    {
        var line = blank.Document!;
        var contract = known.Contracts.Find(blank.Contract);
        if (CoveredOf(line.Month) is not { } covered || contract is null || BillingMonth.LimitOf(contract, line.Month) is not { } limit)
        {
            return blank with { Faults = [$"with what was known at its issue, the contract has no usage limit in {line.Month}"] };
        }

        var (earlier, span) = await _months.BeforeAsync(blank.Contract, covered);
        var all = span with { After = 0 };
        var overflow = await _calls.OverflowAsync(all, limit);
        var (steps, amount) = Walk(line.TaxCategory, line.Month, limit, [.. earlier, covered], earlier, overflow);
        var faults = new List<string>();
        if (amount != line.Amount)
        {
            faults.Add($"computed again, the line is {amount} yen");
        }

        var (beyond, sum) = overflow.GetValueOrDefault(line.TaxCategory);
        return blank with
        {
            Amount = amount,
            Faults = faults,
            Steps = Sentences.Of(steps, reveal: true),
            Calls = PageOf(beyond, sum, part, await _calls.BeyondAsync(all, limit, line.TaxCategory, part)),
        };
    }

    /// <summary>The arithmetic of the limit over all that the month has been billed, and what of it is left for this line.</summary>
    private (List<ReasoningStep> Steps, Yen Amount) Walk(
        string category,
        UsageMonth month,
        Yen limit,
        IReadOnlyList<CoveredUsage> billed,
        IReadOnlyList<CoveredUsage> earlier,
        IReadOnlyDictionary<string, (long Calls, Yen Overflow)> overflow)
    {
        var lines = billed.SelectMany(document => document.Lines).ToList();
        var all = Sum(lines.Select(line => line.Amount));
        var zeroRated = Sum(lines.Where(line => line.TaxCategory == "G").Select(line => line.Amount));
        var (overflowS, overflowG) = (overflow.GetValueOrDefault("S"), overflow.GetValueOrDefault("G"));
        var shares = LimitShares.Of(all, zeroRated, limit, overflowG.Overflow);
        var steps = new List<ReasoningStep>
        {
            new("R14", "limit", new LimitFigures(limit, month, issued.Known)),
            new("§7", "excess", new ExcessFigures(all, zeroRated, limit, Yen.Max(Yen.Zero, all - limit))),
            new("§7", "overflow", new OverflowFigures(overflowS.Overflow, overflowG.Overflow, overflowS.Calls + overflowG.Calls)),
            new("§7", "limit-shares", new LimitShareFigures(shares.S, shares.G, category)),
        };
        var before = Sum(earlier.Select(document => category == "G" ? document.LimitChangeG : document.LimitChangeS));
        var amount = -(category == "G" ? shares.G : shares.S) - before;
        if (!before.IsZero)
        {
            steps.Add(new ReasoningStep("§8", "earlier-limit", new EarlierLimitFigures(before, amount)));
        }

        return (steps, amount);
    }

    private CoveredUsage? CoveredOf(UsageMonth month) => issued.Covered.FirstOrDefault(covered => covered.Month == month);

    private static LineCallPage PageOf(long total, Yen sum, Part part, IReadOnlyList<LineCall> calls) =>
        new(total, sum, part.Skip, part.Skip + calls.Count < total && calls.Count > 0 ? part.Skip + calls.Count : null, calls);

    private static Yen Sum(IEnumerable<Yen> amounts) => amounts.Aggregate(Yen.Zero, (sum, amount) => sum + amount);
}
