using Billing.Contracts;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>Checks the other way round: nothing stands in the tables or on a usage stream that no document brought there.</summary>
internal sealed class VerifyTables(NpgsqlConnection connection, Findings findings, CancellationToken cancel)
{
    private const string Schema = BillingStore.Schema;

    /// <summary>
    /// A document that covers usage lies on the stream of the invoice whose number its own number begins with, and lists what it
    /// covered; besides invoices these are documents that correct one.
    /// </summary>
    private const string NumberOfDocument = "coalesce(e.data->'invoice'->>'number', e.data->'note'->>'number', e.data->>'adjustment')";

    private const string RowsWithoutEvent =
        $"""
        select 'invoices ' || i.number, null::bigint, null::uuid from {Schema}.invoices i
        where ($1::text is null or to_char(i.month, 'YYYY-MM') = $1) and not exists (
          select from {Schema}.mt_events e
          where e.stream_id = 'invoice-' || i.contract || '-' || to_char(i.month, 'YYYY-MM') and e.type = '{Invoicing.Configuration.InvoiceIssued}'
            and e.data->'invoice'->>'number' = i.number)
        order by 1
        """;

    private const string NotesWithoutEvent =
        $"""
        select 'credit_notes ' || n.number, null::bigint, null::uuid from {Schema}.credit_notes n
        where ($1::text is null or to_char(n.month, 'YYYY-MM') = $1) and not exists (
          select from {Schema}.mt_events e
          where e.stream_id = 'invoice-' || n.contract || '-' || to_char(n.month, 'YYYY-MM') and e.type = '{Invoicing.Configuration.CreditNoteIssued}'
            and e.data->'note'->>'number' = n.number)
        order by 1
        """;

    private const string AdjustmentsWithoutEvent =
        $"""
        select 'adjustments ' || a.number, null::bigint, null::uuid from {Schema}.adjustments a
        where ($1::text is null or to_char(a.month, 'YYYY-MM') = $1) and not exists (
          select from {Schema}.mt_events e
          where e.stream_id = 'invoice-' || a.contract || '-' || to_char(a.month, 'YYYY-MM') and e.type = '{Invoicing.Configuration.AdjustmentGranted}'
            and e.data->>'adjustment' = a.number)
        order by 1
        """;

    private const string UsageWithoutDocument =
        $"""
        select 'invoiced_usage ' || u.invoice || ' ' || u.contract || ' ' || to_char(u.usage_month, 'YYYY-MM'), null::bigint, null::uuid
        from {Schema}.invoiced_usage u
        where ($1::text is null or to_char(u.usage_month, 'YYYY-MM') = $1) and not exists (
          select from {Schema}.mt_events e
          where e.stream_id = 'invoice-' || u.contract || '-' || left(u.invoice, 4) || '-' || substr(u.invoice, 5, 2) and {NumberOfDocument} = u.invoice
            and e.data @> jsonb_build_object('covered', jsonb_build_array(jsonb_build_object('month', to_char(u.usage_month, 'YYYY-MM')))))
        order by 1
        """;

    private const string ClosingsWithoutDocument =
        $"""
        select c.stream_id, c.version, c.id from {Schema}.mt_streams s
        join {Schema}.mt_events c on c.stream_id = s.id and c.type = '{EventTypes.UsageMonthClosed}'
        where s.id like 'usage-%' and ($1::text is null or right(s.id, 7) = $1) and not exists (
          select from {Schema}.mt_events e
          where e.stream_id = 'invoice-' || (c.data->>'contract') || '-' || left(c.data->>'invoice', 4) || '-' || substr(c.data->>'invoice', 5, 2)
            and {NumberOfDocument} = c.data->>'invoice'
            and e.data @> jsonb_build_object('covered', jsonb_build_array(jsonb_build_object('month', c.data->>'month', 'streamVersion', c.version, 'digest', c.data->>'digest'))))
        order by c.stream_id collate "C", c.version
        """;

    public async Task RunAsync(UsageMonth? month)
    {
        await CheckAsync("rows of invoices come from an issued invoice", RowsWithoutEvent, month);
        await CheckAsync("rows of credit notes come from a credit note", NotesWithoutEvent, month);
        await CheckAsync("rows of adjustments come from a grant", AdjustmentsWithoutEvent, month);
        await CheckAsync("rows of invoiced usage come from a document", UsageWithoutDocument, month);
        await CheckAsync("closings are named by the document that closed", ClosingsWithoutDocument, month);
    }

    private async Task CheckAsync(string check, string sql, UsageMonth? month)
    {
        findings.Compared(check, 0);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(VerifyChains.MonthText(month));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            long? version = await reader.IsDBNullAsync(1, cancel) ? null : reader.GetInt64(1);
            findings.Add(new BrokenLink(
                check, reader.GetString(0), version, version, "a document that says so", "none", await reader.IsDBNullAsync(2, cancel) ? null : reader.GetGuid(2)));
        }
    }
}
