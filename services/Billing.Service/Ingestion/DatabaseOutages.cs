using Npgsql;
using Polly;
using Polly.Retry;

namespace Billing.Service.Ingestion;

/// <summary>
/// Waits for a database that went away: a step is tried again until it works or the patience with this one step is over.
/// A step must ask first whether it was done already, for an answer may be lost on its way.
/// </summary>
internal sealed class DatabaseOutages(TimeSpan patience, TimeProvider clock)
{
    /// <summary>The usual patience.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public async Task ExecuteAsync(Func<CancellationToken, Task> step, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(
                    !cancel.IsCancellationRequested && clock.GetElapsedTime(started) < patience && IsOutage(arguments.Outcome.Exception)),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(3),
            })
            .Build();
        await pipeline.ExecuteAsync(async token => await step(token), cancel);
    }

    private static bool IsOutage(Exception? fault) => fault switch
    {
        // 57P0x: the server is going down or coming up; 08: the connection; 53300: no connection is free
        PostgresException postgres => postgres.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || postgres.SqlState.StartsWith("08", StringComparison.Ordinal) || postgres.SqlState == PostgresErrorCodes.TooManyConnections,
        NpgsqlException or IOException or ObjectDisposedException => true,
        _ => false,
    };
}
