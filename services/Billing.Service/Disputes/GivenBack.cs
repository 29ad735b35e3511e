using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Corrections;
using Billing.Service.EventLog;
using Billing.Service.Invoicing;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Disputes;

/// <summary>A call that stands and that a document gave back.</summary>
/// <param name="Event">The id of its event.</param>
/// <param name="Name"><c>SOURCE/ID</c>.</param>
internal sealed record GivenCall(Guid Event, string Stream, string Name, string Document);

/// <summary>
/// What documents have given back for calls, so that no call is given back twice, nor charged again: calls that upheld disputes
/// name, and all calls of an invoice's line that was given back to its end. Right as long as the invoices are locked.
/// </summary>
internal static class GivenBack
{
    private const string Upheld =
        $"""
        select (call ->> 'event')::uuid, d.contract, call ->> 'month', call ->> 'source', call ->> 'recordId', d.document from {BillingStore.Schema}.disputes d
        join {BillingStore.Schema}.mt_events e on e.stream_id = '{DisputeRules.Prefix}' || d.id and e.type = '{Configuration.DisputeOpened}'
        cross join lateral jsonb_array_elements(e.data::jsonb -> 'calls') call
        where d.contract = any($1) and d.document is not null
        order by e.seq_id
        """;

    private const string Corrected =
        $"select call_id, document from {BillingStore.Schema}.call_corrections where call_id = any($1) and document is not null order by version";

    private const string Credited =
        $"""
        select asked.number from unnest($1::text[]) as asked(number)
        where exists (select from {BillingStore.Schema}.credit_notes c where c.invoice = asked.number)
          or exists (select from {BillingStore.Schema}.adjustments a where a.invoice = asked.number)
        order by asked.number
        """;

    private const string OfLine =
        $"""
        select r.id, r.source || '/' || r.record_id
        from {BillingStore.Schema}.rated_calls r join {BillingStore.Schema}.mt_events e on e.id = r.id
        where r.usage_month = $1 and r.contract = $2 and r.outcome = 'rated' and r.class = $3 and r.carrier is not distinct from $4 and r.tax_category = $5
          and e.version > $6 and e.version < $7
        """;

    /// <summary>Those of disputed calls that another dispute or a correction gave back, and the document that did.</summary>
    public static async Task<IReadOnlyDictionary<Guid, string>> OfDisputedAsync(NpgsqlConnection connection, DisputeOpened opened, CancellationToken cancel)
    {
        var given = new Dictionary<Guid, string>();
        if (opened.Calls.Count == 0)
        {
            return given;
        }

        var calls = opened.Calls.Select(call => call.Event).ToHashSet();
        foreach (var call in (await UpheldAsync(connection, [opened.Contract], cancel)).Where(call => calls.Contains(call.Event)))
        {
            given.TryAdd(call.Event, call.Document);
        }

        await using var command = new NpgsqlCommand(Corrected, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = calls.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            given.TryAdd(reader.GetGuid(0), reader.GetString(1));
        }

        return given;
    }

    /// <summary>The calls of usage streams that were given back and stand, each once.</summary>
    public static async Task<IReadOnlyList<GivenCall>> OfStreamsAsync(
        NpgsqlConnection connection, IReadOnlyCollection<string> streams, InvoicedCalls invoiced, CancellationToken cancel)
    {
        var closed = streams.Where(stream => invoiced.Of(stream).Count > 0).ToHashSet(StringComparer.Ordinal);
        if (closed.Count == 0)
        {
            return [];
        }

        var given = await UpheldAsync(connection, [.. closed.Select(stream => UsageStreams.Read(stream).Contract!).Distinct(StringComparer.Ordinal)], cancel);
        given.RemoveAll(call => !closed.Contains(call.Stream));
        var credited = await CreditedAsync(connection, [.. closed.SelectMany(stream => invoiced.Of(stream)).Select(closing => closing.Invoice).Distinct(StringComparer.Ordinal)], cancel);
        foreach (var stream in closed)
        {
            var after = 0L;
            foreach (var closing in invoiced.Of(stream))
            {
                if (credited.TryGetValue(closing.Invoice, out var credits))
                {
                    given.AddRange(await OfLinesAsync(connection, stream, (after, closing.Version), credits, cancel));
                }

                after = closing.Version;
            }
        }

        return [.. given.DistinctBy(call => call.Event)];
    }

    private static async Task<List<GivenCall>> UpheldAsync(NpgsqlConnection connection, string[] contracts, CancellationToken cancel)
    {
        var given = new List<GivenCall>();
        await using var command = new NpgsqlCommand(Upheld, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = contracts });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            given.Add(new GivenCall(
                reader.GetGuid(0), UsageStreams.Of(reader.GetString(1), UsageMonth.Parse(reader.GetString(2))), $"{reader.GetString(3)}/{reader.GetString(4)}", reader.GetString(5)));
        }

        return given;
    }

    /// <summary>Those of the invoices on which anything was given back.</summary>
    private static async Task<Dictionary<string, LineCredits>> CreditedAsync(NpgsqlConnection connection, string[] invoices, CancellationToken cancel)
    {
        var numbers = new List<string>();
        await using (var command = new NpgsqlCommand(Credited, connection))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = invoices });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                numbers.Add(reader.GetString(0));
            }
        }

        var credited = new Dictionary<string, LineCredits>(StringComparer.Ordinal);
        foreach (var number in numbers)
        {
            credited.Add(number, LineCredits.Of(await GrantDocument.ReadAsync(connection, InvoiceKeys.StreamOf(number), cancel)));
        }

        return credited;
    }

    /// <summary>The calls of the lines of an invoice that were given back to their end.</summary>
    /// <param name="span">The versions of the stream between which the invoice covers calls.</param>
    private static async Task<List<GivenCall>> OfLinesAsync(
        NpgsqlConnection connection, string stream, (long After, long Before) span, LineCredits credits, CancellationToken cancel)
    {
        var (contract, month) = UsageStreams.Read(stream);
        var given = new List<GivenCall>();
        foreach (var (line, number) in credits.Invoice.Lines.Select((line, i) => (Line: line, Number: i + 1)).Where(one => one.Line.Month == month && credits.IsGone(one.Number)))
        {
            await using var command = new NpgsqlCommand(OfLine, connection) { CommandTimeout = 0 };
            command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
            command.Parameters.Add(new NpgsqlParameter { Value = contract! });
            command.Parameters.Add(new NpgsqlParameter { Value = line.Code });
            command.Parameters.Add(RowStatements.Text(line.Detail));
            command.Parameters.Add(new NpgsqlParameter { Value = line.TaxCategory });
            command.Parameters.Add(new NpgsqlParameter { Value = span.After });
            command.Parameters.Add(new NpgsqlParameter { Value = span.Before });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                given.Add(new GivenCall(reader.GetGuid(0), stream, reader.GetString(1), credits.Documents(number)));
            }
        }

        return given;
    }
}
