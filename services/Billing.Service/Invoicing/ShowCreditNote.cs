using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using NodaTime;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>An issued credit note or granted adjustment of an invoice in a list; amounts are signed.</summary>
/// <param name="Tax">The tax of a credit note; null for an adjustment, which is taxed on the invoice that carries it.</param>
/// <param name="SettledBy">The invoice that carries an adjustment; null while it is pending, and for credit notes.</param>
public sealed record CreditEntry(string Number, string Kind, string Invoice, Instant At, Yen Amount, Yen? Tax, string? Dispute, string Reason, string? SettledBy);

/// <summary>Issued credit notes as they were frozen, and what was given back on an invoice.</summary>
public static class ShowCreditNote
{
    private const string ByNumber =
        $"""
        select e.data from {BillingStore.Schema}.credit_notes n
        join {BillingStore.Schema}.mt_events e on e.stream_id = 'invoice-' || n.contract || '-' || to_char(n.month, 'YYYY-MM')
          and e.type = '{Configuration.CreditNoteIssued}' and e.data->'note'->>'number' = n.number
        where n.number = $1
        """;

    private const string AdjustmentByNumber =
        $"""
        select e.data from {BillingStore.Schema}.adjustments a
        join {BillingStore.Schema}.mt_events e on e.stream_id = 'invoice-' || a.contract || '-' || to_char(a.month, 'YYYY-MM')
          and e.type = '{Configuration.AdjustmentGranted}' and e.data->>'adjustment' = a.number
        where a.number = $1
        """;

    private const string OfInvoice =
        $"""
        select number, '{GrantWords.CreditNote}', issued_at, subtotal::text, tax::text, dispute, reason, null from {BillingStore.Schema}.credit_notes where invoice = $1
        union all
        select number, '{GrantWords.Adjustment}', granted_at, amount::text, null, dispute, reason, settled_by from {BillingStore.Schema}.adjustments where invoice = $1
        order by 3, 1
        """;

    /// <summary>The credit note with that number, or null.</summary>
    public static Task<CreditNoteIssued?> FindAsync(NpgsqlDataSource database, string number, CancellationToken cancel) =>
        FindAsync<CreditNoteIssued>(database, ByNumber, number, cancel);

    /// <summary>The adjustment with that number, or null.</summary>
    public static Task<AdjustmentGranted?> FindAdjustmentAsync(NpgsqlDataSource database, string number, CancellationToken cancel) =>
        FindAsync<AdjustmentGranted>(database, AdjustmentByNumber, number, cancel);

    /// <summary>What was given back on an invoice, in the order of time.</summary>
    public static async Task<IReadOnlyList<CreditEntry>> OfInvoiceAsync(NpgsqlDataSource database, string invoice, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(OfInvoice);
        command.Parameters.Add(new NpgsqlParameter { Value = invoice });
        var entries = new List<CreditEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            entries.Add(new CreditEntry(
                reader.GetString(0),
                reader.GetString(1),
                invoice,
                Instant.FromDateTimeUtc(reader.GetDateTime(2)),
                Yen.Parse(reader.GetString(3)),
                Text(reader, 4) is { } tax ? Yen.Parse(tax) : null,
                Text(reader, 5),
                reader.GetString(6),
                Text(reader, 7)));
        }

        return entries;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static async Task<T?> FindAsync<T>(NpgsqlDataSource database, string sql, string number, CancellationToken cancel)
        where T : class
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = number });
        return await command.ExecuteScalarAsync(cancel) is string data ? JsonSerializer.Deserialize<T>(data, BillingStore.Json) : null;
    }
}
