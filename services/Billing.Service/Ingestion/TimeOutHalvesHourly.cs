namespace Billing.Service.Ingestion;

/// <summary>While the service runs: suspends every hour the halves of calls that have waited too long. Several servers may: one of them finds them.</summary>
internal sealed partial class TimeOutHalvesHourly(TimeOutHalves halves, TimeProvider clock, ILogger<TimeOutHalvesHourly> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var result in await halves.RunAsync(stoppingToken))
                {
                    TimedOut(log, result.Receipt!.Rows, result.Receipt.File);
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // nothing is lost: they still wait, and the next hour finds them
                Failed(log, fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Halves} halves of calls have waited too long and are suspended ({File})")]
    private static partial void TimedOut(ILogger log, long halves, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "Halves of calls that have waited too long could not be suspended; they still wait")]
    private static partial void Failed(ILogger log, Exception fault);
}
