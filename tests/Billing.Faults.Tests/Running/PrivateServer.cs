using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Billing.Faults.Tests.Running;

/// <summary>A private cluster of these tests' own, which they may stop, kill and start as they like.</summary>
public sealed partial class PrivateServer : IAsyncLifetime
{
    private const string Name = "faults";

    internal DatabaseServer Databases { get; private set; } = null!;

    /// <summary>The system's account that the server runs under.</summary>
    internal string Account { get; private set; } = "";

    private string Superuser { get; set; } = "";

    public async Task InitializeAsync()
    {
        await StartAsync();
        Databases = new DatabaseServer((await ScriptAsync("url")).Trim());
        var status = Status().Match(await ScriptAsync("status"));
        Account = status.Groups["account"].Value;
        var data = status.Groups["data"].Value;
        var port = new Npgsql.NpgsqlConnectionStringBuilder(Databases.ConnectionString).Port;
        Superuser = $"Host={Path.Combine(Path.GetDirectoryName(data)!, "socket")};Port={port};Username=postgres;Database=postgres;Pooling=false";
    }

    public async Task DisposeAsync()
    {
        await Databases.DropTemplateAsync();
        await ScriptAsync("stop");
    }

    /// <summary>Over the socket, which only the server's account and root can reach.</summary>
    internal Task AsSuperuserAsync(string sql) => new DatabaseServer(Superuser).ExecuteAsync(sql);

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
        var process = Status().Match(await ScriptAsync("status")).Groups["process"].Value;
        await RunAsync("kill", $"-{signal}", process);
        await Poll.UntilAsync($"process {process} is gone", () => Task.FromResult(!Directory.Exists($"/proc/{process}")));
    }

    private static Task<string> ScriptAsync(string action) => RunAsync(Checkout.At("deploy/postgres.sh"), action, "--name", Name);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("BILLING_DB");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {await error}");
        return output;
    }

    [GeneratedRegex(", process (?<process>[0-9]+), account (?<account>[^,]+), data (?<data>.+)$", RegexOptions.Multiline)]
    private static partial Regex Status();
}
