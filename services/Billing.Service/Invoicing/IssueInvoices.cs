using System.Collections.Concurrent;
using System.Diagnostics;
using Billing.Contracts;
using Billing.Rating.Subscriptions;
using Billing.Service.Hosting;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;
using NodaTime;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>
/// Issues the invoices of a month, of all contracts or of one. Groups of contracts are one transaction each, so that a run
/// that was stopped anywhere goes on where it was; what is issued already is left as it is. A contract whose invoice cannot
/// be made is parked with the reason, and the run goes on.
/// </summary>
public sealed class IssueInvoices(NpgsqlDataSource database, RatingKnowledge knowledge, InvoiceTerms terms, IClock clock)
{
    /// <summary>Enough for the cost of a transaction to vanish, few enough that a batch of calls never waits long.</summary>
    private const int GroupSize = 500;

    private const int Parallel = 2;

    /// <param name="contract">One contract only; null for all.</param>
    /// <param name="progress">Told how many contracts have been gone through.</param>
    public async Task<(IssueReport? Report, Refusal? Refusal)> RunAsync(UsageMonth month, string? contract, IProgress<int>? progress, CancellationToken cancel)
    {
        using var span = Telemetry.Source.StartActivity("issue month");
        span?.SetTag("billing.month", $"{month}").SetTag("billing.known", knowledge.No);
        var clockwork = Stopwatch.StartNew();
        var (compute, refusal) = ComputeInvoice.Prepare(knowledge, month, terms);
        if (compute is null)
        {
            return (null, refusal);
        }

        if (contract is not null && knowledge.Contracts.Find(contract) is null)
        {
            return (null, new Refusal("§8", $"there is no contract {contract}"));
        }

        var (callers, late, adjusted, elsewhere) = await LookAheadAsync(month, contract, cancel);
        var candidates = (contract is null ? knowledge.Contracts.Contracts : [knowledge.Contracts.Find(contract)!])
            .Where(candidate => !elsewhere.Contains(candidate.Id))
            .Where(candidate => callers.Contains(candidate.Id) || late.Contains(candidate.Id) || adjusted.Contains(candidate.Id) || compute.BillsWithoutCalls(candidate))
            .ToList();

        var results = new ConcurrentBag<GroupResult>();
        var done = 0;
        await System.Threading.Tasks.Parallel.ForEachAsync(
            candidates.Chunk(GroupSize),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancel },
            async (group, stop) =>
            {
                results.Add(await new IssueGroup(database, compute, clock).RunAsync(group, late, stop));
                progress?.Report(Interlocked.Add(ref done, group.Length));
            });
        return (IssueReport.Of(month, knowledge.No, results, clockwork.Elapsed), null);
    }

    /// <summary>Who has calls in the month, who has late ones, for whom an adjustment waits and who is in another database: cheap, before anything is locked.</summary>
    private async Task<(HashSet<string> Callers, ILookup<string, UsageMonth> Late, HashSet<string> Adjusted, HashSet<string> Elsewhere)> LookAheadAsync(UsageMonth month, string? contract, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var read = new ReadUsage(connection, cancel);
        return (
            await read.CallersAsync(month, contract),
            await read.LateMonthsAsync(month, contract),
            await PendingAdjustments.ContractsAsync(connection, month, contract, cancel),
            await ShardPlace.ContractsElsewhereAsync(connection, cancel));
    }
}

/// <summary>What became of the contracts of a group.</summary>
internal sealed class GroupResult
{
    public List<IssuedTotals> Issued { get; } = [];

    public List<ParkedInvoice> Parked { get; } = [];

    public List<string> Nothing { get; } = [];

    public int AlreadyIssued { get; set; }
}

/// <summary>What the report keeps of an invoice.</summary>
internal readonly record struct IssuedTotals(string Contract, Yen Subtotal, Yen Tax, Yen Total);

/// <summary>A contract whose invoice could not be made, and why.</summary>
public sealed record ParkedInvoice(string Contract, Refusal Refusal);

/// <summary>What a run did.</summary>
/// <param name="Known">The state of knowledge that it issued by.</param>
/// <param name="Nothing">Contracts with calls but nothing to bill.</param>
public sealed record IssueReport(
    UsageMonth Month, long Known, int Issued, int AlreadyIssued, int Nothing, IReadOnlyList<ParkedInvoice> Parked, Yen Subtotal, Yen Tax, Yen Total, TimeSpan Elapsed)
{
    /// <summary>This run and another one of the same month as one.</summary>
    internal IssueReport With(IssueReport other) => this with
    {
        Issued = Issued + other.Issued,
        AlreadyIssued = AlreadyIssued + other.AlreadyIssued,
        Nothing = Nothing + other.Nothing,
        Parked = [.. Parked.Concat(other.Parked).OrderBy(parked => parked.Contract, CodePointOrder.Instance)],
        Subtotal = Subtotal + other.Subtotal,
        Tax = Tax + other.Tax,
        Total = Total + other.Total,
        Elapsed = Elapsed + other.Elapsed,
    };

    internal static IssueReport Of(UsageMonth month, long known, IEnumerable<GroupResult> groups, TimeSpan elapsed)
    {
        var results = groups.ToList();
        var issued = results.SelectMany(result => result.Issued).ToList();
        return new IssueReport(
            month,
            known,
            issued.Count,
            results.Sum(result => result.AlreadyIssued),
            results.Sum(result => result.Nothing.Count),
            [.. results.SelectMany(result => result.Parked).OrderBy(parked => parked.Contract, CodePointOrder.Instance)],
            issued.Aggregate(Yen.Zero, (sum, invoice) => sum + invoice.Subtotal),
            issued.Aggregate(Yen.Zero, (sum, invoice) => sum + invoice.Tax),
            issued.Aggregate(Yen.Zero, (sum, invoice) => sum + invoice.Total),
            elapsed);
    }
}
