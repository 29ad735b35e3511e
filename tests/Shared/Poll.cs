using System.Diagnostics;

namespace Billing.Tests;

/// <summary>Waits for a condition, with a limit.</summary>
internal static class Poll
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>Until <paramref name="reached"/> is true; false when <paramref name="over"/> is true first.</summary>
    public static async Task<bool> UntilAsync(string what, Func<Task<bool>> reached, Func<bool>? over = null)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Limit)
        {
            if (await reached())
            {
                return true;
            }

            if (over?.Invoke() == true)
            {
                return false;
            }

            await Task.Delay(Interval);
        }

        throw new TimeoutException($"Not within {Limit.TotalSeconds:N0} s: {what}");
    }
}
