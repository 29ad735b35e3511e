using Billing.Contracts.Events;
using Billing.Service.Disputes.Archive;
using Billing.Service.Invoicing;
using Marten;
using Npgsql;

namespace Billing.Service.Disputes;

/// <summary>
/// The file of a dispute as one archive: cover page, events, invoice, what was given back, records and charges of the disputed calls, why they
/// and disputed lines cost what they cost, versions, and a manifest with the digest of each. The same dispute gives the same bytes.
/// </summary>
/// <param name="exhibits">What belongs into it; see <see cref="Exhibits"/>.</param>
public sealed class ExportDispute(NpgsqlDataSource database, IDocumentStore store, IReadOnlyList<IDisputeExhibit> exhibits)
{
    /// <summary>What belongs into every archive. Whoever has more to show adds an exhibit here.</summary>
    public static IReadOnlyList<IDisputeExhibit> Exhibits(NpgsqlDataSource database) =>
        [new DocumentsExhibit(), new CallRecordsExhibit(database), new ExplanationsExhibit(database)];

    /// <summary>The zip's bytes, or null when there is no such dispute.</summary>
    /// <param name="isRevealed">True for full numbers: only after <see cref="RevealNumbers"/> has noted who and why.</param>
    public async Task<byte[]?> RunAsync(string id, bool isRevealed, CancellationToken cancel)
    {
        if (await CaseAsync(id, isRevealed, cancel) is not { } dispute)
        {
            return null;
        }

        var files = new List<ArchiveFile>();
        foreach (var exhibit in exhibits)
        {
            files.AddRange(await exhibit.FilesAsync(dispute, cancel));
        }

        return WriteArchive.ToBytes(dispute, files);
    }

    private async Task<DisputeCase?> CaseAsync(string id, bool isRevealed, CancellationToken cancel)
    {
        await using var session = store.QuerySession();
        var stream = DisputeRules.Stream(id);
        var events = await session.Events.FetchStreamAsync(stream, token: cancel);
        if (events.Select(happened => happened.Data).OfType<DisputeOpened>().FirstOrDefault() is not { } opened)
        {
            return null;
        }

        // ages are counted to the opening: what is archived does not change with the day on which it is
        var view = await ShowDispute.FindAsync(session, id, opened.OpenedOn, cancel);
        var document = view!.Resolved?.Document;
        return new DisputeCase(
            view,
            [.. events.Select(happened => new DisputeCaseEvent(happened.Version, happened.EventTypeName, happened.Data))],
            (await ShowInvoice.FindAsync(database, opened.Invoice, cancel))!,
            document is null ? null : await ShowCreditNote.FindAsync(database, document, cancel),
            document is null ? null : await ShowCreditNote.FindAdjustmentAsync(database, document, cancel),
            isRevealed);
    }
}
