using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Invoicing;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Disputes;

/// <summary>Reads what is disputed: the invoice as it was issued and the calls that it billed.</summary>
internal static class DisputedInvoice
{
    private const string Issued =
        $"select data from {BillingStore.Schema}.mt_events where stream_id = $1 and type = '{Invoicing.Configuration.InvoiceIssued}'";

    private const string Calls =
        $"""
        select r.source, r.record_id, r.id, r.usage_month, r.class, r.carrier, r.tax_category, r.charge::text, e.version
        from unnest($1::text[], $2::text[]) with ordinality as named(source, record_id, place)
        join {BillingStore.Schema}.rated_calls r
          on r.contract = $3 and r.usage_month = any($4) and r.source = named.source and r.record_id = named.record_id and r.outcome = 'rated'
        join {BillingStore.Schema}.mt_events e on e.id = r.id
        order by named.place
        """;

    /// <summary>How far earlier invoices had covered each usage month of this one.</summary>
    private const string CoveredBefore =
        $"""
        select i.usage_month, max((i.covered->>'streamVersion')::bigint)
        from unnest($2::date[], $3::bigint[]) as mine(usage_month, version)
        join {BillingStore.Schema}.invoiced_usage i on i.contract = $1 and i.usage_month = mine.usage_month and (i.covered->>'streamVersion')::bigint < mine.version
        join {BillingStore.Schema}.invoices n on n.number = i.invoice
        group by i.usage_month
        """;

    /// <summary>The invoice with that number, or null.</summary>
    public static async Task<InvoiceIssued?> FindAsync(NpgsqlConnection connection, string number, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Issued, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = InvoiceKeys.StreamOf(number) });
        return await command.ExecuteScalarAsync(cancel) is string data ? JsonSerializer.Deserialize<InvoiceIssued>(data, BillingStore.Json) : null;
    }

    /// <summary>
    /// Those of the named calls that the invoice billed, in the order of the names: calls of its contract that lie before
    /// its closing event on their usage stream and behind that of the invoice before.
    /// </summary>
    public static async Task<IReadOnlyList<DisputedCall>> CallsAsync(
        NpgsqlConnection connection, InvoiceIssued issued, IReadOnlyList<CallName> names, CancellationToken cancel)
    {
        if (names.Count == 0)
        {
            return [];
        }

        var before = await CoveredBeforeAsync(connection, issued, cancel);
        var covered = issued.Covered.ToDictionary(usage => usage.Month, usage => usage.StreamVersion);
        var distinct = names.Distinct().ToList();
        await using var command = new NpgsqlCommand(Calls, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = distinct.Select(name => name.Source).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = distinct.Select(name => name.RecordId).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = issued.Invoice.Contract });
        command.Parameters.Add(new NpgsqlParameter { Value = covered.Keys.Select(month => month.FirstDay.ToDateOnly()).ToArray() });
        var calls = new List<DisputedCall>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var month = Month(reader, 3);
            var version = reader.GetInt64(8);
            if (version < covered[month] && version > before.GetValueOrDefault(month))
            {
                calls.Add(new DisputedCall(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetGuid(2),
                    month,
                    reader.GetString(4),
                    await reader.IsDBNullAsync(5, cancel) ? null : reader.GetString(5),
                    reader.GetString(6),
                    Yen.Parse(reader.GetString(7))));
            }
        }

        return calls;
    }

    private static async Task<Dictionary<UsageMonth, long>> CoveredBeforeAsync(NpgsqlConnection connection, InvoiceIssued issued, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(CoveredBefore, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = issued.Invoice.Contract });
        command.Parameters.Add(new NpgsqlParameter { Value = issued.Covered.Select(usage => usage.Month.FirstDay.ToDateOnly()).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = issued.Covered.Select(usage => usage.StreamVersion).ToArray() });
        var before = new Dictionary<UsageMonth, long>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            before.Add(Month(reader, 0), reader.GetInt64(1));
        }

        return before;
    }

    private static UsageMonth Month(NpgsqlDataReader reader, int column) =>
        UsageMonth.Of(LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(column)));
}
