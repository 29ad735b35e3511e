using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.EventLog;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>
/// Grants a credit note or an adjustment inside the caller's transaction, for whoever corrects calls of an invoiced month: the document, what
/// it takes back of the month's usage and the correction itself are committed together or not at all. A session grants
/// by the same decider, and the same rows are made from its events.
/// </summary>
public static class GrantDocument
{
    private const string Events =
        $"select type, data from {BillingStore.Schema}.mt_events where stream_id = $1 order by version";

    /// <summary>
    /// Locks an invoice to the end of the transaction: what may be credited stays as it is. To be called before usage streams
    /// are locked, which come later in the order of ids.
    /// </summary>
    /// <returns>The invoice with all credits so far, or null when there is none with that number.</returns>
    public static async Task<InvoiceLedger?> LockAsync(NpgsqlConnection connection, string invoice, CancellationToken cancel)
    {
        if (!InvoiceKeys.TryParse(invoice, out var contract, out var month)
            || (await ReadAsync(connection, InvoiceKeys.InvoiceStream(contract, month), cancel)).Issued is null)
        {
            return null;
        }

        var stream = InvoiceKeys.InvoiceStream(contract, month);
        await EventAppend.LockAsync(connection, [stream], [0], cancel);
        return await ReadAsync(connection, stream, cancel);
    }

    /// <summary>
    /// Grants what is asked for and writes its event and rows; nothing is written when it is refused, or was granted before
    /// under the same key. Each covered month gets its closing event on the usage stream.
    /// </summary>
    /// <param name="now">When it is granted.</param>
    public static async Task<(Grant? Grant, Refusal? Refusal)> WriteAsync(
        NpgsqlConnection connection, string invoice, GrantRequest request, Instant now, CancellationToken cancel)
    {
        var at = Instant.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var ledger = await LockAsync(connection, invoice, cancel);
        var (grant, refusal) = GrantDecider.Decide(ledger, request, at);
        if (grant?.Event is not { } happened)
        {
            return (grant, refusal);
        }

        var issued = ledger!.Issued!.Invoice;
        var (events, rows) = (new EventBuffer(), new InvoiceRows());
        Add(events, rows, InvoiceKeys.InvoiceStream(issued.Contract, issued.Month), grant.Document, happened, at);
        foreach (var covered in request.Covered ?? [])
        {
            var closed = new UsageMonthClosed(
                issued.Contract, covered.Month, grant.Document, covered.Lines.Sum(line => line.Calls), covered.Unanswered, covered.Digest);
            var stream = events.Stream(UsageStreams.Of(issued.Contract, covered.Month));
            Append(events, stream, InvoiceKeys.ClosedId(issued.Contract, covered.Month, grant.Document), Configuration.UsageMonthClosedUtf8, closed, at);
        }

        await EventAppend.WriteAsync(connection, events, cancel);
        await rows.SendAsync(connection, cancel);
        return (grant, null);
    }

    private static void Add(EventBuffer events, InvoiceRows rows, string stream, string document, object happened, Instant at)
    {
        switch (happened)
        {
            case CreditNoteIssued note:
                rows.Add(note);
                Append(events, events.Stream(stream), InvoiceKeys.GrantedId(document), Configuration.CreditNoteIssuedUtf8, note, at);
                break;
            case AdjustmentGranted adjustment:
                rows.Add(adjustment);
                Append(events, events.Stream(stream), InvoiceKeys.GrantedId(document), Configuration.AdjustmentGrantedUtf8, adjustment, at);
                break;
        }
    }

    private static void Append<T>(EventBuffer events, int stream, Guid id, byte[] type, T happened, Instant at) =>
        events.Add(stream, id, type, JsonSerializer.SerializeToUtf8Bytes(happened, BillingStore.Json), at.ToUnixTimeMilliseconds());

    /// <summary>An invoice with all credits so far; one without an invoice when there is none on the stream.</summary>
    internal static async Task<InvoiceLedger> ReadAsync(NpgsqlConnection connection, string stream, CancellationToken cancel)
    {
        var ledger = new InvoiceLedger { Id = stream };
        await using var command = new NpgsqlCommand(Events, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = stream });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var data = reader.GetString(1);
            ledger.Take(reader.GetString(0) switch
            {
                Configuration.InvoiceIssued => JsonSerializer.Deserialize<InvoiceIssued>(data, BillingStore.Json)!,
                Configuration.CreditNoteIssued => JsonSerializer.Deserialize<CreditNoteIssued>(data, BillingStore.Json)!,
                Configuration.AdjustmentGranted => JsonSerializer.Deserialize<AdjustmentGranted>(data, BillingStore.Json)!,
                Configuration.AdjustmentSettled => JsonSerializer.Deserialize<AdjustmentSettled>(data, BillingStore.Json)!,
                var type => throw new InvalidDataException($"Stream {stream} has an event of the unknown type {type}."),
            });
        }

        return ledger;
    }
}
