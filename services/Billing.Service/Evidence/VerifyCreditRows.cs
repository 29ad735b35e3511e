using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>Checks the rows of credit notes and adjustments against their events.</summary>
internal sealed class VerifyCreditRows(VerifiedRows rows)
{
    public const string NoteRows = "rows of credit notes are what the credit notes say";
    public const string AdjustmentRows = "rows of adjustments are what was granted and settled";

    private const string Notes =
        $"""
        select number, invoice, contract, month, customer, issued_at, subtotal::text, tax::text, total::text, dispute, reason, digest
        from {BillingStore.Schema}.credit_notes where number = any($1)
        """;

    private const string Adjustments =
        $"""
        select number, invoice, contract, month, amount::text, granted_at, dispute, reason, lines::text, settled_by
        from {BillingStore.Schema}.adjustments where number = any($1)
        """;

    public async Task RunAsync(MonthCredits credits)
    {
        var notes = await rows.ReadAsync(Notes, NoteText, [credits.Notes.Select(note => note.Issued.Note.Number).ToArray()]);
        foreach (var (stream, issued) in credits.Notes)
        {
            rows.Compare(NoteRows, "credit_notes", notes, stream, issued.Note.Number, Row(issued));
        }

        var adjustments = await rows.ReadAsync(Adjustments, AdjustmentText, [credits.Adjustments.Select(one => one.Granted.Adjustment).ToArray()]);
        foreach (var (stream, granted) in credits.Adjustments)
        {
            rows.Compare(AdjustmentRows, "adjustments", adjustments, stream, granted.Adjustment, Row(granted, credits.Settled.GetValueOrDefault(granted.Adjustment)));
        }
    }

    private static (string, string) NoteText(NpgsqlDataReader reader) => (
        reader.GetString(0),
        VerifiedRows.Lines(
            reader.GetString(1),
            reader.GetString(2),
            VerifiedRows.MonthOf(reader, 3).ToString(),
            reader.GetString(4),
            VerifiedRows.InstantOf(reader, 5),
            VerifiedRows.Amount(reader.GetString(6)),
            VerifiedRows.Amount(reader.GetString(7)),
            VerifiedRows.Amount(reader.GetString(8)),
            VerifiedRows.TextOf(reader, 9),
            Line(reader.GetString(10)),
            reader.GetString(11)));

    private static string Row(CreditNoteIssued issued) => VerifiedRows.Lines(
        issued.Note.Invoice.Number,
        issued.Note.Contract,
        issued.Note.Invoice.Month.ToString(),
        issued.Note.Customer,
        issued.Note.IssuedAt?.ToString() ?? "",
        issued.Note.Subtotal.ToString(),
        issued.Note.Tax.ToString(),
        issued.Note.Total.ToString(),
        issued.Note.Dispute ?? "",
        Line(issued.Note.Reason),
        issued.Digest);

    private static (string, string) AdjustmentText(NpgsqlDataReader reader) => (
        reader.GetString(0),
        VerifiedRows.Lines(
            reader.GetString(1),
            reader.GetString(2),
            VerifiedRows.MonthOf(reader, 3).ToString(),
            VerifiedRows.Amount(reader.GetString(4)),
            VerifiedRows.InstantOf(reader, 5),
            VerifiedRows.TextOf(reader, 6),
            Line(reader.GetString(7)),
            Same(reader.GetString(8)),
            SettledBy(reader.IsDBNull(9) ? null : reader.GetString(9))));

    private static string Row(AdjustmentGranted granted, string? settledBy) => VerifiedRows.Lines(
        granted.Invoice,
        granted.Contract,
        granted.Month.ToString(),
        granted.Lines.Aggregate(Yen.Zero, (sum, line) => sum + line.Amount).ToString(),
        granted.GrantedAt.ToString(),
        granted.Dispute ?? "",
        Line(granted.Reason),
        JsonSerializer.Serialize(granted.Lines, BillingStore.Json),
        SettledBy(settledBy));

    private static string SettledBy(string? invoice) => invoice is null ? "pending" : $"settled by {invoice}";

    /// <summary>A reason may have lines of its own: as JSON it is one.</summary>
    private static string Line(string text) => JsonSerializer.Serialize(text, BillingStore.Json);

    /// <summary>Stored JSON in the form in which it was written.</summary>
    private static string Same(string json)
    {
        try
        {
            return JsonSerializer.Serialize(JsonSerializer.Deserialize<IReadOnlyList<CreditLineDocument>>(json, BillingStore.Json), BillingStore.Json);
        }
        catch (JsonException)
        {
            return "data that is no list of credit lines";
        }
    }
}
