using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Tests.Knowledge;
using static Billing.Service.Tests.Disputes.DisputedWorld;

namespace Billing.Service.Tests.Disputes;

/// <summary><c>billing disputes</c> and <c>billing invoices credit</c> as a person types them.</summary>
public sealed class DisputesCommandTests
{
    [Fact]
    public async Task A_dispute_goes_its_way_on_the_command_line()
    {
        await using var world = await DisputedWorld.NewAsync();
        using var billing = new BillingCommand(world.Database);
        var opened = await billing.Run("disputes", "open", "--invoice", Invoice, "--contract", "C-1", "--call", "sw-1/m1", "--claim", "never made", "--id", "CASE-1", "--by", "desk-1");
        (opened.Code, opened.Output).ShouldBe((0, "opened CASE-1\n"), opened.Error);

        var log = billing.Text("log of the switch");
        (await billing.Run("disputes", "evidence", "CASE-1", "--description", "switch log", "--file", log, "--by", "desk-1")).Code.ShouldBe(0);
        var replay = billing.File(new AttachedReplay(3, SampleDispute.Sha256, 1, Contracts.Yen.Whole(383), Contracts.Yen.Whole(366)));
        (await billing.Run("disputes", "attach", "CASE-1", "--replay", replay)).Code.ShouldBe(0);
        (await billing.Run("disputes", "attach", "CASE-1", "--replay", billing.Text("""{ "known": 3 }"""))).Code.ShouldBe(2);
        var comparison = billing.File(new AttachedComparison("theirs.csv", SampleDispute.Sha256, [new ComparedClass("equal", 3)]));
        (await billing.Run("disputes", "attach", "CASE-1", "--comparison", comparison)).Code.ShouldBe(0);

        var list = await billing.Run("disputes", "list", "--state", "open", "--json");
        var entry = list.Json.EnumerateArray().ShouldHaveSingleItem();
        (entry.GetProperty("id").GetString(), entry.GetProperty("amount").GetString(), entry.GetProperty("attachments").GetInt32()).ShouldBe(("CASE-1", "16", 3));
        (await billing.Run("disputes", "list", "--overdue")).Output.ShouldBe("no dispute\n");

        var resolved = await billing.Run("disputes", "resolve", "CASE-1", "--upheld", "in-part", "--amount", "S=10", "--as", "credit-note", "--reason", "half of it", "--by", "finance-desk");
        (resolved.Code, resolved.Output).ShouldBe((0, "resolved: 202610-C-1-CN1\n"), resolved.Error);
        var shown = await billing.Run("disputes", "show", "CASE-1");
        shown.Output.ShouldContain("Dispute CASE-1: partly-upheld");
        shown.Output.ShouldContain("Given back  10 yen without tax, 202610-C-1-CN1");
        shown.Output.ShouldContain("switch log");
        var note = await billing.Run("invoices", "credit-note", "202610-C-1-CN1");
        note.Output.ShouldContain("適格返還請求書 / Credit note 202610-C-1-CN1");
        (await billing.Run("invoices", "credit-note", "202610-C-1-CN1", "--json")).Json.GetProperty("total").GetString().ShouldBe("-11");

        var archive = Path.Combine(Path.GetDirectoryName(log)!, "case.zip");
        (await billing.Run("disputes", "export", "CASE-1", "--out", archive, "--reveal", "court order", "--by", "auditor-1")).Code.ShouldBe(0);
        System.Text.Encoding.UTF8.GetString(ExportDisputeTests.Read(await File.ReadAllBytesAsync(archive))["calls/records.json"]).ShouldContain(BilledWorld.Mobile);
        (await world.ShowAsync("CASE-1")).Revealed.ShouldHaveSingleItem().Reason.ShouldBe("court order");
        await world.RebuildAsync(AuditTables.ProjectionName);
        (await billing.Run("audit", "reveals", "--contract", "C-1")).Output.ShouldContain("dispute CASE-1 (C-1): court order");
        (await billing.Run("audit", "reveals", "--contract", "C-2")).Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Finance_gives_back_without_a_dispute_and_lists_what_was_given()
    {
        await using var world = await DisputedWorld.NewAsync();
        using var billing = new BillingCommand(world.Database);

        (await billing.Run("invoices", "credit", "--invoice", Invoice, "--amount", "S=105,G=9", "--reason", "お詫び", "--by", "finance-desk")).Output.ShouldBe("granted: 202610-C-1-CN1\n");
        (await billing.Run("invoices", "credit", "--invoice", Invoice, "--lines", "1=5", "--as", "adjustment", "--reason", "goodwill")).Output.ShouldBe("granted: 202610-C-1-ADJ1\n");

        var credits = await billing.Run("invoices", "credits", "--invoice", Invoice);
        credits.Output.ShouldContain("pending: on the next invoice; goodwill");
        credits.Output.ShouldContain("-114");
        (await billing.Run("invoices", "credits", "--invoice", Invoice, "--json")).Json.GetArrayLength().ShouldBe(2);
        var refused = await billing.Run("invoices", "credit", "--invoice", Invoice, "--amount", "S=10000", "--reason", "goodwill");
        (refused.Code, refused.Output).ShouldBe((2, ""));
        refused.Error.ShouldBe("billing: 10000 yen of category S are more than the 230 yen of invoice 202610-C-1 that are not credited yet (§8)\n");
        (await billing.Run("invoices", "credit-note", "202610-C-1-CN9")).Code.ShouldBe(1);
        (await billing.Run("invoices", "credits", "--invoice", "202610-C-9")).Code.ShouldBe(1);
    }

    [Fact]
    public async Task What_can_not_be_is_one_line_on_standard_error()
    {
        await using var world = await DisputedWorld.NewAsync();
        using var billing = new BillingCommand(world.Database);
        foreach (var (code, error, line) in new (int, string, string[])[]
        {
            (2, "there is no invoice 202610-C-7", ["disputes", "open", "--invoice", "202610-C-7", "--claim", "x", "--amount", "1"]),
            (2, "call sw-1/none is not on invoice 202610-C-1", ["disputes", "open", "--invoice", Invoice, "--claim", "x", "--call", "sw-1/none"]),
            (2, "there is no dispute D-1", ["disputes", "withdraw", "D-1", "--reason", "x"]),
            (2, "there is no dispute D-1", ["disputes", "resolve", "D-1", "--upheld", "rejected", "--reason", "x"]),
            (1, "there is no dispute D-1", ["disputes", "show", "D-1"]),
            (64, "is not SOURCE/ID", ["disputes", "open", "--invoice", Invoice, "--claim", "x", "--call", "m1"]),
            (64, "'500' is not an amount by tax category", ["invoices", "credit", "--invoice", Invoice, "--reason", "x", "--amount", "500"]),
            (64, "either --replay or --comparison", ["disputes", "attach", "D-1"]),
        })
        {
            var ended = await billing.Run(line);
            (ended.Code, ended.Output).ShouldBe((code, ""), ended.Error);
            ended.Error.ShouldContain(error);
        }
    }
}
