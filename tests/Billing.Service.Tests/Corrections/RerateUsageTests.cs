using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Tests.Invoicing;
using NodaTime;

namespace Billing.Service.Tests.Corrections;

/// <summary>A tariff or contract that was set right retroactively counts for calls taken in before, once their usage is rerated.</summary>
public class RerateUsageTests
{
    private const string Number = "05033000001";

    internal static TariffsDocument FixedAt(string price) =>
        BilledWorld.Read<TariffsDocument>(BilledWorld.Tariff().Replace("\"price\": \"8\"", $"\"price\": \"{price}\"", StringComparison.Ordinal));

    [Fact]
    public async Task A_price_set_right_counts_for_calls_recorded_before_and_only_after_rerating()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number), BilledWorld.Contract("C-2", "05033000002"));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"),
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T11:00:00", id: "b"),
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T12:00:00", id: "void"),
            world.Call("05033000002", BilledWorld.Mobile, "2026-09-03T11:00:00"));
        await world.CorrectAsync(CorrectedWorld.Facts("sw-1/b", new CorrectedFactsDocument { EndedAt = "2026-09-03T11:04:00+09:00" }));
        await world.VoidAsync("sw-1/void");
        await world.PublishAsync(FixedAt("6"));
        await world.ShouldBeWhatTheLogSaysAsync();
        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe("24");

        var looked = await world.RerateAsync(BilledWorld.September, terms: CorrectedWorld.Terms(write: false));
        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe("24");
        var report = await world.RerateAsync(BilledWorld.September);

        report.Effects.ShouldBe(looked.Effects);
        report.Effects.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            effect => effect.Contract.ShouldBe("C-1"), effect => effect.Calls.ShouldBe(2), effect => effect.Before.ShouldBe(Yen.Whole(24)), effect => effect.After.ShouldBe(Yen.Whole(18)));
        report.Unchanged.ShouldBe(1);
        await world.ShouldBeWhatTheLogSaysAsync();

        // what comes and is corrected afterwards has its own knowledge
        await world.PublishAsync(FixedAt("5"));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-04T10:00:00"));
        await world.CorrectAsync(CorrectedWorld.Facts("sw-1/a", new CorrectedFactsDocument { EndedAt = "2026-09-03T10:02:00+09:00" }));
        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe("22");
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task A_contract_whose_calls_would_be_suspended_or_anothers_stays_as_it_is()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number), BilledWorld.Contract("C-2", "05033000002"));
        await world.IngestAsync(
            world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00"), world.Call(Number, BilledWorld.Fixed, "2026-09-20T10:00:00"),
            world.Call("05033000002", BilledWorld.Fixed, "2026-09-03T10:00:00"));
        await world.PublishAsync(FixedAt("6"));
        var ended = BilledWorld.Contract("C-1", Number) with { Numbers = [new NumberDocument { Number = Number, From = new LocalDate(2026, 1, 1), To = new LocalDate(2026, 9, 10) }] };
        await world.ImportAsync(ended);

        var report = await world.RerateAsync(BilledWorld.September);

        report.Refused.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            refused => refused.Contract.ShouldBe("C-1"), refused => refused.Refusal.Message.ShouldContain("1 unknown-number"));
        (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe("16");
        (await world.ChargeAsync("C-2", BilledWorld.September)).ShouldBe("6");
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task One_contract_alone_can_be_rerated_again_and_again()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number), BilledWorld.Contract("C-2", "05033000002"));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00"), world.Call("05033000002", BilledWorld.Fixed, "2026-09-03T10:00:00"));
        foreach (var price in new[] { "6", "9.5" })
        {
            await world.PublishAsync(FixedAt(price));
            await world.RerateAsync(BilledWorld.September, "C-1");
            (await world.ChargeAsync("C-1", BilledWorld.September)).ShouldBe(price);
            await world.ShouldBeWhatTheLogSaysAsync();
        }

        (await world.ChargeAsync("C-2", BilledWorld.September)).ShouldBe("8");
        (await world.RerateAsync(BilledWorld.September, "C-1")).Unchanged.ShouldBe(1);
        (await world.CountEventsAsync("usage_rerated.v1")).ShouldBe(2);
    }
}
