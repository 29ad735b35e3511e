using System.Security.Cryptography;
using Billing.Contracts;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Tests.Knowledge;
using static Billing.Service.Tests.Disputes.DisputedWorld;

namespace Billing.Service.Tests.Disputes;

/// <summary>What <c>billing replay</c> and <c>billing compare</c> write as JSON is attached to a dispute just as it is.</summary>
public sealed class AttachResultsTests
{
    [Fact]
    public async Task A_replay_is_attached_as_the_command_wrote_it()
    {
        await using var world = await DisputedWorld.NewAsync();
        using var billing = new BillingCommand(world.Database);
        var id = await world.OpenAsync("m1");
        var tariff = billing.Text(BilledWorld.Tariff().Replace("\"16\"", "\"18.5\"", StringComparison.Ordinal));
        var replayed = await billing.Run("replay", "--month", "2026-10", "--contract", "C-1", "--tariff", tariff, "--json");
        replayed.Code.ShouldBe(0, replayed.Error);
        var file = billing.Text(replayed.Output);

        var attached = await billing.Run("disputes", "attach", id, "--replay", file);

        attached.Code.ShouldBe(0, attached.Error);
        var kept = (await world.ShowAsync(id)).Replays.ShouldHaveSingleItem();
        var issued = await world.IssuedAsync("C-1", BilledWorld.October);
        // two mobile calls of 16 yen cost 18.5 each
        (kept.CallsChanged, kept.Issued, kept.TariffVersion, kept.Known).ShouldBe((2, issued.Invoice.Total, "2026-01", issued.Known));
        kept.Replayed.ToString().ShouldBe(replayed.Json.GetProperty("new").GetProperty("total").GetString());
        (kept.Replayed - kept.Issued).ShouldBeGreaterThanOrEqualTo(Yen.Whole(5));
        kept.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))));
        (kept.TariffSha256!.Length, kept.ReferenceSha256, kept.CorrectionsSha256).ShouldBe((64, null, null));
    }

    [Fact]
    public async Task A_proof_of_the_invoice_is_attached_as_the_command_wrote_it()
    {
        await using var world = await DisputedWorld.NewAsync();
        using var billing = new BillingCommand(world.Database);
        var id = await world.OpenAsync("m1");
        var proof = await billing.Run("replay", "--invoice", Invoice, "--json");

        (await billing.Run("disputes", "attach", id, "--replay", billing.Text(proof.Output))).Code.ShouldBe(0);

        var kept = (await world.ShowAsync(id)).Replays.ShouldHaveSingleItem();
        var issued = await world.IssuedAsync("C-1", BilledWorld.October);
        (kept.Issued, kept.Replayed, kept.CallsChanged, kept.Known).ShouldBe((issued.Invoice.Total, issued.Invoice.Total, 0, issued.Known));
        var forged = await billing.Run("disputes", "attach", id, "--replay", billing.Text(proof.Output.Replace(issued.Digest, SampleDispute.Sha256, StringComparison.Ordinal)));
        (forged.Code, forged.Error.Contains("$.number: there is no invoice 202610-C-1 with the digest of this proof", StringComparison.Ordinal)).ShouldBe((2, true), forged.Error);
    }

    [Fact]
    public async Task A_comparison_is_attached_as_the_command_wrote_it()
    {
        await using var world = await DisputedWorld.NewAsync();
        using var billing = new BillingCommand(world.Database);
        var id = await world.OpenAsync("m1");
        var theirs = billing.Text($"calling,called,start,duration\n{Number},{BilledWorld.Fixed},2026-10-03T10:00:00+09:00,60\n{Number},{BilledWorld.Fixed},2026-10-05T10:00:00+09:00,60\n");
        var compared = await billing.Run("compare", "--theirs", theirs, "--month", "2026-10", "--contract", "C-1", "--json");
        compared.Code.ShouldBe(0, compared.Error);

        var attached = await billing.Run("disputes", "attach", id, "--comparison", billing.Text(compared.Output));

        attached.Code.ShouldBe(0, attached.Error);
        var kept = (await world.ShowAsync(id)).Comparisons.ShouldHaveSingleItem();
        (kept.File, kept.FileSha256).ShouldBe((Path.GetFileName(theirs), Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(theirs)))));
        kept.Totals.Where(totals => totals.Rows > 0).Select(totals => $"{totals.Class} {totals.Rows} {totals.Ours}").Order(StringComparer.Ordinal)
            .ShouldBe(["equal 1 8", "missing-here 1 0", "missing-there 3 41.4"]);
    }

    [Theory]
    [InlineData("--replay", """{ "basis": { "known": "x" } }""", "$.basis.known: ")]
    [InlineData("--replay", """{ "basis": { "known": 3 } }""", "$: it is no whole result of billing replay")]
    [InlineData("--comparison", """{ "inputs": { "file": "theirs.csv" } }""", "$: it is no whole result of billing compare")]
    [InlineData("--comparison", """{ "inputs": 7 }""", "$.inputs: ")]
    public async Task What_is_no_result_is_refused_with_the_place(string option, string json, string said)
    {
        await using var world = await DisputedWorld.NewAsync();
        using var billing = new BillingCommand(world.Database);

        var refused = await billing.Run("disputes", "attach", await world.OpenAsync("m1"), option, billing.Text(json));

        (refused.Code, refused.Output).ShouldBe((2, ""));
        refused.Error.ShouldContain(said);
    }

    [Fact]
    public async Task A_replay_of_all_contracts_is_refused()
    {
        await using var world = await DisputedWorld.NewAsync();
        using var billing = new BillingCommand(world.Database);
        var replayed = await billing.Run("replay", "--month", "2026-10", "--as-of", "now", "--json");

        var refused = await billing.Run("disputes", "attach", await world.OpenAsync("m1"), "--replay", billing.Text(replayed.Output));

        refused.Code.ShouldBe(2);
        refused.Error.ShouldContain("$.contract: the replay is of all contracts: replay the disputed one with --contract");
    }
}
