using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Knowledge;
using Marten;
using NodaTime;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>What was issued, and by whose approval.</summary>
public sealed record ApprovedIssue(MonthApproved Approval, IssueReport Report);

/// <summary>
/// Issues a month that was approved. The draft is made again first: if it comes to other documents than the approved one, because calls came or a
/// price changed meanwhile, nothing is issued and somebody has to look again.
/// </summary>
public sealed class IssueApproved(NpgsqlDataSource database, RatingKnowledge knowledge, InvoiceTerms terms, IDocumentStore store, IClock clock)
{
    public async Task<(ApprovedIssue? Issued, Refusal? Refusal)> RunAsync(UsageMonth month, IProgress<int>? progress, CancellationToken cancel)
    {
        if (await ApproveMonth.ListAsync(store, month, cancel) is not [var approval, ..])
        {
            return (null, new Refusal(ApproveMonth.Rule, $"nobody has approved a draft of {month}"));
        }

        var (draft, refusal) = await new DraftInvoices(database, knowledge, terms).RunAsync(month, null, cancel);
        if (draft is null)
        {
            return (null, refusal);
        }

        // with nothing left to issue there is nothing to hold to the approval
        if (draft.Invoices.Count > 0 && ApproveMonth.DigestOf(draft) != approval.Draft)
        {
            return (null, new Refusal(
                ApproveMonth.Rule, $"the draft has changed since it was approved: {approval.Invoices} invoices and {approval.Total} yen then, {draft.Invoices.Count} and {draft.Total} now; look at it and approve it again"));
        }

        var (report, fault) = await new IssueInvoices(database, knowledge, terms, clock).RunAsync(month, null, progress, cancel);
        return report is null ? (null, fault) : (new ApprovedIssue(approval, report), null);
    }
}
