using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Ingestion;
using Billing.Service.Sharding;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>
/// Takes back what a wrongly sent file brought in: every call and suspended record of its attempts is voided, batch by batch, whole
/// streams at a time. What issued invoices cover is left for documents. A run that was stopped anywhere goes on where it was; until
/// it has reached its end, no other file is taken in that holds records of this one.
/// </summary>
public sealed class RollBackDelivery(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Streams of one transaction: ingest waits so long for them.</summary>
    private const int MostStreams = 2_000;

    /// <summary>Voided calls of one transaction.</summary>
    internal int MostCalls { get; init; } = 30_000;

    /// <summary>True: what of the file is in this one of several databases; whoever asks sees to the others, and then ends it in all.</summary>
    internal bool IsPart { get; init; }

    /// <summary>True when whoever asks keeps files away already.</summary>
    internal bool IsGuarded { get; init; }

    private const int Attempts = 5;

    /// <param name="file">SHA-256, a unique beginning of it, or a delivery number.</param>
    /// <param name="write">False to show the effect only.</param>
    /// <param name="progress">Told the calls voided so far.</param>
    public async Task<(RollbackReport? Report, Refusal? Refusal)> RunAsync(
        string file, CorrectionGrounds grounds, bool write, IProgress<long>? progress, CancellationToken cancel)
    {
        var (report, refusal) = await LookAsync(file, grounds, cancel);
        if (report is null || !write)
        {
            return (report, refusal);
        }

        var sha256 = report.Attempts[0].Sha256;
        await using var guard = IsGuarded ? await FileLocks.OpenAsync(database, cancel) : await FileLocks.ForRollbackAsync(database, sha256, cancel);
        (report, refusal) = await LookAsync(file, grounds, cancel);
        if (report is null)
        {
            return (null, refusal);
        }

        grounds = grounds with { Evidence = grounds.Evidence ?? $"delivery {sha256}" };
        await Deliveries.BeginRollbackAsync(guard, sha256, Now, cancel);
        var deliveries = report.Attempts.Where(attempt => !attempt.IsRolledBack).ToList();
        var numbers = deliveries.Select(attempt => attempt.Delivery).ToArray();
        var suspended = await VoidSuspendedAsync(numbers, grounds, progress, cancel);
        var calls = await VoidCallsAsync(numbers, grounds, suspended, progress, cancel);
        var left = (await new DeliveredCalls(guard, numbers, cancel).EffectsAsync()).Sum(effect => effect.Calls);
        report = report with { Written = true, Calls = calls, Suspended = suspended, OnInvoices = left, IsWhole = left == 0 };
        if (!IsPart)
        {
            await EndAsync(guard, report, grounds, report.IsWhole, cancel);
        }

        return (report, null);
    }

    /// <summary>Ends what was begun: the attempts are rolled back, or they stand because issued invoices cover some of their calls.</summary>
    internal async Task EndAsync(NpgsqlConnection connection, RollbackReport report, CorrectionGrounds grounds, bool isWhole, CancellationToken cancel)
    {
        var sha256 = report.Attempts[0].Sha256;
        if (!isWhole)
        {
            await Deliveries.LeaveRollbackAsync(connection, sha256, cancel);
            return;
        }

        var deliveries = report.Attempts.Where(attempt => !attempt.IsRolledBack).ToList();
        var happened = new DeliveryRolledBack(
            [.. deliveries.Select(attempt => attempt.Delivery)], deliveries.Sum(attempt => attempt.Rated + attempt.Unanswered), deliveries.Sum(attempt => attempt.Suspended),
            grounds with { Evidence = grounds.Evidence ?? $"delivery {sha256}" });
        await Deliveries.CompleteRollbackAsync(connection, sha256, happened, Now, cancel);
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private async Task<(RollbackReport? Report, Refusal? Refusal)> LookAsync(string file, CorrectionGrounds grounds, CancellationToken cancel)
    {
        if (GroundsRules.Refuse(grounds) is { } refusal)
        {
            return (null, refusal);
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        if (!IsPart && (await ShardPlace.OfAsync(connection, cancel)).IsSpread)
        {
            return (null, new Refusal(FindCalls.Rule, "the file is in several databases: billing deliveries rollback takes it back in all of them"));
        }

        var attempts = await DeliveryList.OfFileAsync(connection, file, cancel);
        if (attempts.Count == 0)
        {
            return (null, new Refusal(FindCalls.Rule, $"no file '{file}' was received, or more than one begins so"));
        }

        if (attempts.All(attempt => attempt.IsRolledBack))
        {
            return (null, new Refusal(FindCalls.Rule, $"{attempts[^1].File} was rolled back before"));
        }

        var standing = attempts.Where(attempt => !attempt.IsRolledBack).ToList();
        var calls = new DeliveredCalls(connection, [.. standing.Select(attempt => attempt.Delivery)], cancel);
        var effects = await calls.EffectsAsync();
        var onInvoices = effects.Sum(effect => effect.OnInvoices);
        return (new RollbackReport(
            attempts, false, effects.Sum(effect => effect.Calls) - onInvoices, await calls.CountSuspendedAsync(), onInvoices, onInvoices == 0, effects,
            await DeliveryList.WithDuplicatesSinceAsync(connection, standing[0], cancel)), null);
    }

    /// <summary>First the suspended records: one that is released meanwhile is then found among the calls.</summary>
    private async Task<long> VoidSuspendedAsync(long[] deliveries, CorrectionGrounds grounds, IProgress<long>? progress, CancellationToken cancel)
    {
        var voided = 0L;
        while (true)
        {
            var batch = await RetriedAsync(async connection =>
            {
                var calls = await new DeliveredCalls(connection, deliveries, cancel).LockSuspendedAsync(MostCalls);
                var versions = await CorrectedStreams.LockAsync(connection, calls.Select(call => call.Stream), cancel);
                await VoidBatch.WriteAsync(connection, calls, versions, grounds, clock.GetUtcNow(), cancel);
                return (long)calls.Count;
            }, cancel);
            voided += batch;
            progress?.Report(voided);
            if (batch < MostCalls)
            {
                return voided;
            }
        }
    }

    private async Task<long> VoidCallsAsync(long[] deliveries, CorrectionGrounds grounds, long before, IProgress<long>? progress, CancellationToken cancel)
    {
        IReadOnlyList<RollbackEffect> effects;
        await using (var connection = await database.OpenConnectionAsync(cancel))
        {
            effects = await new DeliveredCalls(connection, deliveries, cancel).EffectsAsync();
        }

        var voided = 0L;
        foreach (var (month, contracts) in Batches(effects))
        {
            for (Guid? after = Guid.Empty; after is { } last;)
            {
                var (count, next) = await RetriedAsync(connection => VoidAsync(connection, deliveries, month, contracts, last, grounds, cancel), cancel);
                after = next;
                voided += count;
                progress?.Report(before + voided);
            }
        }

        return voided;
    }

    /// <summary>Contracts of one month whose calls make up a transaction; calls that nobody holds are on their own.</summary>
    private IEnumerable<(UsageMonth Month, string[] Contracts)> Batches(IReadOnlyList<RollbackEffect> effects)
    {
        foreach (var month in effects.GroupBy(effect => (effect.Month, effect.Contract.Length == 0)))
        {
            var (contracts, calls) = (new List<string>(), 0L);
            foreach (var effect in month)
            {
                if (contracts.Count > 0 && (contracts.Count == MostStreams || calls + effect.Calls > MostCalls))
                {
                    yield return (month.Key.Month, [.. contracts]);
                    (contracts, calls) = ([], 0);
                }

                contracts.Add(effect.Contract);
                calls += effect.Calls;
            }

            yield return (month.Key.Month, [.. contracts]);
        }
    }

    private async Task<(long Count, Guid? Last)> VoidAsync(
        NpgsqlConnection connection, long[] deliveries, UsageMonth month, string[] contracts, Guid after, CorrectionGrounds grounds, CancellationToken cancel)
    {
        var streams = contracts.Select(contract => contract.Length == 0 ? Usage.UsageStreams.Unassigned(month) : Usage.UsageStreams.Of(contract, month)).ToList();
        var versions = await CorrectedStreams.LockAsync(connection, streams, cancel);
        var invoiced = await InvoicedCalls.ReadAsync(connection, streams, cancel);
        var (calls, last) = await new DeliveredCalls(connection, deliveries, cancel).ReadAsync(month, contracts, invoiced, after, MostCalls);
        await VoidBatch.WriteAsync(connection, calls, versions, grounds, clock.GetUtcNow(), cancel);
        return (calls.Count, last);
    }

    private async Task<T> RetriedAsync<T>(Func<NpgsqlConnection, Task<T>> batch, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancel);
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                var result = await batch(connection);
                await transaction.CommitAsync(cancel);
                return result;
            }
            catch (PostgresException fault) when (attempt < Attempts && fault.SqlState is PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation)
            {
                // the server has rolled everything back; the next attempt sees what the other one committed
            }
        }
    }
}
