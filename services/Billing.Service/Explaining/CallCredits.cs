using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Disputes;
using Billing.Service.Invoicing;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.Explaining;

/// <summary>Tells what was given back for an invoiced call that stands: in a dispute about it, or of the line that carries it.</summary>
internal sealed class CallCredits(NpgsqlConnection connection, CancellationToken cancel)
{
    private const string Upheld =
        $"""
        select r.id, r.stream_id, r.version, r.timestamp, d.id, d.document, r.data ->> 'reason', r.data ->> 'by'
        from {BillingStore.Schema}.disputes d
        join {BillingStore.Schema}.mt_events o on o.stream_id = '{DisputeRules.Prefix}' || d.id and o.type = '{Disputes.Configuration.DisputeOpened}'
        join {BillingStore.Schema}.mt_events r on r.stream_id = o.stream_id and r.type = '{Disputes.Configuration.DisputeResolved}'
        where d.invoice = $1 and d.document is not null and ($3::timestamptz is null or r.timestamp <= $3)
          and exists (select from jsonb_array_elements(o.data::jsonb -> 'calls') call where (call ->> 'event')::uuid = $2)
        order by r.seq_id
        """;

    private const string Granted =
        $"""
        select id, stream_id, version, timestamp, type, data::text from {BillingStore.Schema}.mt_events
        where stream_id = $1 and type in ('{Invoicing.Configuration.CreditNoteIssued}', '{Invoicing.Configuration.AdjustmentGranted}')
          and ($2::timestamptz is null or timestamp <= $2)
        order by version
        """;

    /// <param name="line">The line that carries the call, counted from 1; null when none does.</param>
    /// <param name="asOf">Only what was given back by then; null: all.</param>
    public async Task<IReadOnlyList<CallHappening>> OfAsync(StoredRecord record, InvoiceDocument invoice, int? line, Instant? asOf)
    {
        var given = await UpheldAsync(record, invoice.Number!, asOf);
        if (line is { } number)
        {
            var documents = given.Select(happened => happened.Grounds!.Document).ToHashSet();
            given.AddRange((await OfLineAsync(invoice, number, asOf)).Where(happened => documents.Add(happened.Grounds!.Document)));
        }

        return given;
    }

    private async Task<List<CallHappening>> UpheldAsync(StoredRecord record, string invoice, Instant? asOf)
    {
        var given = new List<CallHappening>();
        await using var command = new NpgsqlCommand(Upheld, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = invoice });
        command.Parameters.Add(new NpgsqlParameter { Value = record.Id });
        command.Parameters.Add(At(asOf));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (dispute, document, reason) = (reader.GetString(4), reader.GetString(5), reader.GetString(6));
            given.Add(Of(reader, new CorrectionGrounds(reason, reader.GetString(7), Document: document), new Sentence(
                $"異議{dispute}が認められ、金額は{document}で返還された（{reason}）。", $"Dispute {dispute} about it was upheld: {reason}; the money is on {document}.")));
        }

        return given;
    }

    private async Task<List<CallHappening>> OfLineAsync(InvoiceDocument invoice, int number, Instant? asOf)
    {
        var line = invoice.Lines[number - 1];
        var given = new List<CallHappening>();
        await using var command = new NpgsqlCommand(Granted, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = InvoiceKeys.InvoiceStream(invoice.Contract, invoice.Month) });
        command.Parameters.Add(At(asOf));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (lines, grounds, corrects) = Read(reader.GetString(4), reader.GetString(5));
            var back = -lines.Where(one => (one.Code, one.Detail, one.Month, one.TaxCategory) == (line.Code, line.Detail, line.Month, line.TaxCategory))
                .Aggregate(Yen.Zero, (sum, one) => sum + one.Amount);
            if (!corrects && back > Yen.Zero)
            {
                given.Add(Of(reader, grounds, new Sentence(
                    $"請求書{invoice.Number}の{number}行目のうち{Terms.Money(back)}円が{grounds.Document}で返還された（{grounds.Reason}）。",
                    $"{Terms.Money(back)} yen of line {number} of invoice {invoice.Number} were given back: {grounds.Reason}; the money is on {grounds.Document}.")));
            }
        }

        return given;
    }

    private static (IReadOnlyList<CreditLineDocument> Lines, CorrectionGrounds Grounds, bool Corrects) Read(string type, string data)
    {
        if (type == Invoicing.Configuration.CreditNoteIssued)
        {
            var issued = JsonSerializer.Deserialize<CreditNoteIssued>(data, BillingStore.Json)!;
            return (issued.Note.Lines, new CorrectionGrounds(issued.Note.Reason, issued.By, Document: issued.Note.Number), issued.Covered is not null);
        }

        var granted = JsonSerializer.Deserialize<AdjustmentGranted>(data, BillingStore.Json)!;
        return (granted.Lines, new CorrectionGrounds(granted.Reason, granted.By, Document: granted.Adjustment), granted.Covered is not null);
    }

    private static CallHappening Of(NpgsqlDataReader reader, CorrectionGrounds grounds, Sentence sentence) => new(
        "given-back", reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), Instant.FromDateTimeUtc(reader.GetDateTime(3)), sentence.Ja, sentence.En)
    {
        Grounds = grounds,
    };

    private static NpgsqlParameter At(Instant? asOf) =>
        new() { Value = (object?)asOf?.ToDateTimeUtc() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
