using System.Diagnostics;
using Billing.Contracts;
using Billing.Service.Knowledge;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>What a rebuild made.</summary>
public sealed record RebuildResult(UsageMonth? Month, long RatedCalls, long Suspended, int Months, TimeSpan Elapsed);

/// <summary>
/// Rebuilds rated calls, month usage and suspense from the events, all of them or of one month, and puts them in place in
/// one transaction. Calls are taken in meanwhile: what comes is caught up with, and only for the last of it and the exchange
/// is the log held still. The rows are those of the projection <c>rated_calls</c>, which is the slow way to the same end;
/// the two must not run at once.
/// </summary>
public sealed class RebuildReadTables(NpgsqlDataSource database)
{
    private const string Schema = BillingStore.Schema;
    private const int Threads = 2;
    private const long EventsLeftForTheEnd = 50_000;

    /// <summary>How long others may keep the log or the tables busy: a long replay, say, that began before.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>The longest pause between two tries, each of which holds up others for half a second at most.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Sequence numbers that a thread takes at a time: what it holds in memory.</summary>
    internal long EventsOfARange { get; init; } = 50_000;

    /// <param name="month">One usage month only; null for all.</param>
    /// <param name="progress">Told the calls rated so far.</param>
    public async Task<RebuildResult> RunAsync(UsageMonth? month, IProgress<long>? progress, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();

        // one rebuild at a time; the next one waits
        await using var guard = await database.OpenConnectionAsync(cancel);
        await ExecuteAsync(guard, $"select pg_advisory_lock(hashtextextended('{Schema}.rebuild', 0))", cancel);

        var (tables, corrections, shares) = (new RebuildTables(database, month), new RebuildCorrections(database, month), new List<RebuildShare>());
        var work = new Work(tables, corrections, shares);
        try
        {
            await tables.CreateAsync(cancel);
            var knowledge = new RebuildKnowledge(new KnowledgeLoader(database));
            for (var i = 0; i < Threads; i++)
            {
                shares.Add(new RebuildShare(database, knowledge, corrections, tables, month));
                await shares[i].OpenAsync(cancel);
            }

            var done = await CatchUpAsync(guard, work, 0, progress, cancel);
            await tables.FinishAsync(cancel);
            done = await CatchUpAsync(guard, work, done, progress, cancel);
            await ExchangeAsync(guard, work, done, cancel);
            return new RebuildResult(month, shares.Sum(share => share.RatedCalls), shares.Sum(share => share.Suspended), tables.Months.Count, clock.Elapsed);
        }
        finally
        {
            foreach (var share in shares)
            {
                await share.DisposeAsync();
            }

            await tables.DropAsync(CancellationToken.None);

            // a connection that goes back to its pool would keep the lock until somebody takes it out again
            if (guard.State == System.Data.ConnectionState.Open)
            {
                await ExecuteAsync(guard, "select pg_advisory_unlock_all()", CancellationToken.None);
            }
        }
    }

    /// <summary>Takes events until only a few are left; the last sequence number taken.</summary>
    private async Task<long> CatchUpAsync(NpgsqlConnection guard, Work work, long done, IProgress<long>? progress, CancellationToken cancel)
    {
        while (true)
        {
            var (after, last) = (done, 0L);
            await WhileLogIsHeldAsync(guard, held => Task.FromResult(last = held), cancel);
            if (after == 0)
            {
                await work.Corrections.LoadAsync(last, cancel);
            }

            await TakeAsync(work.Shares, after, last, progress, cancel);
            await TakeAgainAsync(work, last, cancel);
            if (last - after < EventsLeftForTheEnd)
            {
                return last;
            }

            done = last;
        }
    }

    /// <summary>
    /// Acts in a transaction while nobody can append. Told the last sequence number: whoever appends touches its stream before
    /// it draws numbers, so when all who had touched one are done, no number up to the last is still on its way, and the read
    /// tables hold just what the log holds. It gives way soon to those it waits for, for they may come to wait for it,
    /// before the database would have to choose one to fail, and tries again.
    /// </summary>
    private static async Task WhileLogIsHeldAsync(NpgsqlConnection guard, Func<long, Task> action, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        for (var pause = TimeSpan.FromMilliseconds(200); ; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks)))
        {
            await using var transaction = await guard.BeginTransactionAsync(cancel);
            try
            {
                await ExecuteAsync(
                    guard,
                    $"""
                    set local lock_timeout = '500ms';
                    select pg_advisory_xact_lock(hashtextextended('{Schema}.partitions', 0));
                    lock table {Schema}.mt_streams in access exclusive mode
                    """,
                    cancel);
                await using var command = new NpgsqlCommand($"select last_value from {Schema}.mt_events_sequence", guard);
                await action((long)(await command.ExecuteScalarAsync(cancel))!);
                await transaction.CommitAsync(cancel);
                return;
            }
            catch (PostgresException busy) when (
                busy.SqlState is (PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected) && clock.Elapsed < Patience)
            {
                await transaction.RollbackAsync(cancel);
            }

            await Task.Delay(pause, cancel);
        }
    }

    private async Task TakeAsync(List<RebuildShare> shares, long after, long upTo, IProgress<long>? progress, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var next = after;
        await Task.WhenAll(shares.Select(share => Task.Run(
            async () =>
            {
                try
                {
                    while (Interlocked.Add(ref next, EventsOfARange) - EventsOfARange is var from && from < upTo)
                    {
                        stop.Token.ThrowIfCancellationRequested();
                        await share.TakeAsync(from, Math.Min(from + EventsOfARange, upTo), stop.Token);
                        progress?.Report(shares.Sum(one => one.RatedCalls));
                    }

                    await share.FlushAsync(stop.Token);
                }
                catch
                {
                    await stop.CancelAsync();
                    throw;
                }
            },
            CancellationToken.None)));
    }

    /// <summary>Does the streams again on which something was corrected after their calls were taken, or while they were.</summary>
    private static async Task TakeAgainAsync(Work work, long upTo, CancellationToken cancel)
    {
        var shares = work.Shares;
        var streams = shares.SelectMany(share => share.CorrectedSince).ToHashSet(StringComparer.Ordinal);
        if (streams.Count == 0)
        {
            return;
        }

        var (calls, suspended) = await work.Tables.ForgetAsync(streams, cancel);
        await work.Corrections.LoadStreamsAsync(cancel);
        shares[0].Forget(calls, suspended);
        await shares[0].TakeAgainAsync(upTo, cancel);
        await shares[0].FlushAsync(cancel);
        shares.ForEach(share => share.CorrectedSince.Clear());
    }

    /// <summary>Takes what has come since and puts the tables in place.</summary>
    private Task ExchangeAsync(NpgsqlConnection guard, Work work, long done, CancellationToken cancel) =>
        WhileLogIsHeldAsync(
            guard,
            async last =>
            {
                await ExecuteAsync(guard, $"lock table {Schema}.rated_calls in access exclusive mode", cancel);
                await TakeAsync(work.Shares, done, last, null, cancel);
                done = last;
                await TakeAgainAsync(work, last, cancel);
                await work.Tables.ReplaceAsync(guard, cancel);
            },
            cancel);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private sealed record Work(RebuildTables Tables, RebuildCorrections Corrections, List<RebuildShare> Shares);
}
