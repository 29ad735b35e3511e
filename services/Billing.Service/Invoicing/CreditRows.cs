using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating;
using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>Rows of <c>credit_notes</c> and <c>adjustments</c> on their way in; they follow from the events alone.</summary>
internal sealed class CreditRows
{
    private const string CopyNotes =
        $"""
        copy {BillingStore.Schema}.credit_notes (number, invoice, contract, month, customer, issued_at, subtotal, tax, total, dispute, reason, digest)
        from stdin (format binary)
        """;

    private const string CopyAdjustments =
        $"""
        copy {BillingStore.Schema}.adjustments (number, invoice, contract, month, amount, granted_at, dispute, reason, lines)
        from stdin (format binary)
        """;

    private const string Settle =
        $"""
        update {BillingStore.Schema}.adjustments a set settled_by = s.invoice
        from unnest($1::text[], $2::text[]) as s(number, invoice) where a.number = s.number
        """;

    private readonly CopyBuffer _notes = new();
    private readonly CopyBuffer _adjustments = new();
    private readonly List<AdjustmentSettled> _settled = [];

    public int Count => _notes.Rows + _adjustments.Rows + _settled.Count;

    public void Add(CreditNoteIssued issued)
    {
        var note = issued.Note;
        _notes.BeginRow(12);
        _notes.Text(note.Number);
        _notes.Text(note.Invoice.Number);
        _notes.Text(note.Contract);
        _notes.Date(Tokyo.DayNumber(note.Invoice.Month.FirstDay));
        _notes.Text(note.Customer);
        _notes.Instant(note.IssuedAt!.Value.ToUnixTimeMilliseconds());
        _notes.Numeric(note.Subtotal);
        _notes.Numeric(note.Tax);
        _notes.Numeric(note.Total);
        _notes.TextOrNull(note.Dispute);
        _notes.Text(note.Reason);
        _notes.Text(issued.Digest);
    }

    public void Add(AdjustmentGranted granted)
    {
        _adjustments.BeginRow(9);
        _adjustments.Text(granted.Adjustment);
        _adjustments.Text(granted.Invoice);
        _adjustments.Text(granted.Contract);
        _adjustments.Date(Tokyo.DayNumber(granted.Month.FirstDay));
        _adjustments.Numeric(granted.Lines.Aggregate(Yen.Zero, (sum, line) => sum + line.Amount));
        _adjustments.Instant(granted.GrantedAt.ToUnixTimeMilliseconds());
        _adjustments.TextOrNull(granted.Dispute);
        _adjustments.Text(granted.Reason);
        _adjustments.Jsonb(JsonSerializer.SerializeToUtf8Bytes<IReadOnlyList<CreditLineDocument>>(granted.Lines, BillingStore.Json));
    }

    public void Add(AdjustmentSettled settled) => _settled.Add(settled);

    public async Task SendAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await _notes.SendAsync(connection, CopyNotes, cancel);
        await _adjustments.SendAsync(connection, CopyAdjustments, cancel);
        if (_settled.Count > 0)
        {
            await using var settle = new NpgsqlCommand(Settle, connection);
            settle.Parameters.Add(new NpgsqlParameter { Value = _settled.Select(settled => settled.Adjustment).ToArray() });
            settle.Parameters.Add(new NpgsqlParameter { Value = _settled.Select(settled => settled.Invoice).ToArray() });
            await settle.ExecuteNonQueryAsync(cancel);
        }
    }
}
