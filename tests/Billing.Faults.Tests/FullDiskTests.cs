using System.Net;
using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>There is no room for what is written: a clear message, and nothing half-written is left.</summary>
[Trait("Category", "Faults")]
public sealed class FullDiskTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TinyDisk.Theory]
    [InlineData("rated.csv")]
    [InlineData("invoices.json")]
    [InlineData("receipt.json")]
    public async Task Rate_says_what_does_not_fit_and_leaves_no_output(string tooMuch)
    {
        MadeUp.Write(_folder.At("calls.csv"), MadeUp.Calls(1_000, seed: 13));
        _folder.Write("contracts.json", MadeUp.ContractsDocument());
        using var whole = BillingProcess.Start(new Dictionary<string, string>(), Rate("whole"));
        (await whole.EndAsync()).Code.ShouldBe(0);
        var rated = TinyDisk.PagesOf(_folder.At("whole/rated.csv"));
        var pages = tooMuch switch
        {
            "rated.csv" => rated / 2,
            "invoices.json" => rated + 1,
            _ => rated + TinyDisk.PagesOf(_folder.At("whole/invoices.json")),
        };

        Directory.CreateDirectory(_folder.At("tiny"));
        using var rate = TinyDisk.Start(_folder.At("tiny"), pages, _folder.At("left"), [], Rate("tiny"));
        var ended = await rate.EndAsync();

        ended.Code.ShouldBe(1, ended.All);
        ended.Error.ShouldMatch($"^billing: No space left on device : '{_folder.At("tiny")}/{tooMuch}.*'\n$");
        (await File.ReadAllTextAsync(_folder.At("left"))).ShouldBeEmpty();
    }

    [TinyDisk.Fact]
    public async Task Standard_input_that_does_not_fit_the_temporary_folder_is_not_taken_in()
    {
        MadeUp.Write(_folder.At("calls.csv"), MadeUp.Calls(20_000, seed: 14));
        Directory.CreateDirectory(_folder.At("tiny"));
        await using var database = await DatabaseServer.Shared.CreateAsync();

        using var ingest = TinyDisk.Start(
            _folder.At("tiny"), 100, _folder.At("left"), new() { ["BILLING_DB"] = database.ConnectionString, ["TMPDIR"] = _folder.At("tiny") }, "ingest", "-");
        await using (var calls = File.OpenRead(_folder.At("calls.csv")))
        {
            await ingest.SendAsync(calls);
        }

        var ended = await ingest.EndAsync();

        ended.Code.ShouldBe(1, ended.All);
        ended.Error.ShouldMatch($"^billing: No space left on device : '{_folder.At("tiny")}/[^\n]*'\n$");
        (await database.CountAsync("select count(*) from billing.deliveries")).ShouldBe(0);
        (await File.ReadAllTextAsync(_folder.At("left"))).Trim().ShouldBeEmpty();
    }

    [TinyDisk.Fact]
    public async Task A_body_for_which_the_spool_has_no_room_is_answered_with_507_and_a_small_one_is_still_taken()
    {
        Directory.CreateDirectory(_folder.At("tiny"));
        await using var database = await DatabaseServer.Shared.CreateAsync();
        using var server = await BillingServer.StartAsync(await database.MakeKeyAsync(), address => TinyDisk.Start(
            _folder.At("tiny"), 100, _folder.At("left"),
            new() { ["BILLING_DB"] = database.ConnectionString, ["BILLING_SPOOL"] = _folder.At("tiny"), ["BILLING_SPOOL_FREE"] = "0", ["BILLING_URLS"] = address }, "serve"));
        var large = MadeUp.Csv(MadeUp.Calls(20_000, seed: 15));

        (await server.PostAsync(large, isKept: false)).ShouldBe(HttpStatusCode.InsufficientStorage);
        (await server.PostAsync(large, isLengthTold: false, isKept: false)).ShouldBe(HttpStatusCode.InsufficientStorage);
        (await database.CountAsync("select count(*) from billing.cdr_batches")).ShouldBe(0);

        (await server.PostAsync(MadeUp.Csv(MadeUp.Calls(10, seed: 16)), isLengthTold: false)).ShouldBe(HttpStatusCode.OK);
        (await database.CountAsync("select rows from billing.deliveries")).ShouldBe(10);
    }

    private string[] Rate(string output) =>
    [
        "rate", "--contracts", _folder.At("contracts.json"), "--tariff", Checkout.At("services/Billing.Rating/BuiltIn/sample-tariff.json"),
        "--cdr", _folder.At("calls.csv"), "--month", "2026-10", "--out", _folder.At(output),
    ];
}
