using System.Collections.Concurrent;
using Billing.Contracts;
using Billing.Contracts.Documents;
using NodaTime;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>
/// Keeps the counts of months that somebody looked at. A month of few calls is counted while the reader waits; one of many in the
/// background, and meanwhile the last count is told, or that there is none yet. One count of a contract and month runs at a time.
/// </summary>
public sealed partial class UsageCounts(NpgsqlDataSource database, IClock clock, IHostApplicationLifetime lifetime, ILogger<UsageCounts> log)
{
    /// <summary>So many records are counted at once.</summary>
    internal const long AtOnce = 50_000;

    private const int Most = 200;

    private static readonly Duration Rest = Duration.FromSeconds(60);

    private readonly ConcurrentDictionary<(string Contract, UsageMonth Month, string Departments), Kept> _kept = new();

    /// <summary>The count of a month, null while the first one is made.</summary>
    /// <param name="records">How many records the month has: a count of as many is up to date.</param>
    /// <param name="departments">Only numbers of these departments are counted; null for all.</param>
    public async Task<UsageCount?> FindAsync(ContractDocument contract, UsageMonth month, long records, IReadOnlyCollection<string>? departments, CancellationToken cancel)
    {
        if (records <= AtOnce)
        {
            return await new CountUsage(database, clock).RunAsync(contract, month, departments, cancel);
        }

        var kept = _kept.GetOrAdd((contract.Id, month, departments is null ? "" : string.Join('\n', departments.Order(StringComparer.Ordinal))), _ => new Kept());
        kept.Wanted = clock.GetCurrentInstant();
        var count = kept.Count;
        if (count is null || (count.Records != records && clock.GetCurrentInstant() - count.CountedAt > Rest))
        {
            Begin(kept, contract, month, departments);
        }

        return count;
    }

    private void Begin(Kept kept, ContractDocument contract, UsageMonth month, IReadOnlyCollection<string>? departments)
    {
        if (Interlocked.Exchange(ref kept.Running, 1) == 1)
        {
            return;
        }

        Forget();
        _ = Task.Run(async () =>
        {
            try
            {
                kept.Count = await new CountUsage(database, clock).RunAsync(contract, month, departments, lifetime.ApplicationStopping);
            }
            catch (Exception fault) when (fault is NpgsqlException or OperationCanceledException or InvalidOperationException)
            {
                // whoever asks next begins it again
                CountFailed(month, fault.GetType().Name);
            }
            finally
            {
                Volatile.Write(ref kept.Running, 0);
            }
        });
    }

    /// <summary>The counts that nobody asked for the longest go first.</summary>
    private void Forget()
    {
        foreach (var (key, _) in _kept.OrderByDescending(entry => entry.Value.Wanted).Skip(Most))
        {
            _kept.TryRemove(key, out _);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The usage of a contract in {Month} could not be counted: {Fault}")]
    private partial void CountFailed(UsageMonth month, string fault);

    private sealed class Kept
    {
        public int Running;

        public volatile UsageCount? Count;

        public Instant Wanted { get; set; }
    }
}
