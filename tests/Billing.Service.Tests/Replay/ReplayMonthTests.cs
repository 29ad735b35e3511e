using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Knowledge;
using Billing.Service.Replay;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Usage;
using static Billing.Service.Tests.Invoicing.BilledWorld;

namespace Billing.Service.Tests.Replay;

/// <summary>What a month comes to with other knowledge, against what was recorded and billed.</summary>
public sealed class ReplayMonthTests
{
    private const string Number = "05033000001";
    private const string Second = "05033000002";

    private static readonly TariffsDocument Dearer = Read<TariffsDocument>(
        Tariff().Replace("\"9.4\"", "\"11.3\"", StringComparison.Ordinal).Replace("\"300\"", "\"350\"", StringComparison.Ordinal));

    [Fact]
    public async Task With_what_is_known_now_a_month_that_nothing_changed_for_does_not_differ()
    {
        await using var world = await TwoContractsAsync();
        (await world.ReplayAsync(new ReplayRequest(October))).Contracts.ShouldBeEmpty();
        await world.IssueAsync(October, "C-1");

        var result = await world.ReplayAsync(new ReplayRequest(October));

        result.Contracts.ShouldBeEmpty();
        (result.Calls.Calls, result.Calls.Differing, result.Difference, result.ContractsCompared).ShouldBe((6, 0, Yen.Zero, 2));
        result.Old.ShouldBe(result.New);
        result.Old.Total.ShouldBe((await world.InvoiceAsync("C-1", October)).Total + (await world.DraftAsync(October)).Total);
    }

    [Fact]
    public async Task Another_tariff_gives_what_publishing_it_first_gives()
    {
        await using var world = await TwoContractsAsync();
        await world.IssueAsync(October, "C-1");
        await using var fresh = await TwoContractsAsync(Dearer);
        var published = (await fresh.DraftAsync(October)).Invoices;

        var result = await world.ReplayAsync(new ReplayRequest(October, Tariff: Dearer));

        result.Contracts.Select(contract => contract.Contract).ShouldBe(["C-1", "C-2"]);
        result.Contracts.Select(contract => contract.Baseline).ShouldBe(["202610-C-1", "draft"]);
        foreach (var (contract, old) in result.Contracts.Zip([await world.InvoiceAsync("C-1", October), (await world.DraftAsync(October)).Invoices.Single()]))
        {
            var expected = published.Single(invoice => invoice.Contract == contract.Contract);
            old.After(contract).ShouldBe(Replaying.Of(expected), contract.Contract);
            contract.New.ShouldBe(new Amounts(expected.Subtotal, expected.Tax, expected.Total));
            contract.Difference.ShouldBe(expected.Total - old.Total);
        }

        Lines(published[0], "limit").Length.ShouldBe(2);
        result.Calls.Changes.ShouldBe(new Dictionary<string, long> { ["repriced"] = 2 });
        result.Calls.ChargeDifference.ShouldBe(Yen.Parse("11.4"));
        result.Difference.ShouldBe(result.New.Total - result.Old.Total);
    }

    [Fact]
    public async Task As_of_an_instant_before_a_correction_of_the_tariff_it_is_the_first_run_again()
    {
        await using var world = await TwoContractsAsync();
        var first = await world.DraftAsync(October);
        var before = await world.NowAsync();
        await world.PublishAsync(Dearer);
        await world.IngestAsync(world.Call(Number, Mobile, "2026-10-20T10:00:00"));
        await world.IssueAsync(October);

        var now = await world.ReplayAsync(new ReplayRequest(October));
        var then = await world.ReplayAsync(new ReplayRequest(October, AsOf: before));

        // usage was rated with the old tariff, so what is known now makes it dearer, what was known then leaves fees and the later call
        now.Calls.Changes.ShouldBe(new Dictionary<string, long> { ["repriced"] = 2 });
        then.Calls.Changes.ShouldBe(new Dictionary<string, long> { ["rated-to-not-recorded"] = 1 });
        foreach (var invoice in first.Invoices)
        {
            var difference = then.Contracts.Single(contract => contract.Contract == invoice.Contract);
            (await world.InvoiceAsync(invoice.Contract, October)).After(difference).ShouldBe(Replaying.Of(invoice));
        }
    }

    [Fact]
    public async Task A_suspended_record_whose_contract_was_assigned_late_becomes_ratable()
    {
        await using var world = await NewAsync(Contract("C-1", Number));
        await world.IngestAsync(world.Call(Second, Mobile, "2026-10-03T10:00:00"), world.Call(Number, Mobile, "2026-10-03T10:00:00"));
        var suspended = await world.NowAsync();
        await world.ImportAsync(Contract("C-2", Second));

        var known = await world.ReplayAsync(new ReplayRequest(October, "C-2"));

        known.Calls.Changes.ShouldBe(new Dictionary<string, long> { ["suspended-to-rated"] = 1 });
        var difference = known.Contracts.ShouldHaveSingleItem();
        difference.Lines.Select(line => $"{line.Section} {line.Code} {line.Difference}").ShouldBe(["usage mobile 16", "tax 0.10 1"], ignoreOrder: true);
        (await world.ReplayAsync(new ReplayRequest(October, AsOf: suspended))).Calls.Differing.ShouldBe(0);

        // once released it is a call like any other, and before that it was none
        using var knowledge = new KnowledgeCache(world.Database.Database);
        await new ReleaseSuspended(world.Database.Database, knowledge, TimeProvider.System).RunAsync(new ReleaseRequest(null, null, null, []), default);
        (await world.ReplayAsync(new ReplayRequest(October, "C-2"))).Calls.ShouldBe(new CallDifferences(1, 0, 0, new Dictionary<string, long>(), Yen.Zero), CallsComparer.Instance);
        (await world.ReplayAsync(new ReplayRequest(October, AsOf: suspended))).Calls.Changes
            .ShouldBe(new Dictionary<string, long> { ["rated-to-not-recorded"] = 1, ["released-to-suspended"] = 1 });
    }

    [Fact]
    public async Task A_call_moves_with_the_number_that_pays_and_one_contract_shows_what_all_show()
    {
        await using var world = await NewAsync(Contract("C-1", Number, limit: 30), Contract("C-2", Second, limit: 30));
        await world.IngestAsync(
            world.Call(Second, Mobile, "2026-10-03T10:00:00"),
            world.Call(Second, NewYork, "2026-10-04T10:00:00", 200),
            world.Call(Number, NewYork, "2026-10-05T10:00:00", 100),
            world.Unanswered(Second, Fixed, "2026-10-05T10:00:00"));
        await world.IssueAsync(October);

        // the number was C-1's all the time
        await world.ImportAsync(Contract("C-2", "05033000009", limit: 30), Contract("C-1", Number, limit: 30) with
        {
            Numbers = [.. new[] { Number, Second }.Select(number => new NumberDocument { Number = number, From = new NodaTime.LocalDate(2026, 1, 1) })],
        });

        var all = await world.ReplayAsync(new ReplayRequest(October));

        all.Calls.Changes.ShouldBe(new Dictionary<string, long> { ["other-contract"] = 3 });
        all.Contracts.Select(contract => contract.Contract).ShouldBe(["C-1", "C-2"]);
        var usage = all.Contracts[0].Lines.ToDictionary(line => $"{line.Section} {line.Code} {line.TaxCategory}", line => line.New?.Amount.ToString());
        (usage["usage mobile S"], usage["usage international G"]).ShouldBe(("16", "56"));

        // 30 yen hold the mobile call and 14 of the first call abroad, so of the excess 42 lie abroad
        usage["limit usage-limit G"].ShouldBe("-42");
        foreach (var contract in new[] { "C-1", "C-2" })
        {
            var one = await world.ReplayAsync(new ReplayRequest(October, contract));
            var among = all.Contracts.Single(difference => difference.Contract == contract);
            one.Contracts.ShouldHaveSingleItem().Lines.ShouldBe(among.Lines);
            (one.New, one.Calls.Differing).ShouldBe((among.New!, 3));
        }
    }

    [Fact]
    public async Task Late_calls_are_on_neither_side_of_an_issued_month()
    {
        await using var world = await TwoContractsAsync();
        await world.IssueAsync(October);
        await world.IngestAsync(world.Call(Number, NewYork, "2026-10-09T10:00:00"));
        await world.IssueAsync(November);

        var result = await world.ReplayAsync(new ReplayRequest(October, Tariff: Dearer));

        (result.Calls.Late, result.Calls.Calls, result.Calls.Changes["repriced"]).ShouldBe((1, 6, 2));
        result.Contracts.Single(contract => contract.Contract == "C-1").LateCalls.ShouldBe(1);
        var november = await world.ReplayAsync(new ReplayRequest(November));
        november.Contracts.ShouldBeEmpty();
        november.Old.ShouldBe(november.New);
    }

    [Fact]
    public async Task Corrections_in_the_log_count_from_the_instant_they_were_made()
    {
        await using var world = await TwoContractsAsync();
        await world.IssueAsync(October);
        var before = await world.NowAsync();
        await CorrectionEvents.VoidAsync(world, "C-1", October, "r000001");
        await CorrectionEvents.CorrectAsync(world, "C-2", October, "r000005", call => call with { EndedAt = call.EndedAt + NodaTime.Duration.FromMinutes(3) }, known: 1);

        (await world.ReplayAsync(new ReplayRequest(October, AsOf: before))).Calls.Differing.ShouldBe(0);
        (await world.ReplayAsync(new ReplayRequest(October))).Calls.Changes.ShouldBe(new Dictionary<string, long> { ["rated-to-voided"] = 1, ["repriced"] = 1 });
    }

    [Fact]
    public async Task A_month_or_contract_that_can_not_be_computed_is_refused()
    {
        await using var world = await TwoContractsAsync();
        var start = NodaTime.Instant.FromUtc(2020, 1, 1, 0, 0);

        (await world.RefusedAsync(new ReplayRequest(October, "C-9"))).Message.ShouldBe("there is no contract C-9");
        (await world.RefusedAsync(new ReplayRequest(October, AsOf: start))).Message.ShouldStartWith("no tariff version is in force on 2026-10-31");
        var broken = Read<TariffsDocument>(Tariff().Replace("\"plan\": \"abroad\"", "\"plan\": \"nowhere\"", StringComparison.Ordinal));
        (await world.RefusedAsync(new ReplayRequest(October, Tariff: broken))).Message.ShouldStartWith("tariff: $.tariffs[0].prices[2]");
    }

    /// <summary>C-1 passes its limit with calls at home and abroad, C-2 has none.</summary>
    private static async Task<BilledWorld> TwoContractsAsync(TariffsDocument? tariff = null)
    {
        var world = await EmptyAsync();
        await world.PublishAsync(tariff ?? Read<TariffsDocument>(Tariff()));
        await world.ImportAsync(Contract("C-1", Number, limit: 40), Contract("C-2", Second));
        await world.IngestAsync(
            world.Call(Number, Mobile, "2026-10-03T10:00:00", 100),
            world.Call(Number, NewYork, "2026-10-04T10:00:00", 200),
            world.Call(Number, Mobile, "2026-10-05T10:00:00", 100),
            world.Unanswered(Number, Fixed, "2026-10-05T10:00:00"),
            world.Call(Second, Fixed, "2026-10-04T10:00:00", 200),
            world.Call(Second, NewYork, "2026-10-04T10:00:00", 100));
        return world;
    }

    private sealed class CallsComparer : IEqualityComparer<CallDifferences>
    {
        public static CallsComparer Instance { get; } = new();

        public bool Equals(CallDifferences? x, CallDifferences? y) => Text(x) == Text(y);

        public int GetHashCode(CallDifferences obj) => 0;

        private static string Text(CallDifferences? calls) =>
            $"{calls?.Calls} {calls?.Late} {calls?.Differing} {string.Join(',', calls?.Changes ?? new Dictionary<string, long>())} {calls?.ChargeDifference}";
    }
}
