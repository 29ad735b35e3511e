using System.Text;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Invoicing;

namespace Billing.Service.Tests.Invoicing;

public class ExportInvoicesTests
{
    [Fact]
    public async Task Exported_invoices_are_the_published_document_and_csv()
    {
        var quoted = BilledWorld.Contract("C-2", "05033000002") with { Customer = new CustomerDocument { Name = "=1+1, \"見本\"", Kind = "corporate", Country = "JP" } };
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", "05033000001"), quoted);
        await world.IngestAsync(world.Call("05033000001", BilledWorld.NewYork, "2026-10-03T10:00:00"));
        await world.IssueAsync(BilledWorld.October);
        var folder = world.Folder("out");

        (await ExportInvoices.RunAsync(world.Database.Database, BilledWorld.October, folder, default)).ShouldBe(2);

        var (document, fault) = DocumentReader.Read<InvoicesDocument>(await File.ReadAllBytesAsync(Path.Combine(folder, "invoices.json")));
        fault.ShouldBeNull();
        document!.Invoices.Select(invoice => invoice.Number).ShouldBe(["202610-C-1", "202610-C-2"]);
        InvoiceKeys.Digest(document.Invoices[0]).ShouldBe((await world.IssuedAsync("C-1", BilledWorld.October)).Digest);
        var csv = await File.ReadAllLinesAsync(Path.Combine(folder, "invoices.csv"), Encoding.UTF8);
        csv[2].ShouldBe("202610-C-2,C-2,2026-10,\"'=1+1, \"\"見本\"\"\",2026-12-01T00:00:00Z,2026-11-30,300,30,330");
        (await File.ReadAllLinesAsync(Path.Combine(folder, "invoice-lines.csv"))).ShouldContain("202610-C-1,usage,international,,2026-10,1,60,9,G");
    }

    [Fact]
    public async Task A_printed_invoice_has_what_a_qualified_invoice_needs()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", "05033000001", limit: 5));
        await world.IngestAsync(world.Call("05033000001", BilledWorld.NewYork, "2026-10-03T10:00:00"), world.Call("05033000001", BilledWorld.Fixed, "2026-10-03T11:00:00"));
        await world.IssueAsync(BilledWorld.October);
        var issued = await world.IssuedAsync("C-1", BilledWorld.October);
        using var text = new StringWriter();

        InvoiceText.Write(text, issued.Invoice, issued.Digest);

        var printed = text.ToString();
        foreach (var item in new[] { "T8999900000001", "株式会社C-1", "2026-10-01 to 2026-10-31", "Tax G 0 %", "Tax S 10 %", "limit 5", issued.Digest })
        {
            printed.ShouldContain(item);
        }
    }
}
