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

    private string Process { get; set; } = "";

    private string Data { get; set; } = "";

    public async Task InitializeAsync()
    {
        await StartAsync();
        Databases = new DatabaseServer((await ScriptAsync("url")).Trim());
        var port = new Npgsql.NpgsqlConnectionStringBuilder(Databases.ConnectionString).Port;
        Superuser = $"Host={Path.Combine(Path.GetDirectoryName(Data)!, "socket")};Port={port};Username=postgres;Database=postgres;Pooling=false";
    }

    public async Task DisposeAsync()
    {
        await Databases.DropTemplateAsync();
        await ScriptAsync("stop");
    }

    /// <summary>Over the socket, which only the server's account and root can reach.</summary>
    internal Task AsSuperuserAsync(string sql) => new DatabaseServer(Superuser).ExecuteAsync(sql);

    /// <summary>Starts it, or leaves it running.</summary>
    internal async Task StartAsync()
    {
        await ScriptAsync("start");
        var status = Status().Match(await ScriptAsync("status")).Groups;
        (Process, Account, Data) = (status["process"].Value, status["account"].Value, status["data"].Value);
    }

    /// <summary>Open transactions are rolled back, connections closed.</summary>
    internal Task StopFastAsync() => EndAsync("INT");

    /// <summary>No time to tidy up: the next start recovers from the log.</summary>
    internal Task StopImmediatelyAsync() => EndAsync("QUIT");

    /// <summary>The main process is killed, as when memory runs out.</summary>
    internal Task KillAsync() => EndAsync("KILL");

    private async Task EndAsync(string signal)
    {
        await RunAsync("kill", $"-{signal}", Process);
        await Poll.UntilAsync($"process {Process} is gone", () => Task.FromResult(!Directory.Exists($"/proc/{Process}")));
        await ScriptAsync("stop");
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

    [GeneratedRegex(", process (?<process>[0-9]+), account (?<account>[^,]+), data (?<data>.+)$", RegexOptions.Multiline)]
    private static partial Regex Status();
}
