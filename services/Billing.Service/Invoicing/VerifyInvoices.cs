using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>Whether an issued invoice can be made again: same calls, same knowledge, same bytes.</summary>
/// <param name="Digest">The digest that was issued.</param>
/// <param name="Recomputed">The digest of the document computed anew; null when it could not be.</param>
/// <param name="Fault">What does not agree; null when everything does.</param>
public sealed record InvoiceProof(string Number, string Digest, string? Recomputed, string? Fault);

/// <summary>
/// Proves issued invoices: the frozen document has its digest, the usage streams hold the very calls that it covered, and
/// from those calls and from what was known then the same document comes out, byte for byte.
/// </summary>
public sealed class VerifyInvoices(NpgsqlDataSource database, KnowledgeLoader loader)
{
    /// <summary>The calls of a stream up to a version, with their charges.</summary>
    private const string Covered =
        $"""
        select e.id, r.outcome, r.answered_at, r.source, r.record_id, r.class, r.carrier, r.tax_category, r.chargeable_ms, r.charge::text, r.tail_ms, r.tail_charge::text, e.version
        from {BillingStore.Schema}.mt_events e
        left join {BillingStore.Schema}.rated_calls r on r.usage_month = $3 and r.contract = $4 and r.id = e.id
        where e.stream_id = $1 and e.version < $2 and e.type = '{EventTypes.CallRecorded}'
        order by e.id
        """;

    private readonly Dictionary<long, RatingKnowledge> _known = [];
    private readonly CoveredCalls _covered = new(new RebuildKnowledge(loader));

    public async Task<InvoiceProof> RunAsync(InvoiceIssued issued, CancellationToken cancel)
    {
        var number = issued.Invoice.Number!;
        if (InvoiceKeys.Digest(issued.Invoice) != issued.Digest)
        {
            return new InvoiceProof(number, issued.Digest, null, "the frozen document does not have its digest");
        }

        if (!_known.TryGetValue(issued.Known, out var knowledge))
        {
            _known.Add(issued.Known, knowledge = await loader.LoadAsync(issued.Known, cancel));
        }

        var contract = knowledge.Contracts.Find(issued.Invoice.Contract);
        var (compute, refusal) = ComputeInvoice.Prepare(knowledge, issued.Invoice.Month, TermsOf(issued.Invoice));
        if (compute is null || contract is null)
        {
            return new InvoiceProof(number, issued.Digest, null, refusal?.Message ?? "the contract was not known then");
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var usage = new Dictionary<ContractMonth, StoredUsage>();
        foreach (var covered in issued.Covered)
        {
            var stored = new StoredUsage(new ContractMonth(contract.Id, covered.Month), BillingMonth.LimitOf(contract, covered.Month));
            if (await AddCallsAsync(connection, stored, covered, cancel) is { } fault)
            {
                return new InvoiceProof(number, issued.Digest, null, fault);
            }

            await AddEarlierAsync(connection, stored, covered, cancel);
            usage.Add(stored.Key, stored);
        }

        var (draft, reason) = compute.Draft(contract, usage, issued.Covered.Select(covered => covered.Month).Where(month => month != issued.Invoice.Month));
        var recomputed = draft is null ? null : InvoiceKeys.Digest(draft.Document);
        return new InvoiceProof(number, issued.Digest, recomputed, recomputed == issued.Digest ? null : reason?.Message ?? "computed anew, the document is another");
    }

    /// <summary>The issuer and due date are the document's own: they are terms, not results.</summary>
    private static InvoiceTerms TermsOf(InvoiceDocument invoice)
    {
        var due = UsageMonth.Of(invoice.DueOn!.Value);
        return new InvoiceTerms(invoice.Issuer!, ((due.Year - invoice.Month.Year) * 12) + due.Month - invoice.Month.Month);
    }

    private async Task<string?> AddCallsAsync(NpgsqlConnection connection, StoredUsage stored, CoveredUsage covered, CancellationToken cancel)
    {
        var stream = UsageStreams.Of(stored.Key.Contract, covered.Month);
        var then = await StreamCalls.CorrectionsAsync(connection, stream, covered.StreamVersion, cancel);
        if (await CoveredCalls.AreCorrectedSinceAsync(connection, stream, covered.StreamVersion, cancel))
        {
            // the rows are no longer what they were: the calls are rated again as they stood then
            var calls = await _covered.AddAsync(connection, stored, stream, covered.StreamVersion, then, cancel);
            return calls == covered.Digest ? null : NotThoseCovered(covered);
        }

        await using var command = new NpgsqlCommand(Covered, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = stream });
        command.Parameters.Add(new NpgsqlParameter { Value = covered.StreamVersion });
        command.Parameters.Add(new NpgsqlParameter { Value = covered.Month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = stored.Key.Contract });
        using var digest = new CallDigest();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (then.Of(reader.GetGuid(0), reader.GetInt64(12)).IsVoided)
            {
                continue;
            }

            digest.Add(reader.GetGuid(0));
            if (await reader.IsDBNullAsync(1, cancel))
            {
                return $"call {reader.GetGuid(0)} of {stored.Key.Month} is in the log but not among the rated calls";
            }

            AddCall(stored, reader);
        }

        return digest.ToString() == covered.Digest ? null : NotThoseCovered(covered);
    }

    private static string NotThoseCovered(CoveredUsage covered) => $"the calls of {covered.Month} are not those that were covered";

    private static void AddCall(StoredUsage stored, NpgsqlDataReader reader)
    {
        if (Words.Of(Outcome.Rated) != reader.GetString(1))
        {
            stored.All.AddUnanswered(1);
            return;
        }

        var category = Words.TaxCategoryOf(reader.GetString(7))!.Value;
        var key = new UsageKey(Words.ClassOf(reader.GetString(5))!.Value, reader.IsDBNull(6) ? null : reader.GetString(6), category);
        var charge = Yen.Parse(reader.GetString(9));
        stored.Add(new UsageLine(key, 1, reader.GetInt64(8), charge), reader.IsDBNull(10) ? 0 : reader.GetInt64(10), reader.IsDBNull(11) ? Yen.Zero : Yen.Parse(reader.GetString(11)));
        stored.Walk(
            new DateTimeOffset(reader.GetDateTime(2)).ToUnixTimeMilliseconds(),
            Encoding.UTF8.GetBytes(reader.GetString(3)),
            Encoding.UTF8.GetBytes(reader.GetString(4)),
            charge,
            category);
    }

    /// <summary>What invoices before this one had billed of the month.</summary>
    private static async Task AddEarlierAsync(NpgsqlConnection connection, StoredUsage stored, CoveredUsage covered, CancellationToken cancel)
    {
        foreach (var earlier in await ReadUsage.InvoicedAsync(connection, stored.Key, cancel))
        {
            if (earlier.StreamVersion < covered.StreamVersion)
            {
                stored.AddInvoiced(earlier);
            }
        }
    }
}
