using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Explaining;
using Billing.Service.Tests.Explaining;
using Billing.Service.Tests.Hosting;
using NodaTime;

namespace Billing.Service.Tests.Switches;

/// <summary>A call that sipp placed, and when what happened by its clock; null: it did not happen.</summary>
public sealed record PlacedCall(
    string Call, string Behaviour, string Calling, string Called, string CallId, Instant Placed, Instant? Answered, Instant? SpeechLost, Instant? Refused, Instant? Ended)
{
    public static PlacedCall Read(string line)
    {
        var parts = line.Split(',');
        return new PlacedCall(parts[0], parts[1], parts[2], parts[3], parts[4], At(parts[5])!.Value, At(parts[6]), At(parts[7]), At(parts[8]), At(parts[9]));
    }

    private static Instant? At(string seconds) =>
        seconds.Length == 0 ? null : Instant.FromUnixTimeTicks((long)(decimal.Parse(seconds, CultureInfo.InvariantCulture) * NodaConstants.TicksPerSecond));
}

/// <summary>
/// The calls of <c>make demo-sip</c>: placed by its script through a real Kamailio, taken in by the command and billed, in a
/// database of their own.
/// </summary>
public sealed class PlacedCalls : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("billing-sip-").FullName;
    private readonly StringBuilder _printed = new();

    public DatabaseFixture Database { get; } = new();

    public IReadOnlyList<PlacedCall> All { get; private set; } = [];

    /// <summary>The files that Kamailio wrote, by name: those that were rotated while calls went on end with <c>-1</c>, the others with <c>-2</c>.</summary>
    public IReadOnlyDictionary<string, string[]> Files { get; private set; } = new Dictionary<string, string[]>();

    /// <summary>All their rows.</summary>
    public IEnumerable<string> Rows => Files.Values.SelectMany(rows => rows);

    /// <summary>The receipts of its files.</summary>
    public IReadOnlyList<ReceiptDocument> Receipts { get; private set; } = [];

    public InvoiceDocument Invoice { get; private set; } = null!;

    /// <summary>All that the commands said.</summary>
    public string Printed => _printed.ToString();

    public PlacedCall this[string call] => All.Single(one => one.Call == call);

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Database.InitializeAsync(), PlaceAsync());
        await RunAsync("reference", "load", MonthFiles.Demo("reference.json"));
        await RunAsync("tariffs", "publish", Deployed("tariff.json"), "--yes");
        await RunAsync("contracts", "import", Deployed("contracts.json"));

        var files = Directory.GetFiles(Path.Combine(_folder, "acc")).Order(StringComparer.Ordinal).ToArray();
        Files = files.ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllLines);
        var receipts = await RunAsync(["ingest", "--profile", "kamailio-flatstore", "--json", .. files]);
        Receipts = [.. receipts.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ReceiptDocument>(line, BillingJson.Options)!)];
        var month = UsageMonth.Of(this["to-a-telephone"].Answered!.Value.InZone(DateTimeZoneProviders.Tzdb["Asia/Tokyo"]).Date);
        await RunAsync("invoices", "issue", "--month", $"{month}");
        Invoice = (await Database.IssuedAsync(month)).ShouldHaveSingleItem().Invoice;
        await RunAsync("invoices", "show", Invoice.Number!);
    }

    public async Task DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Runs the command in the process of the tests; it must end well.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var ended = await Command.RunAsync(Database.ConnectionString, arguments);
        ended.Code.ShouldBe(0, $"billing {string.Join(' ', arguments)}: {ended.All}");
        lock (_printed)
        {
            _printed.Append(ended.All);
        }

        return ended.Output;
    }

    /// <summary>The call's name in the service: Kamailio's Call-ID and the caller's tag.</summary>
    public string NameOf(string call) =>
        $"kamailio/{this[call].CallId};{Rows.Select(row => row.Split('|')).Single(row => row[0] == "INVITE" && row[3] == this[call].CallId)[1]}";

    public Task<CallExplanation> ExplainAsync(string call) => Database.ExplainAsync(NameOf(call));

    private static string Deployed(string name) => Path.Combine(MonthFiles.Root, "deploy", "sip", name);

    private async Task PlaceAsync()
    {
        await Task.Yield();
        await KillAmidCallsAsync();
        using var script = Start();
        var (output, error) = (script.StandardOutput.ReadToEndAsync(), script.StandardError.ReadToEndAsync());
        await script.WaitForExitAsync().WaitAsync(Longest);
        script.ExitCode.ShouldBe(0, await output + await error);
        All = [.. File.ReadLines(Path.Combine(_folder, "placed.csv")).Skip(1).Select(PlacedCall.Read)];
        Running().ShouldBeEmpty();
    }

    /// <summary>A script that is killed amid its calls leaves nothing running, and what it left in its folder is no hindrance.</summary>
    private async Task KillAmidCallsAsync()
    {
        using var script = Start();
        var ended = script.StandardError.ReadToEndAsync();
        await Poll.UntilAsync("a call is placed", () => script.HasExited
            ? throw new InvalidOperationException(ended.Result)
            : Task.FromResult(Directory.Exists(Path.Combine(_folder, "run")) && Directory.GetFiles(Path.Combine(_folder, "run"), "*.log").Any(log => new FileInfo(log).Length > 0)));
        Running().ShouldNotBeEmpty();

        script.Kill();

        await Poll.UntilAsync("nothing of it runs", () => Task.FromResult(Running().Count == 0));
    }

    private Process Start() => Process.Start(new ProcessStartInfo(Deployed("place-calls.sh"), [_folder])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    /// <summary>The processes that work in the script's folder.</summary>
    private List<string> Running()
    {
        var run = Path.Combine(_folder, "run");
        return [.. Directory.GetDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out _) && WorkingFolder(process) == run)];
    }

    private static string? WorkingFolder(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // it is gone, or another user's
        }
    }
}
