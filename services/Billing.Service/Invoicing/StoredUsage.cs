using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Service.Usage;

namespace Billing.Service.Invoicing;

/// <summary>A contract and one of its usage months.</summary>
internal readonly record struct ContractMonth(string Contract, UsageMonth Month);

/// <summary>
/// The usage of one contract and month as the database has it now, and what earlier invoices have billed of it. What is
/// beyond them is late usage (遅着).
/// </summary>
internal sealed class StoredUsage(ContractMonth key, Yen? limit)
{
    private readonly LimitWalk? _walk = limit is { } yen ? new LimitWalk(yen) : null;
    private readonly List<CoveredUsage> _invoiced = [];

    public ContractMonth Key => key;

    /// <summary>All usage of the month so far.</summary>
    public MonthUsage All { get; } = new(limit);

    /// <summary>What earlier invoices have billed.</summary>
    public IReadOnlyList<CoveredUsage> Invoiced => _invoiced;

    /// <summary>The usage stream that the calls are on.</summary>
    public string Stream { get; } = UsageStreams.Of(key.Contract, key.Month);

    /// <summary>The digest that closes the stream now, see <see cref="Evidence.StreamChain"/>; empty while nothing is closed.</summary>
    public string Digest { get; set; } = "";

    public void Add(UsageLine line, long tailMs, Yen tailCharge) => All.Add(line, tailMs, tailCharge);

    public void AddInvoiced(CoveredUsage covered) => _invoiced.Add(covered);

    /// <summary>
    /// True when the charges must be walked call by call: the limit is passed, and there are zero-rated charges that the
    /// excess may fall on.
    /// </summary>
    public bool NeedsWalk
    {
        get
        {
            var (billed, billedG) = Billed();
            return limit is { } yen && billed > yen && !billedG.IsZero;
        }
    }

    public void Walk(long answeredMs, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, Yen charge, TaxCategory category)
    {
        All.Walk(answeredMs, source, recordId, charge, category);
        _walk?.Add(answeredMs, source, recordId, charge, category);
    }

    /// <summary>What no invoice has billed yet, by class, carrier and tax category; without invoices, everything.</summary>
    public IReadOnlyList<UsageLine> Unbilled()
    {
        if (_invoiced.Count == 0)
        {
            return All.Lines;
        }

        var rest = All.Lines.ToDictionary(line => line.Key);
        foreach (var line in _invoiced.SelectMany(covered => covered.Lines))
        {
            var usageKey = new UsageKey(Words.ClassOf(line.Class)!.Value, line.Carrier, Words.TaxCategoryOf(line.TaxCategory)!.Value);
            var now = rest.GetValueOrDefault(usageKey) ?? new UsageLine(usageKey, 0, 0, Yen.Zero);
            rest[usageKey] = now with
            {
                Calls = now.Calls - line.Calls,
                ChargeableMs = now.ChargeableMs - line.ChargeableMs,
                Sum = now.Sum - line.Sum,
            };
        }

        return [.. rest.Values.Where(line => line.Calls != 0 || line.ChargeableMs != 0 || !line.Sum.IsZero)];
    }

    /// <summary>
    /// The late usage as the next invoice bills it: its lines, and how the month's limit, applied to all that the month has
    /// then been billed, changes what it took off before. Null without late calls.
    /// </summary>
    public PriorUsage? Late()
    {
        var late = Unbilled();
        if (late.Count == 0)
        {
            return null;
        }

        var (billed, billedG) = Billed();
        var shares = limit is { } yen ? LimitShares.Of(billed, billedG, yen, _walk!.OverflowG) : LimitShares.None;
        var changeS = -shares.S;
        var changeG = -shares.G;
        foreach (var covered in _invoiced)
        {
            changeS -= covered.LimitChangeS;
            changeG -= covered.LimitChangeG;
        }

        return new PriorUsage(key.Month, late, changeS, changeG);
    }

    /// <summary>What an invoice covers of this month, for the record.</summary>
    /// <param name="streamVersion">The version of the closing event on the usage stream.</param>
    public CoveredUsage Cover(IReadOnlyList<UsageLine> lines, Yen limitChangeS, Yen limitChangeG, long streamVersion) => new(
        key.Month,
        [.. lines
            .Select(line => new CoveredLine(
                Words.Of(line.Key.Class), line.Key.Carrier, Words.Of(line.Key.TaxCategory), line.Calls, line.ChargeableMs, line.Sum, line.Amount))
            .OrderBy(line => line.Class, CodePointOrder.Instance)
            .ThenBy(line => line.Carrier, CodePointOrder.Instance)
            .ThenBy(line => line.TaxCategory, CodePointOrder.Instance)],
        All.Unanswered - _invoiced.Sum(covered => covered.Unanswered),
        All.TailMs - _invoiced.Sum(covered => covered.TailMs),
        _invoiced.Aggregate(All.TailCharge, (rest, covered) => rest - covered.TailCharge),
        limitChangeS,
        limitChangeG,
        streamVersion,
        Digest);

    /// <summary>The usage lines of the month on all documents, the next one included: in all, and of category G.</summary>
    private (Yen All, Yen G) Billed()
    {
        Yen all = Yen.Zero, g = Yen.Zero;
        foreach (var line in Unbilled())
        {
            all += line.Amount;
            g += line.Key.TaxCategory == TaxCategory.G ? line.Amount : Yen.Zero;
        }

        foreach (var line in _invoiced.SelectMany(covered => covered.Lines))
        {
            all += line.Amount;
            g += line.TaxCategory == Words.Of(TaxCategory.G) ? line.Amount : Yen.Zero;
        }

        return (all, g);
    }
}
