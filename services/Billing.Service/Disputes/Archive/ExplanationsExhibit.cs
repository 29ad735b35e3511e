using Billing.Service.Explaining;
using Npgsql;

namespace Billing.Service.Disputes.Archive;

/// <summary>
/// Why what is disputed costs what it costs: the reasoning of each disputed call and line, the calls of disputed lines, and of an invoice that is
/// disputed as such all its lines in brief; as JSON, and as a page for people in Japanese and English.
/// </summary>
public sealed class ExplanationsExhibit(NpgsqlDataSource database) : IDisputeExhibit
{
    /// <summary>So many calls of a line are listed, the first ones; how many there are is said beside them.</summary>
    public const int MostCallsOfLine = 5_000;

    public async Task<IReadOnlyList<ArchiveFile>> FilesAsync(DisputeCase dispute, CancellationToken cancel)
    {
        var calls = await CallsAsync(dispute, cancel);
        var lines = await LinesAsync(dispute, cancel);
        var invoice = dispute.Dispute.Opened is { Calls.Count: 0, Lines.Count: 0 } ? ExplainInvoice.Of(dispute.Invoice.Invoice) : null;
        var files = new List<ArchiveFile> { ExplanationsPage.Of(dispute, calls, lines, invoice) };
        if (calls.Count > 0)
        {
            files.Add(ArchiveFile.Json("explanations/calls.json", calls));
        }

        if (lines.Count > 0)
        {
            files.Add(ArchiveFile.Json("explanations/lines.json", lines));
        }

        if (invoice is not null)
        {
            files.Add(ArchiveFile.Json("explanations/invoice.json", invoice));
        }

        return files;
    }

    private async Task<IReadOnlyList<CallExplanation>> CallsAsync(DisputeCase dispute, CancellationToken cancel)
    {
        var explain = new ExplainCall(database) { Known = new KnownAt(database, cancel) };
        var explained = new List<CallExplanation>();
        foreach (var call in dispute.Dispute.Opened.Calls)
        {
            if (Explaining.CallName.Of(call.Source, call.RecordId) is { } name && await explain.RunAsync(name, asOf: null, dispute.IsRevealed, cancel) is { } explanation)
            {
                // without a limit the place in its walk says nothing, and would move with every late call
                explained.Add(explanation.Limit is { Limit: null } ? explanation with { Limit = null } : explanation);
            }
        }

        return explained;
    }

    private async Task<IReadOnlyList<LineExplanation>> LinesAsync(DisputeCase dispute, CancellationToken cancel)
    {
        var explain = new ExplainLine(database) { IsRevealed = dispute.IsRevealed };
        var explained = new List<LineExplanation>();
        foreach (var line in dispute.Dispute.Opened.Lines)
        {
            if (await explain.RunAsync(dispute.Invoice, line, new Part(0, MostCallsOfLine), cancel) is { } explanation)
            {
                explained.Add(explanation);
            }
        }

        return explained;
    }
}
