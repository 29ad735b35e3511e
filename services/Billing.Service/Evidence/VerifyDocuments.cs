using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Invoicing;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>
/// Checks every issued invoice against its digest and its keys, what follows from it, and what was credited on it. Adds up the digest over
/// each month's documents on the way.
/// </summary>
internal sealed class VerifyDocuments(NpgsqlConnection connection, Findings findings, CancellationToken cancel)
{
    public const string Documents = "issued invoices have their digests";

    private const int InvoicesAtATime = 500;
    private const string Prefix = "invoice-";
    private const int MonthLength = 7;

    private const string InvoiceStreamIds =
        $"""
        select id from {BillingStore.Schema}.mt_streams
        where id like '{Prefix}%' and ($1::text is null or right(id, 7) = $1)
        order by right(id, 7), substr(id, 9) collate "C"
        """;

    private const string IssuedEvents =
        $"""
        select e.stream_id, e.version, e.id, e.timestamp, e.type, e.data from {BillingStore.Schema}.mt_events e
        where e.stream_id = any($1) and e.type = '{Invoicing.Configuration.InvoiceIssued}'
        order by e.version
        """;

    public async Task<IReadOnlyList<MonthDocuments>> RunAsync(UsageMonth? month)
    {
        findings.Compared(Documents, 0);
        var following = new VerifyFollowing(connection, findings, cancel);
        var credits = new VerifyCredits(connection, findings, cancel);
        var months = new List<MonthDocuments>();
        var all = await VerifyChains.IdsAsync(connection, InvoiceStreamIds, month, cancel);
        foreach (var ofMonth in all.GroupBy(stream => UsageMonth.Parse(stream[^MonthLength..])))
        {
            using var digest = new DocumentsDigest(ofMonth.Key);
            foreach (var streams in ofMonth.Chunk(InvoicesAtATime))
            {
                await following.RunAsync(await ReadAsync(streams, digest));
            }

            await credits.RunAsync(ofMonth.Key, digest);
            months.Add(digest.End());
        }

        return months;
    }

    /// <summary>The invoices of some streams, in the order of the streams.</summary>
    private async Task<List<IssuedEvent>> ReadAsync(string[] streams, DocumentsDigest digest)
    {
        var found = new Dictionary<string, StoredEvent>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(IssuedEvents, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = streams });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var happened = new StoredEvent(reader.GetInt64(1), reader.GetGuid(2), reader.GetDateTime(3), reader.GetString(4), reader.GetFieldValue<byte[]>(5));
            if (!found.TryAdd(reader.GetString(0), happened))
            {
                findings.Add(new BrokenLink(Documents, reader.GetString(0), happened.Version, happened.Version, "one invoice", "a second one", happened.Id));
            }
        }

        var issued = new List<IssuedEvent>(found.Count);
        foreach (var stream in streams)
        {
            if (!found.TryGetValue(stream, out var happened))
            {
                findings.Add(new BrokenLink(Documents, stream, null, null, "an issued invoice", "none"));
            }
            else if (Take(stream, happened, digest) is { } invoice)
            {
                issued.Add(new IssuedEvent(stream, happened, invoice));
            }
        }

        return issued;
    }

    private InvoiceIssued? Take(string stream, in StoredEvent happened, DocumentsDigest documents)
    {
        findings.Compared(Documents);
        var issued = Read(happened.Data);
        if (issued is null)
        {
            Wrong(stream, happened, "an issued invoice", "data that is none");
            return null;
        }

        var (contract, month) = (stream[Prefix.Length..^(MonthLength + 1)], UsageMonth.Parse(stream[^MonthLength..]));
        var (number, digest) = (InvoiceKeys.Number(contract, month), InvoiceKeys.Digest(issued.Invoice));
        if (digest != issued.Digest)
        {
            Wrong(stream, happened, issued.Digest, digest);
        }
        else if ((issued.Invoice.Contract, issued.Invoice.Month, issued.Invoice.Number) != (contract, month, number))
        {
            Wrong(stream, happened, $"invoice {number}", $"invoice {issued.Invoice.Number} of {issued.Invoice.Contract} for {issued.Invoice.Month}");
        }
        else if (happened.Version != 1 || happened.Id != InvoiceKeys.IssuedId(contract, month))
        {
            Wrong(stream, happened, $"event 1 with the id {InvoiceKeys.IssuedId(contract, month)}", $"event {happened.Version} with the id {happened.Id}");
        }

        documents.AddInvoice(number, digest, happened);
        return issued;
    }

    private void Wrong(string stream, in StoredEvent happened, string expected, string found) =>
        findings.Add(new BrokenLink(Documents, stream, happened.Version, happened.Version, expected, found, happened.Id));

    private static InvoiceIssued? Read(byte[] data)
    {
        try
        {
            var issued = JsonSerializer.Deserialize<InvoiceIssued>(data, BillingStore.Json);
            return issued is { Invoice.Lines: not null, Covered: not null, Digest: not null } && issued.Covered.All(covered => covered is { Lines: not null }) ? issued : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>An issued invoice and the event that issued it.</summary>
internal sealed record IssuedEvent(string Stream, StoredEvent Event, InvoiceIssued Issued);
