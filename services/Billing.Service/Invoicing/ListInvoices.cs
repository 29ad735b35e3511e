using Billing.Contracts;
using NodaTime;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>One issued invoice in a list.</summary>
/// <param name="Digest">SHA-256 over the document without its issue instant.</param>
public sealed record InvoiceEntry(
    string Number, string Contract, UsageMonth Month, string Customer, Instant IssuedAt, LocalDate DueOn, Yen Subtotal, Yen Tax, Yen Total, string Digest);

/// <summary>The issued invoices of a month, by contract.</summary>
public static class ListInvoices
{
    private const string OfMonth =
        $"""
        select number, contract, customer, issued_at, due_on, subtotal::text, tax::text, total::text, digest
        from {BillingStore.Schema}.invoices where month = $1 order by contract collate "C"
        """;

    public static async Task<IReadOnlyList<InvoiceEntry>> RunAsync(NpgsqlDataSource database, UsageMonth month, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ReadAsync(connection, month, cancel);
    }

    internal static async Task<IReadOnlyList<InvoiceEntry>> ReadAsync(NpgsqlConnection connection, UsageMonth month, CancellationToken cancel)
    {
        var entries = new List<InvoiceEntry>();
        await using var command = new NpgsqlCommand(OfMonth, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            entries.Add(new InvoiceEntry(
                reader.GetString(0),
                reader.GetString(1),
                month,
                reader.GetString(2),
                Instant.FromDateTimeUtc(reader.GetDateTime(3)),
                LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(4)),
                Yen.Parse(reader.GetString(5)),
                Yen.Parse(reader.GetString(6)),
                Yen.Parse(reader.GetString(7)),
                reader.GetString(8)));
        }

        return entries;
    }
}
