using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Billing.Service.CommandLine;

namespace Billing.Service.Tests.Hosting;

/// <summary>Runs <c>billing</c> as a user does, with nothing but what it is told.</summary>
internal static class Command
{
    private static readonly AsyncLocal<TextWriter?> Output = new();
    private static readonly AsyncLocal<TextWriter?> Error = new();

    static Command()
    {
        Console.SetOut(new Routed(Output, Console.Out));
        Console.SetError(new Routed(Error, Console.Error));
    }

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

        /// <summary>The document that it printed.</summary>
        public JsonElement Json => JsonDocument.Parse(Output).RootElement;

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

    /// <summary>Runs the same command in the process of the tests: all of it but its start, which takes longer than most commands.</summary>
    public static async Task<Ended> RunAsync(string database, params string[] arguments)
    {
        await Task.Yield(); // what is set here for this flow alone is not seen by who calls
        using StringWriter output = new(), error = new();
        (Output.Value, Error.Value) = (TextWriter.Synchronized(output), TextWriter.Synchronized(error));
        var code = await CommandTree.InvokeAsync([.. arguments, "--db", database]);
        return new Ended(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs it in a process of its own, with nothing set but the database.</summary>
    public static Task<Ended> ProcessAsync(string database, params string[] arguments) =>
        ProcessAsync(new Dictionary<string, string> { ["BILLING_DB"] = database }, arguments);

    /// <inheritdoc cref="ProcessAsync(string, string[])"/>
    public static async Task<Ended> ProcessAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        return await EndAsync(process);
    }

    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        // who runs the tests in the background ignores interrupts, and so would whatever is started
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Program.Name, .. Program.First, .. arguments])
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

    /// <summary>Writes for each command where that command's output is kept.</summary>
    private sealed class Routed(AsyncLocal<TextWriter?> target, TextWriter other) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => (target.Value ?? other).Write(value);

        public override void Write(char[] buffer, int index, int count) => (target.Value ?? other).Write(buffer, index, count);

        public override void Write(string? value) => (target.Value ?? other).Write(value);

        public override void Flush() => (target.Value ?? other).Flush();
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("BILLING_", StringComparison.Ordinal) || name is "ASPNETCORE_URLS" or "OTEL_EXPORTER_OTLP_ENDPOINT";
}
