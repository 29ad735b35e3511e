using Billing.Contracts;
using Billing.Service.Invoicing;
using Npgsql;

namespace Billing.Service.Replay;

/// <summary>Invoices of a month that are listed without an event, or have an event and are not listed as it says: a proof of the others would not miss them.</summary>
internal static class StrayInvoices
{
    private const string OfMonth =
        $"""
        select coalesce(i.number, e.number), coalesce(i.digest, e.digest),
          case when e.number is null then 'the log does not hold the event that issued it'
               when i.number is null then 'it was issued and is not in the list of invoices'
               else 'the list of invoices has another digest' end
        from (select contract, number, digest from {BillingStore.Schema}.invoices where month = $1) i
        full join (
          select e.data->'invoice'->>'contract' as contract, e.data->'invoice'->>'number' as number, e.data->>'digest' as digest
          from {BillingStore.Schema}.mt_streams s join {BillingStore.Schema}.mt_events e on e.stream_id = s.id and e.type = '{Configuration.InvoiceIssued}'
          where right(s.id, 7) = $2 and s.id like 'invoice-%') e using (contract)
        where e.number is null or i.number is null or i.digest <> e.digest
        order by coalesce(i.number, e.number) collate "C"
        """;

    public static async Task<IReadOnlyList<InvoiceProof>> FindAsync(NpgsqlDataSource database, UsageMonth month, CancellationToken cancel)
    {
        var strays = new List<InvoiceProof>();
        await using var command = database.CreateCommand(OfMonth);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = month.ToString() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            strays.Add(new InvoiceProof(reader.GetString(0), reader.GetString(1), null, reader.GetString(2), null, 0));
        }

        return strays;
    }
}
