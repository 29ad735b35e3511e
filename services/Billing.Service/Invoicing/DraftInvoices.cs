using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>
/// Shows what would be issued for a month as things stand, and the work list of what stands in the way. Reads one snapshot,
/// locks nothing and writes nothing.
/// </summary>
public sealed class DraftInvoices(NpgsqlDataSource database, RatingKnowledge knowledge, InvoiceTerms terms)
{
    private const int GroupSize = 2000;

    public async Task<(InvoiceDraft? Draft, Refusal? Refusal)> RunAsync(UsageMonth month, string? contract, CancellationToken cancel)
    {
        var (compute, refusal) = ComputeInvoice.Prepare(knowledge, month, terms);
        if (compute is null)
        {
            return (null, refusal);
        }

        if (contract is not null && knowledge.Contracts.Find(contract) is null)
        {
            return (null, new Refusal("§8", $"there is no contract {contract}"));
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginSnapshotAsync(cancel);
        var issued = (await ListInvoices.ReadAsync(connection, month, cancel)).Select(invoice => invoice.Contract).ToHashSet(StringComparer.Ordinal);
        var invoices = new List<InvoiceDocument>();
        var refused = new List<ParkedInvoice>();
        var read = new ReadUsage(connection, cancel);
        var late = await read.LateMonthsAsync(month, contract);
        var elsewhere = await ShardPlace.ContractsElsewhereAsync(connection, cancel);
        var pending = (contract is null ? knowledge.Contracts.Contracts : [knowledge.Contracts.Find(contract)!])
            .Where(candidate => !issued.Contains(candidate.Id) && !elsewhere.Contains(candidate.Id));
        foreach (var group in pending.Chunk(GroupSize))
        {
            var usage = await read.ReadAsync(ReadUsage.Limits(group, month, late), earlier: late.Count > 0);
            var adjustments = await PendingAdjustments.ReadAsync(connection, month, group.Select(candidate => candidate.Id), cancel);
            foreach (var candidate in group)
            {
                var (draft, reason) = compute.Draft(candidate, usage, late[candidate.Id], adjustments[candidate.Id]);
                if (reason is not null)
                {
                    refused.Add(new ParkedInvoice(candidate.Id, reason));
                }
                else if (draft is not null)
                {
                    invoices.Add(draft.Document);
                }
            }
        }

        var alreadyIssued = contract is null ? issued.Count : issued.Contains(contract) ? 1 : 0;
        return (InvoiceDraft.Of(month, knowledge.No, invoices, alreadyIssued, await WorkList.ReadAsync(connection, compute, refused, cancel)), null);
    }
}

/// <summary>What would be issued now.</summary>
/// <param name="AlreadyIssued">Invoices of the month that are issued and stay as they are.</param>
public sealed record InvoiceDraft(
    UsageMonth Month, long Known, IReadOnlyList<InvoiceDocument> Invoices, int AlreadyIssued, Yen Subtotal, Yen Tax, Yen Total, WorkList WorkList)
{
    internal static InvoiceDraft Of(UsageMonth month, long known, IReadOnlyList<InvoiceDocument> invoices, int alreadyIssued, WorkList workList) => new(
        month,
        known,
        invoices,
        alreadyIssued,
        invoices.Aggregate(Yen.Zero, (sum, invoice) => sum + invoice.Subtotal),
        invoices.Aggregate(Yen.Zero, (sum, invoice) => sum + invoice.Tax),
        invoices.Aggregate(Yen.Zero, (sum, invoice) => sum + invoice.Total),
        workList);
}
