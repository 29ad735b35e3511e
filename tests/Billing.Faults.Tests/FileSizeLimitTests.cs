using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>A limit on the size of files, as administrators set it: like a full disk, but the system gives another error.</summary>
[Trait("Category", "Faults")]
public sealed class FileSizeLimitTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public async Task Rate_says_what_is_too_large_and_leaves_no_output(int kibibytes)
    {
        MadeUp.Write(_folder.At("calls.csv"), MadeUp.Calls(20_000, seed: 15));
        var contracts = _folder.Write("contracts.json", MadeUp.ContractsDocument());

        // the signal that comes with the error is ignored, as daemons do; the runtime maps code through a file, which would not fit either
        using var rate = BillingProcess.StartProgram(
            "bash", new Dictionary<string, string> { ["DOTNET_EnableWriteXorExecute"] = "0" },
            "-c", $"trap '' XFSZ; ulimit -f {kibibytes}; exec \"$BILLING_COMMAND\" \"$@\"", "billing",
            "rate", "--contracts", contracts, "--tariff", Checkout.At("services/Billing.Rating/BuiltIn/sample-tariff.json"),
            "--cdr", _folder.At("calls.csv"), "--month", "2026-10", "--out", _folder.At("out"));
        var ended = await rate.EndAsync();

        ended.Code.ShouldBe(1, ended.All);
        ended.Error.ShouldMatch("^billing: [^\n]*too large[^\n]*\n$");
        Directory.EnumerateFileSystemEntries(_folder.At("out")).ShouldBeEmpty();
    }
}
