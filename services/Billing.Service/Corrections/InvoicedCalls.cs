using Billing.Contracts;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>An invoice covered the calls of a stream that were recorded before it closed the stream.</summary>
internal sealed record Closing(long Version, string Invoice);

/// <summary>Which calls of usage streams issued invoices cover. Right as long as the streams are locked.</summary>
internal sealed class InvoicedCalls
{
    // a month without an invoice of its own has no closing: most streams are never read.
    private const string Read =
        $"""
        select e.stream_id, e.version, e.data->>'invoice' from {BillingStore.Schema}.mt_events e
        where e.stream_id in (
            select u.stream from unnest($1::text[], $2::text[]) as u(stream, invoice)
            join {BillingStore.Schema}.mt_streams s on s.id = u.invoice and s.version > 0)
          and e.type = '{EventTypes.UsageMonthClosed}' order by e.stream_id, e.version
        """;

    private readonly Dictionary<string, List<Closing>> _closings = new(StringComparer.Ordinal);

    public static async Task<InvoicedCalls> ReadAsync(NpgsqlConnection connection, IEnumerable<string> streams, CancellationToken cancel)
    {
        var invoiced = new InvoicedCalls();
        var usage = streams.Where(stream => UsageStreams.Read(stream).Contract is { Length: > 0 }).ToArray();
        await using var command = new NpgsqlCommand(Read, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = usage });
        command.Parameters.Add(new NpgsqlParameter { Value = usage.Select(InvoiceStream).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            // a document that corrects what was invoiced closes the stream too, and covers no call
            if (!IsInvoice(reader.GetString(2), UsageStreams.Read(reader.GetString(0)).Contract!))
            {
                continue;
            }

            if (!invoiced._closings.TryGetValue(reader.GetString(0), out var closings))
            {
                invoiced._closings.Add(reader.GetString(0), closings = []);
            }

            closings.Add(new Closing(reader.GetInt64(1), reader.GetString(2)));
        }

        return invoiced;
    }

    /// <summary>The streams that an invoice closed.</summary>
    public IReadOnlyCollection<string> Streams => _closings.Keys;

    /// <summary>The closings of a stream, oldest first.</summary>
    public IReadOnlyList<Closing> Of(string stream) => _closings.GetValueOrDefault(stream) ?? [];

    /// <summary>The version of the last closing; 0 when nothing on the stream was invoiced.</summary>
    public long Last(string stream) => Of(stream) is [.., var last] ? last.Version : 0;

    /// <summary>What covers a call that was recorded at a version; null when nothing does.</summary>
    public Closing? Covering(string stream, long version) => Of(stream).FirstOrDefault(closing => version < closing.Version);

    /// <summary>The streams of the invoices that cover anything.</summary>
    public IEnumerable<string> InvoiceStreams => _closings
        .SelectMany(stream => stream.Value.Select(closing => Invoicing.InvoiceKeys.InvoiceStream(
            UsageStreams.Read(stream.Key).Contract!, UsageMonth.Parse($"{closing.Invoice[..4]}-{closing.Invoice[4..6]}"))))
        .Distinct(StringComparer.Ordinal);

    /// <summary>Invoices are numbered <c>yyyyMM-contract</c>; what else closes a stream is numbered after an invoice.</summary>
    private static bool IsInvoice(string number, string contract) =>
        number.Length == contract.Length + 7 && number[6] == '-' && number.EndsWith(contract, StringComparison.Ordinal);

    private static string InvoiceStream(string stream)
    {
        var (contract, month) = UsageStreams.Read(stream);
        return Invoicing.InvoiceKeys.InvoiceStream(contract!, month);
    }
}
