using Billing.Contracts.Json;
using Billing.Service.Invoicing;

namespace Billing.Service.Disputes.Archive;

/// <summary>The dispute's events, the invoice, what was given back, and the versions and digests that they were made with.</summary>
public sealed class DocumentsExhibit : IDisputeExhibit
{
    public Task<IReadOnlyList<ArchiveFile>> FilesAsync(DisputeCase dispute, CancellationToken cancel)
    {
        var issued = dispute.Invoice;
        var files = new List<ArchiveFile>
        {
            ArchiveFile.Json("dispute/events.json", dispute.Events),
            ArchiveFile.Json("invoice/invoice.json", issued.Invoice, BillingJson.Indented),
            ArchiveFile.Text("invoice/invoice.txt", Written(text => InvoiceText.Write(text, issued.Invoice, issued.Digest))),
            ArchiveFile.Json("versions.json", Versions(dispute)),
        };
        if (dispute.Note is { } note)
        {
            files.Add(ArchiveFile.Json("credit-note/credit-note.json", note.Note, BillingJson.Indented));
            files.Add(ArchiveFile.Text("credit-note/credit-note.txt", Written(text => CreditNoteText.Write(text, note.Note, note.Digest))));
        }

        if (dispute.Adjustment is { } adjustment)
        {
            files.Add(ArchiveFile.Json("adjustment/adjustment.json", adjustment));
        }

        return Task.FromResult<IReadOnlyList<ArchiveFile>>(files);
    }

    private static DisputeVersions Versions(DisputeCase dispute) => new(
        dispute.Invoice.Invoice.Number!,
        dispute.Invoice.Digest,
        dispute.Invoice.TariffVersion,
        dispute.Invoice.Known,
        [.. dispute.Invoice.Covered.Select(covered => new CoveredCalls($"{covered.Month}", covered.StreamVersion, covered.Digest))],
        dispute.Note?.Digest,
        dispute.Dispute.Version);

    private static string Written(Action<TextWriter> write)
    {
        using var text = new StringWriter { NewLine = "\n" };
        write(text);
        return text.ToString();
    }
}

/// <summary>By what the invoice was made, so that it can be made again.</summary>
/// <param name="Known">The number of the knowledge that it was computed with.</param>
/// <param name="DisputeVersion">How many events the dispute has.</param>
public sealed record DisputeVersions(
    string Invoice,
    string InvoiceDigest,
    string TariffVersion,
    long Known,
    IReadOnlyList<CoveredCalls> Covered,
    string? CreditNoteDigest,
    long DisputeVersion);

/// <summary>The calls of a month that the invoice covered: up to which version of their stream, and the SHA-256 over their ids.</summary>
public sealed record CoveredCalls(string Month, long StreamVersion, string Digest);
