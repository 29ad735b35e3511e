using Billing.Contracts;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>
/// Recomputes the evidence over the whole store, or over one month: the hash chains of the usage streams up to each closing,
/// the digests of invoices and credit notes, and that the tables which follow from events are what the events say. Reads one
/// snapshot, one event at a time, locks nothing and writes nothing.
/// </summary>
public sealed class VerifyStore(NpgsqlDataSource database)
{
    /// <param name="month">One usage and billing month only; null for all.</param>
    /// <param name="published">
    /// The digest that was published for the documents of <paramref name="month"/>, before or after any of the credits on them; null when none is at hand.
    /// </param>
    /// <param name="progress">Told the events gone through so far.</param>
    public async Task<Verification> RunAsync(UsageMonth? month, string? published, IProgress<long>? progress, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginSnapshotAsync(cancel);
        var findings = new Findings();
        using var chains = new VerifyChains(connection, findings, progress, cancel);
        await chains.RunAsync(month);
        await new VerifyStreams(connection, findings, cancel).RunAsync(month);
        var documents = await new VerifyDocuments(connection, findings, cancel).RunAsync(month);
        await new VerifyTables(connection, findings, cancel).RunAsync(month);
        await new VerifyKnowledge(connection, findings, cancel).RunAsync();
        if (published is not null && month is { } asked)
        {
            ComparePublished(findings, asked, published, documents);
        }

        return new Verification(
            month,
            findings.Links.Count > 0 ? findings.Links[0] : null,
            findings.Broken,
            findings.Links,
            findings.Checks,
            documents,
            new UnsealedEvents(chains.Unsealed, await OthersAsync(connection, cancel)));
    }

    private static void ComparePublished(Findings findings, UsageMonth month, string published, IReadOnlyList<MonthDocuments> documents)
    {
        const string check = "documents of the month have the published digest";
        findings.Compared(check);
        var found = documents.FirstOrDefault(entry => entry.Month == month);
        if (found is null || !found.Earlier.Append(found.Digest).Contains(published, StringComparer.OrdinalIgnoreCase))
        {
            findings.Add(new BrokenLink(check, $"invoices of {month}", null, null, published, found?.Digest ?? "no invoice"));
        }
    }

    private static async Task<long> OthersAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select coalesce(sum(version), 0)::bigint from {BillingStore.Schema}.mt_streams where id not like 'usage-%' and id not like 'invoice-%'", connection);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
