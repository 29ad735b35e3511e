using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Invoicing;
using Billing.Rating.Subscriptions;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;

namespace Billing.Service.Replay;

/// <summary>Draws the invoices of a month anew, some hundred contracts at a time, and compares them with what was billed.</summary>
internal sealed class CompareContracts(
    LogSnapshot snapshot, ReplayRequest request, RatingKnowledge now, RatingKnowledge other, BillingMonth month, ReplayedCalls calls, CancellationToken cancel)
{
    private const int GroupSize = 500;

    private readonly ReadUsage _read = new(snapshot.Connection, cancel);

    public async Task<ComparedContracts> RunAsync(ReplayFiles? files, int most)
    {
        var compared = new ComparedContracts(most);
        var (draft, refusal) = ComputeInvoice.Prepare(now, request.Month, InvoiceTerms.Sample);
        var late = await _read.LateMonthsAsync(request.Month, request.Contract);
        foreach (var group in Contracts().Chunk(GroupSize))
        {
            var issued = await ShowInvoice.OfContractsAsync(snapshot.Connection, request.Month, group, cancel);
            var drafts = draft is null ? [] : await DraftAsync(draft, [.. group.Where(id => !issued.ContainsKey(id)).Select(now.Contracts.Find).OfType<Contract>()], late);
            foreach (var id in group)
            {
                var old = issued.TryGetValue(id, out var invoice) ? new Drawn(invoice.Invoice, null)
                    : drafts.TryGetValue(id, out var drafted) ? drafted
                    : new Drawn(null, now.Contracts.Find(id) is null ? null : refusal);
                var baseline = invoice?.Invoice.Number ?? (old.Invoice is null ? "none" : "draft");
                var difference = CompareInvoices.Of(id, old, Draw(id, old.Invoice), baseline, calls.Late.GetValueOrDefault(id));
                compared.Add(difference);
                if (difference.Old is not null || difference.New is not null || difference.Differs)
                {
                    files?.Write(difference);
                }
            }
        }

        return compared;
    }

    private IEnumerable<string> Contracts() => request.Contract is { } only
        ? [only]
        : now.Contracts.Contracts.Concat(other.Contracts.Contracts).Select(contract => contract.Id).Distinct(StringComparer.Ordinal).Order(CodePointOrder.Instance);

    /// <summary>What would be issued as things stand.</summary>
    private async Task<Dictionary<string, Drawn>> DraftAsync(ComputeInvoice compute, List<Contract> contracts, ILookup<string, UsageMonth> late)
    {
        var drafts = new Dictionary<string, Drawn>(StringComparer.Ordinal);
        if (contracts.Count == 0)
        {
            return drafts;
        }

        var usage = await _read.ReadAsync(ReadUsage.Limits(contracts, request.Month, late), earlier: late.Count > 0);
        var adjustments = await PendingAdjustments.ReadAsync(snapshot.Connection, request.Month, contracts.Select(contract => contract.Id), cancel);
        foreach (var contract in contracts)
        {
            var (invoice, refusal) = compute.Draft(contract, usage, late[contract.Id], adjustments[contract.Id]);
            drafts.Add(contract.Id, new Drawn(invoice?.Document, refusal));
        }

        return drafts;
    }

    /// <summary>
    /// The invoice with the other knowledge. What the month's usage does not decide, usage of other months and decided
    /// adjustments, is taken over from the invoice that it is compared with.
    /// </summary>
    private Drawn Draw(string id, InvoiceDocument? old)
    {
        if (other.Contracts.Find(id) is not { } contract)
        {
            return default;
        }

        try
        {
            var key = new ContractMonth(id, request.Month);
            var usage = calls.Usage.GetValueOrDefault(id) ?? new StoredUsage(key, BillingMonth.LimitOf(contract, request.Month));
            var (invoice, refusal) = InvoiceCalculator.Calculate(contract, month, usage.All, Prior(old), Adjustments(old));
            return new Drawn(invoice, refusal);
        }
        catch (OverflowException)
        {
            return new Drawn(null, new Refusal("§1", "an amount is larger than an invoice can hold"));
        }
    }

    private List<PriorUsage> Prior(InvoiceDocument? old) =>
        [.. (old?.Lines ?? [])
            .Where(line => line.Section == InvoiceCalculator.PriorUsageSection || (line.Section == InvoiceCalculator.LimitSection && line.Month != request.Month))
            .GroupBy(line => line.Month)
            .Select(lines => new PriorUsage(
                lines.Key,
                [.. lines.Where(line => line.Section == InvoiceCalculator.PriorUsageSection).Select(UsageLineOf)],
                LimitOf(lines, TaxCategory.S),
                LimitOf(lines, TaxCategory.G)))];

    private static UsageLine UsageLineOf(InvoiceLineDocument line) => new(
        new UsageKey(Words.ClassOf(line.Code)!.Value, line.Detail, Words.TaxCategoryOf(line.TaxCategory)!.Value),
        line.Quantity,
        line.Seconds?.Milliseconds ?? 0,
        line.Amount);

    private static Yen LimitOf(IEnumerable<InvoiceLineDocument> lines, TaxCategory category) => lines
        .Where(line => line.Section == InvoiceCalculator.LimitSection && line.TaxCategory == Words.Of(category))
        .Aggregate(Yen.Zero, (sum, line) => sum + line.Amount);

    private static List<InvoiceLineDocument> Adjustments(InvoiceDocument? old) =>
        [.. (old?.Lines ?? []).Where(line => line.Section == InvoiceCalculator.AdjustmentSection)];
}

/// <summary>What was compared so far.</summary>
internal sealed class ComparedContracts(int most)
{
    private readonly List<ContractDifference> _differing = [];
    private int _more;
    private int _compared;
    private Amounts _old = Amounts.None;
    private Amounts _new = Amounts.None;

    public void Add(ContractDifference contract)
    {
        _compared++;
        _old += contract.Old ?? Amounts.None;
        _new += contract.New ?? Amounts.None;
        if (!contract.Differs)
        {
            return;
        }

        if (_differing.Count < most)
        {
            _differing.Add(contract);
        }
        else
        {
            _more++;
        }
    }

    public ReplayResult ToResult(ReplayRequest request, RatingKnowledge other, string tariffVersion, CallDifferences calls, TimeSpan elapsed) => new(
        request.Month,
        request.Contract,
        request.BasisOf(other, tariffVersion),
        calls,
        _old,
        _new,
        _new.Total - _old.Total,
        _compared,
        _differing,
        _more,
        elapsed);
}
