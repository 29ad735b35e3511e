using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>Locks streams that are there to the end of the transaction, without adding to them yet.</summary>
internal static class CorrectedStreams
{
    /// <param name="withInvoices">True when documents may be written for the invoices that cover them: their streams are locked in the same order.</param>
    /// <returns>The streams and their versions.</returns>
    public static async Task<Dictionary<string, long>> LockAsync(NpgsqlConnection connection, IEnumerable<string> streams, CancellationToken cancel, bool withInvoices = false)
    {
        var names = streams.Distinct(StringComparer.Ordinal).ToList();
        if (withInvoices)
        {
            names.AddRange((await InvoicedCalls.ReadAsync(connection, names, cancel)).InvoiceStreams);
        }

        var versions = await EventAppend.LockAsync(connection, names, [.. Enumerable.Repeat(0L, names.Count)], cancel);
        return names.Zip(versions).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }
}
