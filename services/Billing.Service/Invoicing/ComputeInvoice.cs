using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Rating.Subscriptions;
using Billing.Service.Knowledge;
using NodaTime;

namespace Billing.Service.Invoicing;

/// <summary>What a run issues by: the month prepared from what is known, and the terms. Pure: the same usage gives the same invoice.</summary>
internal sealed class ComputeInvoice(RatingKnowledge knowledge, BillingMonth month, InvoiceTerms terms)
{
    public UsageMonth Month => month.Month;

    public RatingKnowledge Knowledge => knowledge;

    /// <summary>Prepares a month, or says why nothing can be issued for it.</summary>
    public static (ComputeInvoice? Compute, Refusal? Refusal) Prepare(RatingKnowledge knowledge, UsageMonth month, InvoiceTerms terms)
    {
        var (prepared, refusal) = BillingMonth.Prepare(month, knowledge.Tariffs, knowledge.Contracts);
        return prepared is null ? (null, refusal) : (new ComputeInvoice(knowledge, prepared, terms), null);
    }

    /// <summary>The classes for which the month's tariff has no price row at all.</summary>
    public IReadOnlyList<string> UnpricedClasses()
    {
        var priced = month.Tariff.Document.Prices.Select(row => row.Class).ToHashSet(StringComparer.Ordinal);
        return [.. Enum.GetValues<CallClass>().Where(@class => @class != CallClass.None).Select(Words.Of).Where(@class => !priced.Contains(@class))];
    }

    /// <summary>True when a contract without any call still has something to bill, or is refused.</summary>
    public bool BillsWithoutCalls(Contract contract)
    {
        var key = new ContractMonth(contract.Id, Month);
        var (draft, refusal) = Draft(contract, new Dictionary<ContractMonth, StoredUsage> { [key] = new(key, null) }, [], []);
        return draft is not null || refusal is not null;
    }

    /// <summary>
    /// The invoice of a contract, not yet issued. Neither draft nor refusal: there is nothing to bill. An amount that no
    /// invoice can hold stops this contract's invoice, not the run.
    /// </summary>
    /// <param name="usage">The usage of the month and of the earlier ones.</param>
    /// <param name="earlier">Earlier months in which late usage may be.</param>
    /// <param name="adjustments">What was granted on earlier invoices and is to be on this one.</param>
    public (DraftedInvoice? Draft, Refusal? Refusal) Draft(
        Contract contract, IReadOnlyDictionary<ContractMonth, StoredUsage> usage, IEnumerable<UsageMonth> earlier, IEnumerable<PendingAdjustment> adjustments)
    {
        try
        {
            var late = new List<LateUsage>();
            foreach (var stored in earlier.Order().Select(before => usage[new ContractMonth(contract.Id, before)]))
            {
                if (stored.Late() is { } prior)
                {
                    late.Add(new LateUsage(stored, prior));
                }
            }

            var current = usage[new ContractMonth(contract.Id, Month)];
            IReadOnlyList<PendingAdjustment> granted = [.. adjustments];
            var (invoice, refusal) = InvoiceCalculator.Calculate(
                contract, month, current.All, [.. late.Select(entry => entry.Prior)], [.. granted.SelectMany(adjustment => adjustment.LinesOn(month.StandardRate))]);
            return (invoice is null ? null : new DraftedInvoice(Complete(invoice), current, late, granted), refusal);
        }
        catch (OverflowException)
        {
            return (null, new Refusal("§1", "an amount is larger than an invoice can hold"));
        }
    }

    /// <summary>The event that issues a drafted invoice.</summary>
    public InvoiceIssued Issue(DraftedInvoice draft, Instant at, IReadOnlyList<CoveredUsage> covered) => new(
        draft.Document with { IssuedAt = at },
        InvoiceKeys.Digest(draft.Document),
        month.Tariff.Version,
        knowledge.No,
        covered,
        draft.Adjustments.Count == 0 ? null : [.. draft.Adjustments.Select(adjustment => adjustment.Number)]);

    private InvoiceDocument Complete(InvoiceDocument invoice) => invoice with
    {
        Number = InvoiceKeys.Number(invoice.Contract, Month),
        Issuer = terms.Issuer,
        DueOn = terms.DueOn(Month),
    };
}

/// <summary>An invoice ready to be issued, the usage that it would cover and the adjustments that it would carry.</summary>
internal sealed record DraftedInvoice(InvoiceDocument Document, StoredUsage Usage, IReadOnlyList<LateUsage> Late, IReadOnlyList<PendingAdjustment> Adjustments);

/// <summary>Usage of an earlier month and the part of it that came late.</summary>
internal sealed record LateUsage(StoredUsage Usage, PriorUsage Prior);
