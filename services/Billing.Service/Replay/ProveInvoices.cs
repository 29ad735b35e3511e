using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Service.Evidence;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Replay;

/// <summary>
/// Proves issued invoices: the frozen document has its digest, the usage streams hold the very calls that it covered, and
/// from those calls, rated again with what was known when each was recorded, and from what was known at the issue the
/// same document comes out, byte for byte. Reads events; of read tables only what earlier invoices covered.
/// </summary>
public sealed class ProveInvoices(NpgsqlDataSource database)
{
    private const long CallsOfAGroup = 2_000_000;

    private const int InvoicesOfAGroup = 10_000;
    private const int Threads = 2;

    private readonly RebuildKnowledge _knowledge = new(new KnowledgeLoader(database));
    private readonly ConcurrentDictionary<(long Known, UsageMonth Month, InvoiceTerms Terms), Lazy<(ComputeInvoice? Compute, Refusal? Refusal)>> _prepared = new();

    /// <summary>Calls of one group of invoices; a larger group is read in fewer passes.</summary>
    internal long MostCalls { get; init; } = CallsOfAGroup;

    public async Task<InvoiceProof> OneAsync(InvoiceIssued issued, CancellationToken cancel) => (await GroupAsync([issued], null, cancel))[0];

    /// <summary>
    /// All invoices of a month: first those whose event or entry in the list is missing or differs, then each that has both, in the
    /// order of their contracts.
    /// </summary>
    /// <param name="progress">Told the events read so far of a group of invoices.</param>
    public async IAsyncEnumerable<InvoiceProof> OfMonthAsync(UsageMonth month, IProgress<long>? progress, [EnumeratorCancellation] CancellationToken cancel)
    {
        var strays = await StrayInvoices.FindAsync(database, month, cancel);
        foreach (var stray in strays)
        {
            yield return stray;
        }

        var numbers = strays.Select(stray => stray.Number).ToHashSet(StringComparer.Ordinal);
        var group = new List<InvoiceIssued>();
        long calls = 0;
        await foreach (var issued in ShowInvoice.OfMonthAsync(database, month, cancel))
        {
            if (numbers.Contains(issued.Invoice.Number!))
            {
                continue;
            }

            group.Add(issued);
            calls += issued.Covered.Sum(covered => covered.Unanswered + covered.Lines.Sum(line => line.Calls));
            if (calls < MostCalls && group.Count < InvoicesOfAGroup)
            {
                continue;
            }

            foreach (var proof in await GroupAsync(group, progress, cancel))
            {
                yield return proof;
            }

            (group, calls) = ([], 0);
        }

        foreach (var proof in group.Count == 0 ? [] : await GroupAsync(group, progress, cancel))
        {
            yield return proof;
        }
    }

    /// <summary>An event that can not be read spoils the proof of its own invoice only.</summary>
    private async Task<IReadOnlyList<InvoiceProof>> GroupAsync(IReadOnlyList<InvoiceIssued> group, IProgress<long>? progress, CancellationToken cancel)
    {
        try
        {
            return await TryGroupAsync(group, progress, cancel);
        }
        catch (Exception damage) when (Damage(damage) is { } fault)
        {
            if (group is [var only])
            {
                return [new InvoiceProof(only.Invoice.Number!, only.Digest, null, fault, null, 0)];
            }
        }

        var proofs = new List<InvoiceProof>();
        foreach (var issued in group)
        {
            proofs.AddRange(await GroupAsync([issued], null, cancel));
        }

        return proofs;
    }

    private async Task<IReadOnlyList<InvoiceProof>> TryGroupAsync(IReadOnlyList<InvoiceIssued> group, IProgress<long>? progress, CancellationToken cancel)
    {
        await using var snapshot = await LogSnapshot.OpenAsync(database, cancel);
        var log = new CallLog(snapshot, cancel);
        var covered = group
            .SelectMany(issued => issued.Covered, (issued, usage) => new CoveredCalls(issued.Invoice.Contract, usage))
            .ToDictionary(calls => calls.Stream, StringComparer.Ordinal);
        var scope = await log.OfStreamsAsync(covered.Keys);
        foreach (var (stream, changes) in await log.ChangesAsync(scope))
        {
            if (covered.TryGetValue(stream, out var calls))
            {
                calls.Corrections = StreamCorrections.Of(changes.Select(change => (change.Version, change.Event)), calls.Covered.StreamVersion);
            }
        }

        await ReadAsync(log, scope, covered, progress);
        var usage = await UsageAsync(snapshot, group, covered, cancel);
        var walked = covered.Values.Where(calls => usage.TryGetValue(calls.Key, out var stored) && stored.NeedsWalk).ToDictionary(calls => calls.Stream, StringComparer.Ordinal);
        foreach (var calls in walked.Values)
        {
            calls.Walk(usage[calls.Key]);
        }

        if (walked.Count > 0)
        {
            await ReadAsync(log, await log.OfStreamsAsync(walked.Keys), walked, null);
        }

        var digests = await DigestsAsync(snapshot, covered, cancel);
        var adjustments = (await PendingAdjustments.OfAsync(snapshot.Connection, [.. group.SelectMany(issued => issued.Adjustments ?? [])], cancel))
            .ToLookup(adjustment => adjustment.Contract, StringComparer.Ordinal);
        var proofs = new InvoiceProof[group.Count];
        await Parallel.ForAsync(0, proofs.Length, new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = cancel }, (i, _) =>
        {
            var months = group[i].Covered.Select(month => covered[UsageStreams.Of(group[i].Invoice.Contract, month.Month)]).ToList();
            proofs[i] = Prove(group[i], months, digests, usage, adjustments);
            return ValueTask.CompletedTask;
        });
        return proofs;
    }

    /// <summary>The digest of each covered stream, each thread asking for its share of them.</summary>
    private static async Task<Dictionary<string, string>> DigestsAsync(LogSnapshot snapshot, Dictionary<string, CoveredCalls> covered, CancellationToken cancel)
    {
        var shares = await Task.WhenAll(covered.Chunk(Math.Max(1, (covered.Count + Threads - 1) / Threads)).Select(async share =>
        {
            await using var connection = await snapshot.JoinAsync(cancel);
            return await new ReadChains(connection, cancel).OfAsync(share.ToDictionary(pair => pair.Key, pair => pair.Value.Covered.StreamVersion, StringComparer.Ordinal));
        }));
        return shares.SelectMany(share => share).ToDictionary(StringComparer.Ordinal);
    }

    private Task ReadAsync(CallLog log, LogScope scope, Dictionary<string, CoveredCalls> covered, IProgress<long>? progress) =>
        log.ReadAsync(scope, [.. Enumerable.Range(0, Threads).Select(_ => new RateCovered(covered, _knowledge))], progress);

    /// <summary>The usage of each contract and month as it was when the invoice was issued; of a contract not known then, none.</summary>
    private async Task<Dictionary<ContractMonth, StoredUsage>> UsageAsync(
        LogSnapshot snapshot, IReadOnlyList<InvoiceIssued> group, Dictionary<string, CoveredCalls> covered, CancellationToken cancel)
    {
        var invoiced = await ReadUsage.InvoicedAsync(snapshot.Connection, [.. covered.Values.Select(calls => calls.Key)], cancel);
        var usage = new Dictionary<ContractMonth, StoredUsage>();
        foreach (var issued in group)
        {
            if (_knowledge.At(issued.Known).Contracts.Find(issued.Invoice.Contract) is not { } contract)
            {
                continue;
            }

            foreach (var month in issued.Covered)
            {
                var calls = covered[UsageStreams.Of(contract.Id, month.Month)];
                usage.Add(calls.Key, calls.ToStored(BillingMonth.LimitOf(contract, month.Month), invoiced[calls.Key]));
            }
        }

        return usage;
    }

    private InvoiceProof Prove(
        InvoiceIssued issued, List<CoveredCalls> covered, Dictionary<string, string> digests, Dictionary<ContractMonth, StoredUsage> usage, ILookup<string, PendingAdjustment> adjustments)
    {
        var knowledge = _knowledge.At(issued.Known);
        var (compute, refusal) = Prepare(knowledge, issued.Invoice.Month, TermsOf(issued.Invoice));
        InvoiceDocument? document = null;
        if (compute is not null && knowledge.Contracts.Find(issued.Invoice.Contract) is { } contract)
        {
            var earlier = issued.Covered.Select(month => month.Month).Where(month => month != issued.Invoice.Month);
            (var draft, refusal) = compute.Draft(contract, usage, earlier, adjustments[contract.Id]);
            document = draft?.Document;
        }

        var recomputed = document is null ? null : InvoiceKeys.Digest(document);
        var frozen = InvoiceKeys.Digest(issued.Invoice);
        var difference = recomputed == frozen ? null : FirstDifference.Of(issued.Invoice, document);
        var fault = frozen != issued.Digest ? "the frozen document does not have its digest"
            : covered.Find(calls => calls.Fault is not null) is { } stray ? stray.Fault
            : covered.Find(calls => digests[calls.Stream] != calls.Covered.Digest) is { } other ? $"the events of {other.Key.Month} are not those that were covered"
            : document is null ? refusal?.Message ?? "computed anew, there is nothing to bill"
            : recomputed != issued.Digest ? "computed anew, the document is another"
            : null;
        return new InvoiceProof(issued.Invoice.Number!, issued.Digest, recomputed, fault, difference, covered.Sum(calls => calls.Calls));
    }

    /// <summary>The month, prepared once for all invoices that were issued by the same terms with the same knowledge.</summary>
    private (ComputeInvoice? Compute, Refusal? Refusal) Prepare(RatingKnowledge knowledge, UsageMonth month, InvoiceTerms terms) =>
        _prepared.GetOrAdd((knowledge.No, month, terms), _ => new(() => ComputeInvoice.Prepare(knowledge, month, terms))).Value;

    /// <summary>The issuer and due date are the document's own: they are terms, not results.</summary>
    private static InvoiceTerms TermsOf(InvoiceDocument invoice)
    {
        var due = UsageMonth.Of(invoice.DueOn!.Value);
        return new InvoiceTerms(invoice.Issuer!, ((due.Year - invoice.Month.Year) * 12) + due.Month - invoice.Month.Month);
    }

    /// <summary>What a damaged event or an impossible number of knowledge is to the reader; null for other faults, such as an outage.</summary>
    private static string? Damage(Exception fault) => fault switch
    {
        InvalidDataException or ArgumentOutOfRangeException { ParamName: "no" } => fault.Message,
        JsonException or FormatException or OverflowException or InvalidOperationException { InnerException: not NpgsqlException } =>
            $"an event can not be read or rated any more ({fault.GetType().Name})",
        _ => null,
    };
}
