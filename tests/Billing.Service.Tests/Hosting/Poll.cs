using System.Diagnostics;

namespace Billing.Service.Tests.Hosting;

/// <summary>Waits for a condition, with a limit.</summary>
internal static class Poll
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task UntilAsync(string what, Func<Task<bool>> reached)
    {
        var clock = Stopwatch.StartNew();
        while (!await reached())
        {
            if (clock.Elapsed > Limit)
            {
                throw new TimeoutException($"Not within {Limit.TotalSeconds:N0} s: {what}");
            }

            await Task.Delay(5);
        }
    }
}
