using System.Security.Cryptography;
using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Marten;
using NodaTime;

namespace Billing.Service.Invoicing;

/// <summary>
/// Approves the draft of a month: who, when and of which documents is an event. What is issued by approval is that draft and no other,
/// see <see cref="IssueApproved"/>.
/// </summary>
public static class ApproveMonth
{
    internal const string Rule = "approval";

    /// <summary>Notes the approval.</summary>
    /// <returns>Why it is not approved; null when it is.</returns>
    public static async Task<Refusal?> RunAsync(IDocumentStore store, InvoiceDraft draft, string by, Instant at, CancellationToken cancel)
    {
        if (draft.Invoices.Count == 0)
        {
            return new Refusal(Rule, $"the draft of {draft.Month} has no invoice to approve");
        }

        await using var session = store.LightweightSession();
        session.Events.Append(StreamOf(draft.Month), new MonthApproved(draft.Month, DigestOf(draft), draft.Invoices.Count, draft.Total, draft.Known, by, at));
        await session.SaveChangesAsync(cancel);
        return null;
    }

    /// <summary>The approvals of a month, the latest first.</summary>
    public static async Task<IReadOnlyList<MonthApproved>> ListAsync(IDocumentStore store, UsageMonth month, CancellationToken cancel)
    {
        await using var session = store.QuerySession();
        return [.. (await session.Events.FetchStreamAsync(StreamOf(month), token: cancel)).Select(happened => happened.Data).OfType<MonthApproved>().Reverse()];
    }

    /// <summary>SHA-256 over contract and digest of each document, a line each in the order of contracts; the documents are without their issue instant.</summary>
    public static string DigestOf(InvoiceDraft draft)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var invoice in draft.Invoices.OrderBy(invoice => invoice.Contract, CodePointOrder.Instance))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{invoice.Contract} {InvoiceKeys.Digest(invoice)}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string StreamOf(UsageMonth month) => $"month-{month}";
}
