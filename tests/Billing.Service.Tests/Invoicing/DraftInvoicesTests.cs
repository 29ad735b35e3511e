using Billing.Service.Invoicing;

namespace Billing.Service.Tests.Invoicing;

public class DraftInvoicesTests
{
    private const string Number = "05033000001";

    [Fact]
    public async Task Pain12_the_draft_shows_what_will_be_issued_and_what_stands_in_the_way()
    {
        await using var world = await BilledWorld.NewAsync(
            BilledWorld.Contract("C-1", Number, limit: 10), BilledWorld.Contract("C-2", "05033000002", option: "recording"));
        await world.DeliverAsync("sw-1-0007.csv",
        [
            world.Call(Number, BilledWorld.Mobile, "2026-10-03T10:00:00"),
            world.Call(Number, "0570012345", "2026-10-03T10:00:00"),
            world.Call("05033009998", BilledWorld.Fixed, "2026-10-03T10:00:00"),
            world.Call("05033009998", BilledWorld.Fixed, "2026-10-03T10:01:00"),
        ]);
        await world.DeliverAsync("sw-1-0010.csv", [world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00")]);

        var draft = await world.DraftAsync(BilledWorld.October);

        draft.WorkList.Suspended.Select(entry => $"{entry.Reason} {entry.Calls}").ShouldBe(["unknown-number 2", "service-number-of-other-carrier 1"]);
        draft.WorkList.UnpricedClasses.ShouldContain("teledome");
        draft.WorkList.UnpricedClasses.ShouldNotContain("fixed");
        draft.WorkList.Refused.ShouldHaveSingleItem().Contract.ShouldBe("C-2");
        draft.WorkList.MissingFiles.ShouldHaveSingleItem().ShouldBe(new MissingFiles("sw-1-0008.csv", "sw-1-0009.csv", 2));
        draft.WorkList.UninvoicedMonths.ShouldHaveSingleItem().ShouldBe(new UninvoicedMonth(BilledWorld.September, 1, 1));
        var drafted = draft.Invoices.ShouldHaveSingleItem();
        await world.IssueAsync(BilledWorld.October);
        InvoiceKeys.Digest(drafted).ShouldBe((await world.IssuedAsync("C-1", BilledWorld.October)).Digest);
    }

    [Fact]
    public async Task A_draft_writes_nothing_and_leaves_out_what_is_issued()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number), BilledWorld.Contract("C-2", "05033000002"));
        await world.IssueAsync(BilledWorld.October, "C-1");

        var draft = await world.DraftAsync(BilledWorld.October);

        draft.AlreadyIssued.ShouldBe(1);
        draft.Invoices.ShouldHaveSingleItem().Contract.ShouldBe("C-2");
        (await world.CountEventsAsync("invoice_issued.v1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_draft_has_the_late_calls_of_earlier_months()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IssueAsync(BilledWorld.September);
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00"));

        var draft = await world.DraftAsync(BilledWorld.October, "C-1");

        BilledWorld.Lines(draft.Invoices.ShouldHaveSingleItem(), "prior-usage").ShouldBe(["prior-usage fixed 2026-09 1 8 S"]);
    }
}
