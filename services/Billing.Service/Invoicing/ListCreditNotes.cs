using Billing.Contracts;
using NodaTime;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>Which credit notes are listed; what is null does not matter. The month is that of the invoice.</summary>
public sealed record CreditNoteSearch(
    UsageMonth? Month = null, IReadOnlyCollection<string>? Contracts = null, string? Invoice = null, Instant? IssuedFrom = null, Instant? IssuedBefore = null);

/// <summary>An issued credit note in a list; amounts are 0 or less.</summary>
public sealed record CreditNoteEntry(
    string Number, string Invoice, string Contract, UsageMonth Month, string Customer, Instant IssuedAt, Yen Subtotal, Yen Tax, Yen Total, string? Dispute, string Reason);

/// <summary>Lists credit notes by number, part by part.</summary>
public static class ListCreditNotes
{
    /// <param name="after">The number behind which to go on; null for the beginning.</param>
    public static async Task<List<CreditNoteEntry>> RunAsync(NpgsqlDataSource database, CreditNoteSearch search, string? after, int most, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = Command(search, after, most);
        command.Connection = connection;
        var entries = new List<CreditNoteEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            entries.Add(new CreditNoteEntry(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), UsageMonth.Of(LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(3))), reader.GetString(4),
                Instant.FromDateTimeUtc(reader.GetDateTime(5)), Yen.Parse(reader.GetString(6)), Yen.Parse(reader.GetString(7)), Yen.Parse(reader.GetString(8)),
                reader.IsDBNull(9) ? null : reader.GetString(9), reader.GetString(10)));
        }

        return entries;
    }

    internal static NpgsqlCommand Command(CreditNoteSearch search, string? after, int most)
    {
        var conditions = new Conditions();
        conditions.Add("number > {0}", after);
        conditions.Add("month = {0}", search.Month?.FirstDay.ToDateOnly());
        conditions.Add("contract = any({0})", (object?)search.Contracts?.ToArray());
        conditions.Add("invoice = {0}", search.Invoice);
        conditions.Add("issued_at >= {0}", search.IssuedFrom?.ToDateTimeUtc());
        conditions.Add("issued_at < {0}", search.IssuedBefore?.ToDateTimeUtc());
        return conditions.Query(
            $"select number, invoice, contract, month, customer, issued_at, subtotal::text, tax::text, total::text, dispute, reason from {BillingStore.Schema}.credit_notes",
            $"order by number limit {most}");
    }
}
