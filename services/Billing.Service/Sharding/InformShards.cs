namespace Billing.Service.Sharding;

/// <summary>
/// Tells the shards what became known, every few seconds, so that whoever looks at one sees it. Files, months and moves do not wait for it: they bring what they need up to date themselves.
/// </summary>
internal sealed partial class InformShards(Shards shards, TimeProvider time, ILogger<InformShards> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await InformShard.AllAsync(await shards.ListAsync(stoppingToken), stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // a database that is away is told when it is back
                NotInformed(log, fault.GetType().Name);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A shard could not be told what is known: {Fault}")]
    private static partial void NotInformed(ILogger log, string fault);
}
