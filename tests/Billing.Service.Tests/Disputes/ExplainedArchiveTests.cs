using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Service.Disputes;
using Billing.Service.Tests.Invoicing;
using static Billing.Service.Tests.Disputes.DisputedWorld;

namespace Billing.Service.Tests.Disputes;

/// <summary>The archive of a dispute says why what is disputed costs what it costs.</summary>
public sealed class ExplainedArchiveTests
{
    [Fact]
    public async Task Each_disputed_call_is_explained_in_both_languages_with_its_number_masked_until_revealed()
    {
        await using var world = await DisputedWorld.NewAsync();
        var id = await world.OpenAsync("m1", "n1");

        var files = await FilesAsync(world, id);

        var calls = Json(files, "explanations/calls.json").EnumerateArray().ToList();
        calls.Select(call => $"{call.GetProperty("recordId").GetString()} {call.GetProperty("result").GetProperty("charge").GetString()}").ShouldBe(["m1 16", "n1 9.4"]);
        calls.ShouldAllBe(call => call.GetProperty("steps").GetArrayLength() > 3 && call.GetProperty("masked").GetBoolean());
        var page = Text(files, "explanations.html");
        foreach (var part in (string[])["sw-1/m1", "Call sw-1/n1", "通話 sw-1/m1", "of invoice 202610-C-1 carries it", "請求書202610-C-1の", "0901234****"])
        {
            page.ShouldContain(part);
        }

        page.ShouldNotContain(BilledWorld.Mobile);
        var revealed = await FilesAsync(world, id, isRevealed: true);
        Text(revealed, "explanations.html").ShouldContain(BilledWorld.Mobile);
        Text(revealed, "explanations/calls.json").ShouldContain(BilledWorld.NewYork);
    }

    [Fact]
    public async Task A_disputed_line_comes_with_its_calls_and_how_many_there_are()
    {
        await using var world = await DisputedWorld.NewAsync();
        var invoice = await world.InvoiceAsync("C-1", BilledWorld.October);
        var line = invoice.Lines.ToList().FindIndex(one => one.Code == "mobile") + 1;
        var opened = await world.Database.InvokeAsync(Opening() with { Lines = [line], Amount = Yen.Whole(32) });
        opened.Refusal.ShouldBeNull();

        var files = await FilesAsync(world, opened.Id!);

        var explained = Json(files, "explanations/lines.json").EnumerateArray().ShouldHaveSingleItem();
        (explained.GetProperty("line").GetInt32(), explained.GetProperty("amount").GetString(), explained.GetProperty("calls").GetProperty("total").GetInt64()).ShouldBe((line, "32", 2));
        explained.GetProperty("calls").GetProperty("calls").EnumerateArray().Select(call => $"{call.GetProperty("recordId").GetString()} {call.GetProperty("destination").GetString()}")
            .ShouldBe(["m1 0901234****", "m2 0901234****"]);
        Text(files, "explanations.html").ShouldContain("2 calls, 32 yen in all, 1 to 2");
        files.Keys.ShouldNotContain("explanations/calls.json");
        Text(await FilesAsync(world, opened.Id!, isRevealed: true), "explanations/lines.json").ShouldContain(BilledWorld.Mobile);
    }

    [Fact]
    public async Task An_invoice_disputed_as_such_is_explained_line_by_line_in_brief()
    {
        await using var world = await DisputedWorld.NewAsync();

        var files = await FilesAsync(world, await world.OpenAsync());

        var invoice = await world.InvoiceAsync("C-1", BilledWorld.October);
        Json(files, "explanations/invoice.json").GetProperty("lines").GetArrayLength().ShouldBe(invoice.Lines.Count + invoice.Taxes.Count);
        Text(files, "explanations.html").ShouldContain("2 calls, 120 s, added up and rounded down");
    }

    private static async Task<Dictionary<string, byte[]>> FilesAsync(BilledWorld world, string id, bool isRevealed = false)
    {
        var export = new ExportDispute(world.Database.Database, world.Database.Store, ExportDispute.Exhibits(world.Database.Database));
        return ExportDisputeTests.Read((await export.RunAsync(id, isRevealed, default)).ShouldNotBeNull());
    }

    private static string Text(Dictionary<string, byte[]> files, string name) => Encoding.UTF8.GetString(files[name]);

    private static JsonElement Json(Dictionary<string, byte[]> files, string name) => JsonDocument.Parse(files[name]).RootElement;
}
