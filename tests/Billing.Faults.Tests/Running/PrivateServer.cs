using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Billing.Faults.Tests.Running;

/// <summary>A private cluster of these tests' own, which they may stop, kill and start as they like.</summary>
public sealed partial class PrivateServer : IAsyncLifetime
{
    private const string Name = "faults";

    internal DatabaseServer Databases { get; private set; } = null!;

    /// <summary>The connection string of its superuser, over the socket that only its own account and root can reach.</summary>
    internal string Superuser { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await StartAsync();
        Databases = new DatabaseServer((await ScriptAsync("url")).Trim());
        var data = Data().Match(await ScriptAsync("status")).Groups[1].Value;
        var port = new Npgsql.NpgsqlConnectionStringBuilder(Databases.ConnectionString).Port;
        Superuser = $"Host={Path.Combine(Path.GetDirectoryName(data)!, "socket")};Port={port};Username=postgres;Database=postgres;Pooling=false";
    }

    public async Task DisposeAsync()
    {
        await Databases.DropTemplateAsync();
        await ScriptAsync("stop");
    }

    internal static Task StartAsync() => ScriptAsync("start");

    /// <summary>Open transactions are rolled back, connections closed.</summary>
    internal static Task StopFastAsync() => ScriptAsync("stop");

    /// <summary>No time to tidy up: the next start recovers from the log.</summary>
    internal static async Task StopImmediatelyAsync()
    {
        await SignalAsync("QUIT");
        await ScriptAsync("stop");
    }

    /// <summary>The main process is killed, as when memory runs out.</summary>
    internal static async Task KillAsync()
    {
        await SignalAsync("KILL");
        await ScriptAsync("stop");
    }

    private static async Task SignalAsync(string signal)
    {
        var process = Process().Match(await ScriptAsync("status")).Groups[1].Value;
        await RunAsync("kill", $"-{signal}", process);
        await Poll.UntilAsync($"process {process} is gone", () => Task.FromResult(!Directory.Exists($"/proc/{process}")));
    }

    private static Task<string> ScriptAsync(string action) => RunAsync(Checkout.At("deploy/postgres.sh"), action, "--name", Name);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("BILLING_DB");
        using var process = System.Diagnostics.Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {await error}");
        return output;
    }

    [GeneratedRegex(", process ([0-9]+),")]
    private static partial Regex Process();

    [GeneratedRegex(", data (.+)$", RegexOptions.Multiline)]
    private static partial Regex Data();
}
