using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using NodaTime;

namespace Billing.Service.Tests.Invoicing;

public class FrozenInvoiceTests
{
    private const string Number = "05033000001";

    [Fact]
    public async Task Pain13_an_issued_invoice_never_changes_and_comes_out_the_same_byte_for_byte()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number, limit: 20));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Mobile, "2026-10-03T10:00:00"),
            world.Call(Number, BilledWorld.NewYork, "2026-10-04T10:00:00"),
            world.Unanswered(Number, BilledWorld.Fixed, "2026-10-04T11:00:00"));
        await world.IssueAsync(BilledWorld.October);
        var before = Json(await world.InvoiceAsync("C-1", BilledWorld.October));

        // late calls, another name, another limit and another tariff
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-10-01T10:00:00"));
        await world.ImportAsync(BilledWorld.Contract("C-1", Number, limit: 5000) with { Customer = new CustomerDocument { Name = "別会社", Kind = "corporate", Country = "JP" } });
        await world.PublishAsync(BilledWorld.Read<TariffsDocument>(BilledWorld.Tariff().Replace("\"300\"", "\"400\"", StringComparison.Ordinal)));
        await world.IssueAsync(BilledWorld.October);
        await world.IssueAsync(BilledWorld.November);

        Json(await world.InvoiceAsync("C-1", BilledWorld.October)).ShouldBe(before);
        var october = await world.VerifyAsync("C-1", BilledWorld.October);
        october.Fault.ShouldBeNull();
        october.Recomputed.ShouldBe(october.Digest);
        (await world.VerifyAsync("C-1", BilledWorld.November)).Fault.ShouldBeNull();
    }

    [Fact]
    public async Task Pain13_the_same_inputs_in_another_order_give_the_same_digest()
    {
        await using var one = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number, limit: 20));
        await using var other = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number, limit: 20));
        string[] rows =
        [
            one.Call(Number, BilledWorld.Mobile, "2026-10-03T10:00:00"),
            one.Call(Number, BilledWorld.NewYork, "2026-10-04T10:00:00"),
            one.Call(Number, BilledWorld.Fixed, "2026-10-04T10:00:00"),
        ];
        await one.IngestAsync(rows);
        await other.IngestAsync(rows[2], rows[0]);
        await other.IngestAsync(rows[1]);
        other.Now = one.Now + Duration.FromDays(1);

        await one.IssueAsync(BilledWorld.October);
        await other.IssueAsync(BilledWorld.October);

        var (first, second) = (await one.IssuedAsync("C-1", BilledWorld.October), await other.IssuedAsync("C-1", BilledWorld.October));
        second.Digest.ShouldBe(first.Digest);
        second.Covered[0].Lines.ShouldBe(first.Covered[0].Lines);
        second.Covered[0].Digest.ShouldNotBe(first.Covered[0].Digest, "the chain seals the order of arrival too");
        Json(second.Invoice with { IssuedAt = null }).ShouldBe(Json(first.Invoice with { IssuedAt = null }));
    }

    [Fact]
    public async Task Pain13_a_document_that_was_tampered_with_is_found()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Mobile, "2026-10-03T10:00:00"));
        await world.IssueAsync(BilledWorld.October);

        await Execute(world, "update billing.mt_events set data = jsonb_set(data, '{invoice,total}', '\"1\"') where type = 'invoice_issued.v1'");

        (await world.VerifyAsync("C-1", BilledWorld.October)).Fault.ShouldBe("the frozen document does not have its digest");
    }

    [Fact]
    public async Task Pain13_a_call_that_was_taken_away_is_found()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.OnNet, "2026-10-03T10:00:00"), world.Call(Number, BilledWorld.OnNet, "2026-10-03T11:00:00"));
        await world.IssueAsync(BilledWorld.October);

        await Execute(world, "delete from billing.mt_events where stream_id = 'usage-C-1-2026-10' and version = 1");

        (await world.VerifyAsync("C-1", BilledWorld.October)).Fault.ShouldBe("the events of 2026-10 are not those that were covered");
    }

    private static async Task Execute(BilledWorld world, string sql)
    {
        await using var command = world.Database.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static string Json(InvoiceDocument invoice) => JsonSerializer.Serialize(invoice, BillingJson.Options);
}
