using System.Diagnostics;

namespace Billing.Service.Tests.Hosting;

/// <summary>Runs <c>billing</c> as a user does, as a process of its own with nothing but what it is told.</summary>
internal static class Command
{
    /// <summary>An address at which no database answers.</summary>
    public const string Nowhere = "Host=127.0.0.1;Port=1;Username=billing;Password=sesame-4711;Database=billing;Timeout=3";

    /// <summary>The command that BILLING_TEST_COMMAND names, compiled ahead of time and quick to start; else the one that was built beside the tests.</summary>
    public static (string Name, string[] First) Program { get; } = Environment.GetEnvironmentVariable("BILLING_TEST_COMMAND") is { Length: > 0 } command
        ? (command, [])
        : ("dotnet", [typeof(BillingStore).Assembly.Location]);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public sealed record Ended(int Code, string Output, string Error)
    {
        public string All => Output + Error;

        /// <summary>The one line that it said on standard error.</summary>
        public string ErrorLine
        {
            get
            {
                Error.TrimEnd().ShouldNotContain('\n', Error);
                return Error.TrimEnd();
            }
        }
    }

    public static Task<Ended> RunAsync(string database, params string[] arguments) =>
        RunAsync(new Dictionary<string, string> { ["BILLING_DB"] = database }, arguments);

    public static async Task<Ended> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        return await EndAsync(process);
    }

    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Program.Name, [.. Program.First, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    public static async Task<Ended> EndAsync(Process process)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', process.StartInfo.ArgumentList)} did not end: {await output}{await error}");
        }

        return new Ended(process.ExitCode, await output, await error);
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("BILLING_", StringComparison.Ordinal) || name is "ASPNETCORE_URLS" or "OTEL_EXPORTER_OTLP_ENDPOINT";
}
