using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Billing.Service.Disputes;
using Billing.Service.Disputes.Archive;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Invoicing;
using static Billing.Service.Tests.Disputes.DisputedWorld;

namespace Billing.Service.Tests.Disputes;

/// <summary>The archive of a dispute: whole, reproducible, and without full numbers unless they were revealed.</summary>
public sealed class ExportDisputeTests
{
    [Fact]
    public async Task The_archive_holds_everything_and_its_manifest_proves_each_file()
    {
        await using var world = await DisputedWorld.NewAsync();
        var id = await world.OpenAsync("m1", "n1");
        await world.Database.InvokeAsync(new AddEvidence(id, "switch <log>", "ticket 7", null, "dispute-1", Today));
        await world.ResolveAsync(id, "upheld", GrantAs.CreditNote);

        var files = await FilesAsync(world, id);

        files.Keys.Order(StringComparer.Ordinal).ShouldBe(
        [
            "calls/rated.json", "calls/records.json", "cover.html", "credit-note/credit-note.json", "credit-note/credit-note.txt",
            "dispute/events.json", "explanations.html", "explanations/calls.json", "invoice/invoice.json", "invoice/invoice.txt", "manifest.json", "versions.json",
        ]);
        var manifest = JsonDocument.Parse(files["manifest.json"]).RootElement.GetProperty("files").EnumerateArray().ToList();
        manifest.Count.ShouldBe(files.Count - 1);
        foreach (var entry in manifest)
        {
            var content = files[entry.GetProperty("name").GetString()!];
            (entry.GetProperty("bytes").GetInt64(), entry.GetProperty("sha256").GetString()).ShouldBe((content.Length, Convert.ToHexStringLower(SHA256.HashData(content))));
        }

        var cover = Text(files, "cover.html");
        foreach (var part in (string[])["請求異議 / Dispute D-202612-1", "these calls were never made", "202610-C-1-CN1", "sw-1/m1", "upheld", "switch &lt;log&gt;"])
        {
            cover.ShouldContain(part);
        }

        var issued = await world.IssuedAsync("C-1", BilledWorld.October);
        var versions = JsonDocument.Parse(files["versions.json"]).RootElement;
        (versions.GetProperty("invoiceDigest").GetString(), versions.GetProperty("tariffVersion").GetString(), versions.GetProperty("known").GetInt64())
            .ShouldBe((issued.Digest, "2026-01", issued.Known));
        JsonDocument.Parse(files["dispute/events.json"]).RootElement.EnumerateArray().Select(happened => happened.GetProperty("type").GetString())
            .ShouldBe(["dispute_opened.v1", "dispute_evidence_added.v1", "dispute_resolved.v1"]);
    }

    [Fact]
    public async Task Numbers_are_masked_everywhere_until_they_are_revealed()
    {
        await using var world = await DisputedWorld.NewAsync();
        var id = await world.OpenAsync("m1", "n1");

        var masked = await FilesAsync(world, id);
        foreach (var (name, content) in masked)
        {
            var text = Encoding.UTF8.GetString(content);
            text.ShouldNotContain(BilledWorld.Mobile, customMessage: name);
            text.ShouldNotContain(BilledWorld.NewYork, customMessage: name);
        }

        Text(masked, "calls/records.json").ShouldContain("0901234****");
        Text(masked, "calls/rated.json").ShouldContain("0901234****");
        var revealed = await FilesAsync(world, id, isRevealed: true);
        Text(revealed, "calls/records.json").ShouldContain(BilledWorld.Mobile);
        Text(revealed, "calls/rated.json").ShouldContain(BilledWorld.NewYork);
    }

    [Fact]
    public async Task The_same_dispute_gives_the_same_bytes_and_a_change_other_ones()
    {
        await using var world = await DisputedWorld.NewAsync();
        var id = await world.OpenAsync("m1");
        await world.ResolveAsync(id, "upheld", GrantAs.Adjustment);

        var first = await ExportAsync(world, id, isRevealed: false);
        first.ShouldBe(await ExportAsync(world, id, isRevealed: false));
        await world.Database.InvokeAsync(new RevealNumbers(id, "court order", "auditor-1", Today));

        (await ExportAsync(world, id, isRevealed: false)).ShouldNotBe(first);
        (await FilesAsync(world, id)).Keys.ShouldContain("adjustment/adjustment.json");
        var before = (await FilesAsync(world, id))["explanations/calls.json"];
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-10-01T00:00:00"));
        (await FilesAsync(world, id))["explanations/calls.json"].ShouldBe(before);
    }

    [Fact]
    public async Task A_dispute_that_is_not_there_has_no_archive()
    {
        await using var world = await DisputedWorld.NewAsync();
        (await Export(world).RunAsync("D-202612-9", false, default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_exhibit_of_another_part_is_in_the_archive_and_its_manifest()
    {
        await using var world = await DisputedWorld.NewAsync();
        var id = await world.OpenAsync("m1");
        var export = new ExportDispute(world.Database.Database, world.Database.Store, [new DocumentsExhibit(), new Explanations()]);

        var files = Read((await export.RunAsync(id, false, default))!);

        Text(files, "calls/explanations.txt").ShouldBe("sw-1/m1");
        Text(files, "manifest.json").ShouldContain("calls/explanations.txt");
    }

    private static async Task<byte[]> ExportAsync(BilledWorld world, string id, bool isRevealed) => (await Export(world).RunAsync(id, isRevealed, default)).ShouldNotBeNull();

    private static async Task<Dictionary<string, byte[]>> FilesAsync(BilledWorld world, string id, bool isRevealed = false) => Read(await ExportAsync(world, id, isRevealed));

    private static ExportDispute Export(BilledWorld world) =>
        new(world.Database.Database, world.Database.Store, ExportDispute.Exhibits(world.Database.Database));

    internal static Dictionary<string, byte[]> Read(byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive));
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var content = entry.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            return bytes.ToArray();
        });
    }

    private static string Text(Dictionary<string, byte[]> files, string name) => Encoding.UTF8.GetString(files[name]);

    private sealed class Explanations : IDisputeExhibit
    {
        public Task<IReadOnlyList<ArchiveFile>> FilesAsync(DisputeCase dispute, CancellationToken cancel) =>
            Task.FromResult<IReadOnlyList<ArchiveFile>>([ArchiveFile.Text("calls/explanations.txt", string.Join('\n', dispute.Dispute.Opened.Calls.Select(call => $"{call.Source}/{call.RecordId}")))]);
    }
}
