using System.Diagnostics;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Subscriptions;
using Billing.Service.Hosting;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>
/// The spans of the invoices of a group: each names its invoice and lines and leads to the spans of the files whose calls of the month it covers, as far as those were
/// recorded. Nothing is read unless somebody collects spans.
/// </summary>
internal sealed class InvoiceSpans(ILookup<string, (long Delivery, ActivityContext Span)> deliveries)
{
    /// <summary>So many links are kept by what collects spans, if it is not told otherwise.</summary>
    private const int MostLinks = 128;

    private const string Deliveries =
        $"""
        select contract, no, trace
        from (select distinct contract, delivery from {BillingStore.Schema}.rated_calls where usage_month = $1 and contract = any($2)) c
        join {BillingStore.Schema}.deliveries d on d.no = c.delivery
        where trace is not null
        order by contract, no
        """;

    public static async Task<InvoiceSpans> OfAsync(NpgsqlConnection connection, UsageMonth month, IEnumerable<Contract> contracts, CancellationToken cancel)
    {
        var found = new List<(string Contract, long Delivery, ActivityContext Span)>();
        if (Activity.Current is { IsAllDataRequested: true } && Telemetry.Source.HasListeners())
        {
            await using var command = new NpgsqlCommand(Deliveries, connection);
            command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
            command.Parameters.Add(new NpgsqlParameter { Value = contracts.Select(contract => contract.Id).ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                if (ActivityContext.TryParse(reader.GetString(2), null, out var span))
                {
                    found.Add((reader.GetString(0), reader.GetInt64(1), span));
                }
            }
        }

        return new InvoiceSpans(found.ToLookup(entry => entry.Contract, entry => (entry.Delivery, entry.Span), StringComparer.Ordinal));
    }

    /// <summary>Begins the span of an invoice; null when nobody collects spans.</summary>
    public Activity? Begin(InvoiceDocument invoice)
    {
        var span = Telemetry.Source.StartActivity("issue invoice");
        if (span is not { IsAllDataRequested: true })
        {
            return span;
        }

        span.SetTag("billing.invoice", invoice.Number).SetTag("billing.month", $"{invoice.Month}").SetTag("billing.lines", invoice.Lines.Count);
        foreach (var (delivery, origin) in deliveries[invoice.Contract].Take(MostLinks))
        {
            span.AddLink(new ActivityLink(origin, new() { ["billing.delivery"] = delivery }));
        }

        for (var line = 1; line <= invoice.Lines.Count; line++)
        {
            var (section, code, month) = (invoice.Lines[line - 1].Section, invoice.Lines[line - 1].Code, invoice.Lines[line - 1].Month);
            span.AddEvent(new ActivityEvent("line", tags: new() { ["billing.line"] = line, ["billing.section"] = section, ["billing.code"] = code, ["billing.month"] = $"{month}" }));
        }

        return span;
    }
}
