using System.Text.Json;
using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>Files that are damaged, empty, no text, or not there: a clear message, the right code, and nothing stored of what is refused.</summary>
[Trait("Category", "Faults")]
public sealed class BadFileTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ingest_names_each_refused_file_with_place_and_reason_and_stores_nothing_of_it()
    {
        await using var database = await DatabaseServer.Shared.CreateAsync();
        var before = await database.CountAsync("select count(*) from billing.mt_events");
        var files = BadFiles.Refused.Select(file => _folder.Write(file.Name, file.Bytes)).ToArray();

        var ended = await database.RunAsync(["ingest", .. files]);

        ended.Code.ShouldBe(2, ended.All);
        ended.Output.ShouldBeEmpty();
        var lines = ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(files.Length, ended.Error);
        foreach (var (line, path, file) in lines.Zip(files, BadFiles.Refused))
        {
            line.ShouldStartWith($"billing: {path}: ");
            line.ShouldMatch(file.Reason);
        }

        (await database.CountAsync("select count(*) from billing.deliveries")).ShouldBe(0);
        (await database.CountAsync("select count(*) from billing.mt_events")).ShouldBe(before);
    }

    [Fact]
    public async Task Ingest_goes_on_after_rows_that_can_not_be_read_and_lists_them()
    {
        await using var database = await DatabaseServer.Shared.CreateAsync();
        var files = BadFiles.TakenIn.Select(file => _folder.Write(file.Name, file.Bytes)).ToArray();

        var receipts = await database.IngestAsync(files);

        foreach (var (receipt, file) in receipts.Zip(BadFiles.TakenIn))
        {
            (receipt.Stored, receipt.Rejected).ShouldBe((file.Good, file.Reject is null ? 0 : 1), file.Name);
        }

        (await database.TextAsync("select string_agg(reason, ' ' order by delivery) from billing.rejects"))
            .ShouldBe(string.Join(' ', BadFiles.TakenIn.Select(file => file.Reject).Where(reason => reason is not null)));
        await database.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Rate_refuses_the_same_files_for_the_same_reasons_and_leaves_no_output()
    {
        foreach (var file in BadFiles.Refused)
        {
            var path = _folder.Write(file.Name, file.Bytes);

            var ended = await RateAsync(path);

            ended.Code.ShouldBe(2, file.Name + ended.All);
            ended.Error.TrimEnd('\n').ShouldMatch($"^billing: {path}: [^\n]*{file.Reason}[^\n]*$");
            Outputs().ShouldBeEmpty(file.Name);
        }
    }

    [Fact]
    public async Task Rate_goes_on_after_rows_that_can_not_be_read()
    {
        foreach (var file in BadFiles.TakenIn)
        {
            var ended = await RateAsync(_folder.Write(file.Name, file.Bytes));

            ended.Code.ShouldBe(0, file.Name + ended.All);
            Outputs().ShouldBe(["invoices.json", "rated.csv", "receipt.json"]);
            using var receipt = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_folder.At("out"), "receipt.json")));
            receipt.RootElement.GetProperty("reasons").GetProperty("rejected").EnumerateObject().Select(reason => reason.Name)
                .ShouldBe(file.Reject is null ? [] : [file.Reject], file.Name);
        }
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_a_directory_or_may_not_be_read_is_named_and_ends_with_1()
    {
        await using var database = await DatabaseServer.Shared.CreateAsync();
        var locked = _folder.Write("locked.csv", "source\n"u8.ToArray());
        File.SetUnixFileMode(locked, UnixFileMode.None);
        var directory = Directory.CreateDirectory(_folder.At("directory.csv")).FullName;
        foreach (var path in (string[])[_folder.At("missing.csv"), _folder.At("nowhere/missing.csv"), directory, locked])
        {
            using var ingest = Unprivileged(database.ConnectionString, "ingest", path);
            using var rate = Unprivileged("", RateArguments(path));
            foreach (var ended in new[] { await ingest.EndAsync(), await rate.EndAsync() })
            {
                ended.Code.ShouldBe(1, ended.All);
                ended.Error.ShouldMatch($"^billing: [^\n]*{path}[^\n]*{(path == directory ? "is a directory" : "")}[^\n]*\n$");
                ended.Output.ShouldBeEmpty();
            }

            Outputs().ShouldBeEmpty();
        }

        (await database.CountAsync("select count(*) from billing.deliveries")).ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_is_not_there_does_not_hold_up_the_others()
    {
        await using var database = await DatabaseServer.Shared.CreateAsync();
        MadeUp.Write(_folder.At("good.csv"), MadeUp.Calls(10));
        var refused = _folder.Write("refused.csv", []);

        var ended = await database.RunAsync("ingest", "--json", _folder.At("missing.csv"), refused, _folder.At("good.csv"));

        ended.Code.ShouldBe(1);
        ended.Error.ShouldMatch("^billing: [^\n]*missing.csv[^\n]*\nbilling: [^\n]*refused.csv: [^\n]*\n$");
        Receipt.Read(ended.Output).Single().Stored.ShouldBe(10);
    }

    [Theory]
    [InlineData("ingest")]
    [InlineData("ingest", "--nonsense", "calls.csv")]
    [InlineData("ingset", "calls.csv")]
    [InlineData("invoices", "issue", "--month", "2026-13")]
    public async Task A_wrong_command_line_ends_with_64(params string[] arguments)
    {
        using var command = BillingProcess.Start(new Dictionary<string, string>(), arguments);
        var ended = await command.EndAsync();

        ended.Code.ShouldBe(64, ended.All);
        ended.Output.ShouldBeEmpty();
        ended.Error.ShouldMatch("^billing: ");
    }

    /// <summary>Root may read everything: as root, the command runs without that power.</summary>
    private static BillingProcess Unprivileged(string connection, params string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["BILLING_DB"] = connection };
        return Environment.IsPrivilegedProcess
            ? BillingProcess.StartProgram("setpriv", environment, ["--bounding-set=-dac_override,-dac_read_search", Checkout.Command, .. arguments])
            : BillingProcess.Start(environment, arguments);
    }

    private async Task<Ended> RateAsync(string path)
    {
        using var rate = BillingProcess.Start(new Dictionary<string, string>(), RateArguments(path));
        return await rate.EndAsync();
    }

    private string[] RateArguments(string path) =>
    [
        "rate", "--contracts", Checkout.At("deploy/demo/contracts.json"), "--tariff", Checkout.At("services/Billing.Rating/BuiltIn/sample-tariff.json"),
        "--cdr", path, "--month", "2026-10", "--out", _folder.At("out"),
    ];

    private IEnumerable<string?> Outputs() =>
        Directory.Exists(_folder.At("out")) ? Directory.EnumerateFileSystemEntries(_folder.At("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal) : [];
}
