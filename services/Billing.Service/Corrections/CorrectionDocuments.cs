using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Service.Disputes;
using Billing.Service.EventLog;
using Billing.Service.Evidence;
using Billing.Service.Invoicing;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>
/// Writes the documents that carry what corrections change on issued invoices, one per invoice, in the transaction of the corrections.
/// The events name their documents and the documents seal the events, so numbers come first and documents last.
/// </summary>
internal sealed class CorrectionDocuments(NpgsqlConnection connection, CorrectionTerms terms, DateTimeOffset now, CancellationToken cancel)
{
    private const string Rule = "§8";

    /// <summary>The adjustments with the numbers of their documents, or why none can be written. The invoices are locked from here on.</summary>
    public async Task<(IReadOnlyList<InvoiceAdjustment>? Numbered, Refusal? Refusal)> NumberAsync(IReadOnlyList<InvoiceAdjustment> adjustments)
    {
        if (terms.Invoiced!.Dispute is { } dispute && !await IsThereAsync(dispute))
        {
            return (null, new Refusal(Rule, $"there is no dispute {dispute}"));
        }

        var numbered = new List<InvoiceAdjustment>(adjustments.Count);
        foreach (var invoice in adjustments.GroupBy(adjustment => adjustment.Invoice, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            if (invoice.All(adjustment => adjustment.Lines.Count == 0))
            {
                return (null, new Refusal(Rule, $"no amount of invoice {invoice.Key} changes: it stays as it was billed"));
            }

            var ledger = await GrantDocument.LockAsync(connection, invoice.Key, cancel)
                ?? throw new InvalidDataException($"A usage stream names invoice {invoice.Key}, which is not there.");
            if (terms.Invoiced.RefusesSample && InvoiceTerms.IsSample(ledger.Issued!.Invoice.Issuer!))
            {
                return (null, new Refusal(
                    Rule, $"invoice {invoice.Key} is in the name of the made-up sample, and in production no document is: set {InvoiceTerms.NameVariable} and {InvoiceTerms.NumberVariable}, and give the amount back by invoices credit"));
            }

            var number = As == GrantAs.CreditNote
                ? InvoiceKeys.CreditNote(invoice.Key, ledger.Notes.Count + 1)
                : InvoiceKeys.Adjustment(invoice.Key, ledger.Adjustments.Count + 1);
            numbered.AddRange(invoice.Select(adjustment => adjustment with { Document = number, Issuer = ledger.Issued!.Invoice.Issuer }));
        }

        return (numbered, null);
    }

    /// <summary>Writes them once the corrections stand on their streams; why not, when one is refused: nothing may be committed then.</summary>
    public async Task<Refusal?> WriteAsync(IReadOnlyList<InvoiceAdjustment> numbered)
    {
        foreach (var document in numbered.GroupBy(adjustment => (adjustment.Invoice, adjustment.Document, adjustment.Issuer)))
        {
            var covered = new List<CoveredUsage>();
            foreach (var adjustment in document)
            {
                covered.Add(await SealAsync(adjustment));
            }

            var lines = document.SelectMany(adjustment => adjustment.Lines).Select(line => new CreditLine(line.Code, line.Detail, line.Month, line.Amount, line.TaxCategory));
            var request = new GrantRequest(
                As, [.. lines], terms.Grounds.Reason, terms.Grounds.By, document.Key.Issuer!, terms.Invoiced!.Dispute, Covered: covered);
            var (grant, refusal) = await GrantDocument.WriteAsync(connection, document.Key.Invoice, request, Instant.FromDateTimeOffset(now), cancel);
            if (grant is null)
            {
                return refusal;
            }

            if (grant.Document != document.Key.Document)
            {
                throw new InvalidOperationException($"Document {grant.Document} was written where the events name {document.Key.Document}.");
            }
        }

        return null;
    }

    private GrantAs As => GrantWords.Of(terms.Invoiced!.As)!.Value;

    /// <summary>What the document covers, with the digest of the stream up to its closing event.</summary>
    private async Task<CoveredUsage> SealAsync(InvoiceAdjustment adjustment)
    {
        var stream = UsageStreams.Of(adjustment.Contract, adjustment.Month);
        var closing = (await EventAppend.LockAsync(connection, [stream], [0L], cancel))[0] + 1;
        return adjustment.Covered with { StreamVersion = closing, Digest = await new ReadChains(connection, cancel).OfAsync(stream, closing) };
    }

    private async Task<bool> IsThereAsync(string dispute)
    {
        await using var command = new NpgsqlCommand($"select exists (select from {BillingStore.Schema}.mt_streams where id = $1)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = DisputeRules.Stream(dispute) });
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }
}
