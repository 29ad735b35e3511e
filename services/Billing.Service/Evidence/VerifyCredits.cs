using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Invoicing;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>
/// Checks the credit notes and adjustments on the invoices of a month: each note against its digest, their numbers without gaps, their
/// rows, what they took back of invoiced usage, and that a settled adjustment is on the invoice that is said to carry it.
/// </summary>
internal sealed class VerifyCredits(NpgsqlConnection connection, Findings findings, CancellationToken cancel)
{
    public const string Documents = "credit notes have their digests, and credits are numbered without gaps";
    public const string Settled = "settled adjustments are on the invoice that carries them";

    private const string Prefix = "invoice-";

    /// <summary>A stream with nothing but its invoice is not looked at.</summary>
    private const string CreditEvents =
        $"""
        select e.stream_id, e.version, e.id, e.timestamp, e.type, e.data from {BillingStore.Schema}.mt_streams s
        join {BillingStore.Schema}.mt_events e on e.stream_id = s.id
        where s.id like '{Prefix}%' and right(s.id, 7) = $1 and s.version > 1
          and e.type in ('{Invoicing.Configuration.CreditNoteIssued}', '{Invoicing.Configuration.AdjustmentGranted}', '{Invoicing.Configuration.AdjustmentSettled}')
        order by e.seq_id
        """;

    private const string CarriedByInvoices =
        $"""
        select e.data->'invoice'->>'number' || ' ' || carried.adjustment from {BillingStore.Schema}.mt_events e
        cross join lateral jsonb_array_elements_text(e.data->'adjustments') as carried(adjustment)
        where e.stream_id = any($1) and e.type = '{Invoicing.Configuration.InvoiceIssued}' and jsonb_typeof(e.data->'adjustments') = 'array'
        """;

    private readonly VerifiedRows _rows = new(connection, findings, cancel);

    public async Task RunAsync(UsageMonth month, DocumentsDigest digest)
    {
        findings.Compared(Documents, 0);
        var credits = new MonthCredits();
        foreach (var (stream, happened) in await EventsAsync(month))
        {
            Take(credits, month, stream, happened, digest);
        }

        if (credits.IsEmpty)
        {
            return;
        }

        await new VerifyCreditRows(_rows).RunAsync(credits);
        await new VerifyCovered(connection, findings, cancel).RunAsync(credits.Covering);
        await SettledAsync(credits.Settled);
    }

    private async Task<List<(string Stream, StoredEvent Event)>> EventsAsync(UsageMonth month)
    {
        var events = new List<(string, StoredEvent)>();
        await using var command = new NpgsqlCommand(CreditEvents, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = month.ToString() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            events.Add((reader.GetString(0), new StoredEvent(
                reader.GetInt64(1), reader.GetGuid(2), reader.GetDateTime(3), reader.GetString(4), reader.GetFieldValue<byte[]>(5))));
        }

        return events;
    }

    private void Take(MonthCredits credits, UsageMonth month, string stream, in StoredEvent happened, DocumentsDigest digest)
    {
        var contract = stream[Prefix.Length..^(month.ToString().Length + 1)];
        switch (happened.Type)
        {
            case Invoicing.Configuration.CreditNoteIssued:
                var note = Read<CreditNoteIssued>(happened.Data, issued => issued is { Note: { Number: not null, Contract: not null, Invoice.Number: not null, Lines: not null }, Digest: not null });
                findings.Compared(Documents);
                if (Holds(note, stream, happened, "a credit note"))
                {
                    Take(credits, note!, (contract, month), stream, happened, digest);
                }

                break;
            case Invoicing.Configuration.AdjustmentGranted:
                var granted = Read<AdjustmentGranted>(happened.Data, adjustment => adjustment is { Adjustment: not null, Lines: not null });
                findings.Compared(Documents);
                if (Holds(granted, stream, happened, "an adjustment"))
                {
                    Take(credits, granted!, (contract, month), stream, happened, digest);
                }

                break;
            default:
                var settled = Read<AdjustmentSettled>(happened.Data, one => one is { Adjustment: not null, Invoice: not null });
                if (Holds(settled, stream, happened, "a settled adjustment"))
                {
                    credits.Settled[settled!.Adjustment] = settled.Invoice;
                }

                break;
        }
    }

    private void Take(MonthCredits credits, CreditNoteIssued issued, (string Contract, UsageMonth Month) of, string stream, in StoredEvent happened, DocumentsDigest digest)
    {
        var (note, invoice) = (issued.Note, InvoiceKeys.Number(of.Contract, of.Month));
        var (number, found) = (InvoiceKeys.CreditNote(invoice, credits.NextNote(stream)), InvoiceKeys.Digest(note));
        if (found != issued.Digest)
        {
            Wrong(stream, happened, issued.Digest, found);
        }
        else if ((note.Number, note.Invoice.Number, note.Contract, note.Invoice.Month) != (number, invoice, of.Contract, of.Month))
        {
            Wrong(stream, happened, $"{number} on invoice {invoice}", $"{note.Number} of {note.Contract} on invoice {note.Invoice.Number} for {note.Invoice.Month}");
        }

        digest.AddCredit(number, found, happened);
        credits.Notes.Add((stream, issued));
        credits.Covering.Add(new CoveringDocument(stream, note.Number, note.Contract, issued.Covered ?? []));
    }

    private void Take(MonthCredits credits, AdjustmentGranted granted, (string Contract, UsageMonth Month) of, string stream, in StoredEvent happened, DocumentsDigest digest)
    {
        var invoice = InvoiceKeys.Number(of.Contract, of.Month);
        var number = InvoiceKeys.Adjustment(invoice, credits.NextAdjustment(stream));
        if ((granted.Adjustment, granted.Invoice, granted.Contract, granted.Month) != (number, invoice, of.Contract, of.Month))
        {
            Wrong(stream, happened, $"{number} on invoice {invoice}", $"{granted.Adjustment} of {granted.Contract} on invoice {granted.Invoice} for {granted.Month}");
        }

        digest.AddCredit(number, "", happened);
        credits.Adjustments.Add((stream, granted));
        credits.Covering.Add(new CoveringDocument(stream, granted.Adjustment, granted.Contract, granted.Covered ?? []));
    }

    private async Task SettledAsync(IReadOnlyDictionary<string, string> settled)
    {
        var carried = await _rows.ReadAsync(
            CarriedByInvoices, reader => (reader.GetString(0), ""), [settled.Values.Distinct(StringComparer.Ordinal).Select(InvoiceKeys.StreamOf).ToArray()]);
        foreach (var (adjustment, invoice) in settled)
        {
            _rows.Compare(Settled, "adjustment on invoice", carried, $"the settlement of {adjustment}", $"{invoice} {adjustment}", "");
        }
    }

    private bool Holds<T>(T? data, string stream, in StoredEvent happened, string expected)
        where T : class
    {
        if (data is null)
        {
            Wrong(stream, happened, expected, "data that is none");
        }

        return data is not null;
    }

    private void Wrong(string stream, in StoredEvent happened, string expected, string found) =>
        findings.Add(new BrokenLink(Documents, stream, happened.Version, happened.Version, expected, found, happened.Id));

    private static T? Read<T>(byte[] data, Func<T, bool> isWhole)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(data, BillingStore.Json) is { } read && isWhole(read) ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
