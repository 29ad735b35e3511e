using System.Diagnostics;
using System.Globalization;

namespace Billing.Bench.Ratios;

/// <summary>What was measured, round by round: things per second by name. A ratio is taken within a round, then the median of all.</summary>
internal sealed class Samples(TextWriter progress)
{
    private readonly Dictionary<string, List<double>> _speeds = [];

    /// <summary>Times an action and notes how many things a second it did.</summary>
    public async Task<TimeSpan> TimeAsync(string name, Func<Task<double>> action)
    {
        GC.Collect();
        var clock = Stopwatch.StartNew();
        var things = await action();
        Note(name, things, clock.Elapsed);
        return clock.Elapsed;
    }

    public Task<TimeSpan> TimeAsync(string name, double things, Func<Task> action) => TimeAsync(name, async () =>
    {
        await action();
        return things;
    });

    public void Note(string name, double things, TimeSpan elapsed)
    {
        if (!_speeds.TryGetValue(name, out var speeds))
        {
            _speeds.Add(name, speeds = []);
        }

        speeds.Add(things / elapsed.TotalSeconds);
        progress.WriteLine($"  {name}: {Table.Count(speeds[^1])}/s");
    }

    public bool Has(string name) => _speeds.ContainsKey(name);

    /// <summary>Median and spread of a speed.</summary>
    public string Speed(string name) => $"{Table.Count(Median(_speeds[name]))} ({Table.Count(_speeds[name].Min())}–{Table.Count(_speeds[name].Max())})";

    /// <summary>Median and spread of how many times as fast one is as the other.</summary>
    public string Ratio(string name, string than)
    {
        var ratios = _speeds[name].Zip(_speeds[than], (one, other) => one / other).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{Median(ratios):0.##} ({ratios.Min():0.##}–{ratios.Max():0.##})");
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
