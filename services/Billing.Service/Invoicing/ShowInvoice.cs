using System.Runtime.CompilerServices;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>Issued invoices as they were frozen, from their events.</summary>
public static class ShowInvoice
{
    private const string ByNumber =
        $"""
        select e.data from {BillingStore.Schema}.invoices i
        join {BillingStore.Schema}.mt_events e on e.stream_id = 'invoice-' || i.contract || '-' || to_char(i.month, 'YYYY-MM') and e.type = '{Configuration.InvoiceIssued}'
        where i.number = $1
        """;

    private const string OfMonth =
        $"""
        select e.data from {BillingStore.Schema}.invoices i
        join {BillingStore.Schema}.mt_events e on e.stream_id = 'invoice-' || i.contract || '-' || to_char(i.month, 'YYYY-MM') and e.type = '{Configuration.InvoiceIssued}'
        where i.month = $1 order by i.contract collate "C"
        """;

    /// <summary>
    /// The invoice is the first event of its stream. The lateral query keeps the plan at one index look-up per stream, whatever the
    /// statistics say of invoices that were issued since.
    /// </summary>
    private const string OfContracts =
        $"""
        select e.data from unnest($1::varchar[]) as s(id)
        cross join lateral (
          select data from {BillingStore.Schema}.mt_events where stream_id = s.id and version = 1 and type = '{Configuration.InvoiceIssued}' limit 1) e
        """;


    /// <summary>The invoice with that number, or null.</summary>
    public static async Task<InvoiceIssued?> FindAsync(NpgsqlDataSource database, string number, CancellationToken cancel)
    {
        if (number.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        await using var command = database.CreateCommand(ByNumber);
        command.Parameters.Add(new NpgsqlParameter { Value = number });
        return await command.ExecuteScalarAsync(cancel) is string data ? Read(data) : null;
    }

    /// <summary>The invoices of a month by contract, one at a time.</summary>
    public static async IAsyncEnumerable<InvoiceIssued> OfMonthAsync(NpgsqlDataSource database, UsageMonth month, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = database.CreateCommand(OfMonth);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return Read(reader.GetString(0));
        }
    }

    /// <summary>The invoices of some contracts for a month, as the connection's transaction sees them.</summary>
    internal static async Task<Dictionary<string, InvoiceIssued>> OfContractsAsync(
        NpgsqlConnection connection, UsageMonth month, IReadOnlyCollection<string> contracts, CancellationToken cancel)
    {
        var found = new Dictionary<string, InvoiceIssued>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(OfContracts, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = contracts.Select(contract => InvoiceKeys.InvoiceStream(contract, month)).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var issued = Read(reader.GetString(0));
            found.Add(issued.Invoice.Contract, issued);
        }

        return found;
    }

    private static InvoiceIssued Read(string data) => JsonSerializer.Deserialize<InvoiceIssued>(data, BillingStore.Json)!;
}
