namespace Billing.Service.Tests.Hosting;

/// <summary>A clock that goes on when it is told to; it measures times, and knows no date.</summary>
internal sealed class HandTime : TimeProvider
{
    public TimeSpan Now { get; set; } = TimeSpan.FromDays(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;
}
