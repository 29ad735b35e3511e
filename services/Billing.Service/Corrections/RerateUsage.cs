using Billing.Contracts;
using Billing.Service.Disputes;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>The usage of a contract that was left as it is, and why.</summary>
public sealed record RefusedRerating(string Contract, Refusal Refusal);

/// <summary>What a rerating did, or would do.</summary>
/// <param name="Unchanged">Contracts whose usage is the same with what is known now; nothing is written for them.</param>
public sealed record ReratingReport(
    UsageMonth Month, bool Written, long Known, long Calls, int Unchanged, IReadOnlyList<CorrectionEffect> Effects, IReadOnlyList<InvoiceAdjustment> Adjustments,
    IReadOnlyList<RefusedRerating> Refused);

/// <summary>
/// Rates the calls of a month anew with what is known now, because a tariff, reference table, contract or limit was set right
/// retroactively. Contract by contract: one whose calls would be suspended or another's stays as it is, with its reasons. Calls that were
/// given back stay as they are: what a dispute or a credit of their line settled is neither charged nor credited again.
/// </summary>
public sealed class RerateUsage(NpgsqlDataSource database, KnowledgeCache knowledge, TimeProvider clock)
{
    /// <summary>Streams of one transaction: their ingest waits so long.</summary>
    private const int GroupSize = 50;

    private const int Attempts = 5;
    private const string Untouched = "untouched";

    private const string Callers =
        $"""
        select distinct contract from {BillingStore.Schema}.month_usage
        where usage_month = $1 and contract <> '' and ($2::text is null or contract = $2) order by contract
        """;

    /// <param name="progress">Told the calls rated so far.</param>
    public async Task<(ReratingReport? Report, Refusal? Refusal)> RunAsync(
        UsageMonth month, string? contract, CorrectionTerms terms, IProgress<long>? progress, CancellationToken cancel)
    {
        if (GroundsRules.Refuse(terms.Grounds) is { } refusal)
        {
            return (null, refusal);
        }

        if (terms.Write)
        {
            await WaitForWritersAsync(cancel);
        }

        var contracts = await CallersAsync(month, contract, cancel);
        if (contracts.Count == 0)
        {
            return (null, new Refusal(FindCalls.Rule, contract is null ? $"{month} has no calls" : $"contract {contract} has no calls in {month}"));
        }

        var total = new Totals();
        foreach (var group in contracts.Chunk(GroupSize))
        {
            total.Add(await GroupAsync(month, group, terms, cancel));
            progress?.Report(total.Calls);
        }

        return (new ReratingReport(month, terms.Write, total.Known, total.Calls, total.Unchanged, total.Effects, total.Adjustments, total.Refused), null);
    }

    /// <summary>
    /// Waits for what is being appended, with the knowledge of a moment ago, by contracts that may have had no calls yet. Those who
    /// append later look what is known when they have locked their streams.
    /// </summary>
    private async Task WaitForWritersAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand($"lock table {BillingStore.Schema}.mt_streams in share mode", connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<Totals> GroupAsync(UsageMonth month, string[] contracts, CorrectionTerms terms, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(month, contracts, terms, cancel);
            }
            catch (PostgresException fault) when (attempt < Attempts && fault.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // the server has rolled everything back; the next attempt sees what the other one committed
            }
        }
    }

    private async Task<Totals> TryAsync(UsageMonth month, string[] contracts, CorrectionTerms terms, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var streams = contracts.Select(contract => UsageStreams.Of(contract, month)).ToList();
        var versions = terms.Write ? await CorrectedStreams.LockAsync(connection, streams, cancel, withInvoices: terms.Invoiced is not null) : [];
        var known = await knowledge.CurrentAsync(connection, cancel);
        var invoiced = await InvoicedCalls.ReadAsync(connection, streams, cancel);
        var given = (await GivenBack.OfStreamsAsync(connection, streams, invoiced, cancel)).ToLookup(call => call.Stream, call => call.Event, StringComparer.Ordinal);
        var total = new Totals { Known = known.No };
        foreach (var (contract, stream) in contracts.Zip(streams))
        {
            await transaction.SaveAsync(Untouched, cancel);
            var write = new WriteCorrections(connection, known, terms, versions, clock.GetUtcNow(), cancel) { SkipUnchanged = true };
            var (report, refusal) = await write.RunAsync([PlannedCorrection.Rerate(stream, known.No, [.. given[stream].Order()])], invoiced);
            if (refusal is not null)
            {
                // a document may have been refused after another was written
                await transaction.RollbackAsync(Untouched, cancel);
                total.Refused.Add(new RefusedRerating(contract, refusal));
            }
            else
            {
                total.Add(report!);
            }
        }

        if (terms.Write)
        {
            await transaction.CommitAsync(cancel);
        }

        return total;
    }

    private async Task<List<string>> CallersAsync(UsageMonth month, string? contract, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Callers);
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)contract ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        var contracts = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            contracts.Add(reader.GetString(0));
        }

        return contracts;
    }

    private sealed class Totals
    {
        public long Known { get; set; }

        public long Calls { get; private set; }

        public int Unchanged { get; private set; }

        public List<CorrectionEffect> Effects { get; } = [];

        public List<InvoiceAdjustment> Adjustments { get; } = [];

        public List<RefusedRerating> Refused { get; } = [];

        public void Add(CorrectionReport report)
        {
            Unchanged += report.Effects.Count == 0 ? 1 : 0;
            Calls += report.Calls;
            Effects.AddRange(report.Effects);
            Adjustments.AddRange(report.Adjustments);
        }

        public void Add(Totals other)
        {
            Known = other.Known;
            Calls += other.Calls;
            Unchanged += other.Unchanged;
            Effects.AddRange(other.Effects);
            Adjustments.AddRange(other.Adjustments);
            Refused.AddRange(other.Refused);
        }
    }
}
