using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>A file is known by its bytes.</summary>
[Trait("Category", "Faults")]
public sealed class RepeatedFileTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pain02_a_file_sent_again_answers_with_its_first_receipt()
    {
        MadeUp.WriteDelivery(_folder.At("calls.csv"), 500, seed: 7);
        File.Copy(_folder.At("calls.csv"), _folder.At("renamed.csv"));
        await using var database = await DatabaseServer.Shared.CreateAsync();

        var receipts = await database.IngestAsync(_folder.At("calls.csv"), _folder.At("renamed.csv"), _folder.At("calls.csv"));

        receipts.Count.ShouldBe(3);
        receipts.Distinct().Count().ShouldBe(1);
        (await database.AllDeliveriesAsync()).ShouldBe(receipts[0]);
        await database.ShouldBeSoundAsync();
    }
}
