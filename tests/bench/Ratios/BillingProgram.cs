using System.Diagnostics;
using System.Globalization;

namespace Billing.Bench.Ratios;

/// <summary>The built <c>billing</c> command, run as a process of its own.</summary>
internal sealed class BillingProgram
{
    private readonly string _path = Find();

    /// <summary>Runs it to its end; how long it took, and the most memory it held.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0.</exception>
    public async Task<(TimeSpan Elapsed, long PeakBytes)> RunAsync(string? database, params string[] arguments)
    {
        var start = new ProcessStartInfo(_path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["BILLING_DB"] = database;
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var ended = process.WaitForExitAsync();
        long peak = 0;
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, PeakOf(process.Id));
            await Task.WhenAny(ended, Task.Delay(50));
        }

        var elapsed = clock.Elapsed;
        await output;
        return process.ExitCode == 0
            ? (elapsed, peak)
            : throw new InvalidOperationException($"billing {arguments[0]} ended with {process.ExitCode}: {await error}");
    }

    /// <summary>The high-water mark of the resident set, as Linux counts it; 0 elsewhere.</summary>
    private static long PeakOf(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(6).Trim(" \tkB"), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("BILLING_BIN") is { Length: > 0 } given)
        {
            return given;
        }

        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Combine(folder, ".local", "bin", "billing") is var found && File.Exists(found))
            {
                return found;
            }
        }

        throw new InvalidOperationException("The command is not built: `make build` leaves it at .local/bin/billing.");
    }
}
