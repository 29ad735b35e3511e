using Billing.Contracts;
using Billing.Service.Disputes;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Invoicing;
using NodaTime;

namespace Billing.Service.Tests.Disputes;

/// <summary>A billed world in which invoices are disputed.</summary>
internal static class DisputedWorld
{
    public const string Number = "05033000001";
    public const string Invoice = "202610-C-1";

    public static LocalDate Today { get; } = new(2026, 12, 1);

    /// <summary>October of one contract is issued: S 300 + 8 + 16 + 16, G 9; calls f1, m1, m2, n1.</summary>
    public static async Task<BilledWorld> NewAsync()
    {
        var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number), BilledWorld.Contract("C-2", "05033000002"));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Fixed, "2026-10-03T10:00:00", id: "f1"),
            world.Call(Number, BilledWorld.Mobile, "2026-10-03T11:00:00", id: "m1"),
            world.Call(Number, BilledWorld.Mobile, "2026-10-03T12:00:00", id: "m2"),
            world.Call(Number, BilledWorld.NewYork, "2026-10-03T13:00:00", id: "n1"),
            world.Unanswered(Number, BilledWorld.Fixed, "2026-10-03T14:00:00"),
            world.Call("05033000002", BilledWorld.Fixed, "2026-10-03T10:00:00", id: "other"));
        await world.IssueAsync(BilledWorld.October);
        return world;
    }

    public static OpenDispute Opening(params string[] calls) => new(
        null, Invoice, null, [.. calls.Select(call => new CallName("sw-1", call))], [], "these calls were never made",
        calls.Length == 0 ? Yen.Whole(100) : null, "dispute-1", Today, Today.PlusDays(30));

    /// <summary>Opens a dispute and gives its id.</summary>
    public static async Task<string> OpenAsync(this BilledWorld world, params string[] calls)
    {
        var result = await world.Database.InvokeAsync(Opening(calls));
        result.Refusal.ShouldBeNull();
        return result.Id!;
    }

    public static Task<CommandResult> ResolveAsync(this BilledWorld world, string id, string outcome, GrantAs? kind = null, CreditSelection? selection = null) =>
        world.Database.InvokeAsync(new ResolveDispute(id, outcome, "counted twice", "finance-1", kind, selection ?? CreditSelection.None, Credits.Issuer, world.Now));

    public static async Task<DisputeView> ShowAsync(this BilledWorld world, string id)
    {
        await using var session = world.Database.Store.QuerySession();
        return (await ShowDispute.FindAsync(session, id, Today, default)).ShouldNotBeNull();
    }
}
