using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating.Reasoning;
using Billing.Service.Explaining;
using Billing.Service.Knowledge;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Usage;
using NodaTime;

namespace Billing.Service.Tests.Explaining;

/// <summary>Explanations of calls that have a history: released, late, rated with what was known at another time, corrected.</summary>
public sealed class ExplainHistoryTests
{
    private const string Number = "05033000001";
    private static readonly CorrectionGrounds Grounds = new("wrong switch clock", "finance-desk", "ticket 4711");

    [Fact]
    public async Task A_released_record_is_followed_to_the_call_that_it_became()
    {
        await using var world = await BilledWorld.NewAsync();
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a/b/1"));
        var before = await world.Database.ExplainAsync("sw-1/a/b/1");
        (before.Outcome, before.Result!.Reason).ShouldBe(("suspended", "unknown-number"));

        await world.ImportAsync(BilledWorld.Contract("C-1", Number));
        var mended = await world.Database.ExplainAsync("sw-1/a/b/1");
        mended.Faults.ShouldBeEmpty();
        mended.Outcome.ShouldBe("suspended");
        mended.Steps[^1].Figures.ShouldBe(new ReleaseNowFigures(2, "rated", null, "C-1", Yen.Whole(8)));

        using var knowledge = new KnowledgeCache(world.Database.Database);
        (await new ReleaseSuspended(world.Database.Database, knowledge, TimeProvider.System).RunAsync(new ReleaseRequest(null, null, null, []), default)).Released.ShouldBe(1);
        var after = await world.Database.ExplainAsync("sw-1/a/b/1");

        after.Faults.ShouldBeEmpty();
        (after.Outcome, after.Result!.Charge, after.Result.Contract).ShouldBe(("rated", Yen.Whole(8), "C-1"));
        after.Events.Select(happened => happened.Event).ShouldBe(["suspended", "recorded", "released"], ignoreOrder: true);
        after.Events.Single(happened => happened.Event == "released").Call.ShouldBe(after.Events.Single(happened => happened.Event == "recorded").Id);
        after.Invoice.ShouldBe(CarryingLines.None);
    }

    [Fact]
    public async Task Late_calls_are_explained_by_the_line_that_carries_them_and_limits_over_several_invoices()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number, limit: 100));
        await world.IngestAsync([.. Fixed(world, 10, "2026-09-03", "f"), world.Call(Number, BilledWorld.NewYork, "2026-09-20T10:00:00", id: "ny")]);
        await world.IssueAsync(BilledWorld.September);
        await world.IngestAsync(world.Call(Number, BilledWorld.Mobile, "2026-09-01T10:00:00", id: "m"), world.Call(Number, BilledWorld.Fixed, "2026-10-01T10:00:00", id: "october"));
        await world.IssueAsync(BilledWorld.October);
        await world.IngestAsync(Fixed(world, 3, "2026-09-05", "g"));
        await world.IssueAsync(BilledWorld.November);

        foreach (var month in new[] { BilledWorld.September, BilledWorld.October, BilledWorld.November })
        {
            var issued = await world.IssuedAsync("C-1", month);
            for (var line = 1; line <= issued.Invoice.Lines.Count; line++)
            {
                var explained = await world.Database.ExplainLineAsync(issued, line);
                explained.Faults.ShouldBeEmpty($"{month} line {line}");
                explained.Amount.ShouldBe(issued.Invoice.Lines[line - 1].Amount, $"{month} line {line}");
            }
        }

        (await CarryingAsync(world, "m")).ShouldBe(("202610-C-1", "prior-usage", "2026-09"));
        (await CarryingAsync(world, "f-0")).ShouldBe(("202609-C-1", "usage", "2026-09"));
        (await CarryingAsync(world, "g-2")).ShouldBe(("202611-C-1", "prior-usage", "2026-09"));
        (await CarryingAsync(world, "october")).ShouldBe(("202610-C-1", "usage", "2026-10"));
    }

    [Theory]
    [InlineData("f-11", "88", "0")]
    [InlineData("f-12", "96", "4")]
    [InlineData("f-13", "104", "8")]
    public async Task R14_a_call_is_within_astride_or_beyond_the_limit(string id, string before, string beyond)
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number, limit: 100));
        await world.IngestAsync(Fixed(world, 14, "2026-09-03", "f"));

        var limit = (await world.Database.ExplainAsync($"sw-1/{id}")).Limit!;

        (limit.Limit, limit.Before, limit.Beyond, limit.Calls).ShouldBe((Yen.Whole(100), Yen.Parse(before), Yen.Parse(beyond), 14));
        limit.Place.ShouldBe(int.Parse(id[2..], System.Globalization.CultureInfo.InvariantCulture) + 1);
    }

    [Fact]
    public async Task R14_calls_of_one_instant_are_walked_by_source_and_record_id()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number, limit: 10));
        await world.IngestAsync([.. new[] { "b", "B", "a" }.Select(id => world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: id))]);

        var places = new List<(long, string)>();
        foreach (var id in new[] { "B", "a", "b" })
        {
            var limit = (await world.Database.ExplainAsync($"sw-1/{id}")).Limit!;
            places.Add((limit.Place, limit.Beyond.ToString()));
        }

        places.ShouldBe([(1, "0"), (2, "6"), (3, "8")]);
    }

    [Fact]
    public async Task As_of_an_instant_a_call_is_explained_with_what_was_known_then()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "1"));
        var recorded = SystemClock.Instance.GetCurrentInstant();
        await world.PublishAsync(BilledWorld.Read<TariffsDocument>(BilledWorld.Tariff().Replace("\"price\": \"8\"", "\"price\": \"9\"", StringComparison.Ordinal)));

        var asRated = await world.Database.ExplainAsync("sw-1/1");
        var then = await world.Database.ExplainAsync("sw-1/1", recorded);
        var now = await world.Database.ExplainAsync("sw-1/1", SystemClock.Instance.GetCurrentInstant());

        (asRated.Result!.Charge, asRated.Difference, asRated.Known).ShouldBe((Yen.Whole(8), null, 2));
        (then.Result!.Charge, then.Difference, then.Known).ShouldBe((Yen.Whole(8), null, 2));
        (now.Result!.Charge, now.Known).ShouldBe((Yen.Whole(9), 3));
        (now.Difference!.ChargeDifference, now.Difference.Stands.Charge).ShouldBe((Yen.Whole(1), Yen.Whole(8)));
        now.Faults.ShouldBeEmpty();
        (await world.Database.TryExplainAsync("sw-1/1", Instant.FromUtc(2020, 1, 1, 0, 0))).ShouldBeNull();
    }

    [Fact]
    public async Task A_call_that_no_invoice_covers_says_so()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "1"));

        (await world.Database.ExplainAsync("sw-1/1")).Invoice!.En.ShouldBe("No invoice carries it yet.");
    }

    [Fact]
    public async Task A_voided_call_is_told_with_who_why_and_on_what_evidence()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "1"));
        var id = (await world.Database.ExplainAsync("sw-1/1")).Events.Single().Id;

        await world.Database.AppendAsync("usage-C-1-2026-09", "call_voided.v1", new CallVoided(id, Grounds));
        var voided = await world.Database.ExplainAsync("sw-1/1");

        voided.Outcome.ShouldBe("voided");
        (voided.Events[^1].Event, voided.Events[^1].Call, voided.Events[^1].Grounds).ShouldBe(("voided", id, Grounds));
        voided.Faults.Single().ShouldContain("voided, but still among the rated calls");
        voided.Invoice.ShouldBeNull();
    }

    [Fact]
    public async Task A_corrected_call_is_explained_by_its_new_facts_and_a_rerated_one_by_the_new_knowledge()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "1"), world.Call(Number, BilledWorld.Fixed, "2026-09-03T11:00:00", id: "2"));
        var first = await world.Database.ExplainAsync("sw-1/1", reveal: true);
        await world.PublishAsync(BilledWorld.Read<TariffsDocument>(BilledWorld.Tariff().Replace("\"price\": \"8\"", "\"price\": \"9\"", StringComparison.Ordinal)));

        var facts = first.Record! with { EndedAt = first.Record!.EndedAt + Duration.FromSeconds(180) };
        await world.Database.AppendAsync("usage-C-1-2026-09", "call_corrected.v1", new CallCorrected(first.Events.Single().Id, facts, 2, Grounds));
        var corrected = await world.Database.ExplainAsync("sw-1/1");

        (corrected.Result!.Charge, corrected.Known).ShouldBe((Yen.Whole(16), 2));
        corrected.Events[^1].Differs.ShouldBe(["endedAt"]);
        corrected.Faults.Single().ShouldContain("the charge that stands is 8 yen, computed again it is 16");

        await world.Database.AppendAsync("usage-C-1-2026-09", "usage_rerated.v1", new UsageRerated(3, Grounds));
        (await world.Database.ExplainAsync("sw-1/1")).Result!.Charge.ShouldBe(Yen.Whole(18));
        var other = await world.Database.ExplainAsync("sw-1/2");
        (other.Result!.Charge, other.Events[^1].Event).ShouldBe((Yen.Whole(9), "rerated"));
    }

    [Fact]
    public async Task Corrections_after_the_invoice_do_not_change_what_its_line_says()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(Fixed(world, 2, "2026-09-03", "f"));
        await world.IssueAsync(BilledWorld.September);
        var call = await world.Database.ExplainAsync("sw-1/f-0");
        await world.Database.AppendAsync("usage-C-1-2026-09", "call_voided.v1", new CallVoided(call.Events.Single().Id, Grounds));
        await world.Database.ExecuteAsync("delete from billing.rated_calls where record_id = 'f-0'");

        var issued = await world.IssuedAsync("C-1", BilledWorld.September);
        var line = await world.Database.ExplainLineAsync(issued, call.Invoice!.Line!.Value);

        (line.Amount, line.Faults.Count).ShouldBe((Yen.Whole(16), 0));
        line.Steps.Single(step => step.Step == "corrected-since").Figures.ShouldBe(new CorrectedSinceFigures(1, 1, Yen.Whole(8)));
        (await world.Database.ExplainAsync("sw-1/f-0")).Outcome.ShouldBe("voided");
    }

    [Theory]
    [InlineData("sw-1/1", "sw-1", "1")]
    [InlineData("sw-1/a/b", "sw-1", "a/b")]
    [InlineData("sw-1//", "sw-1", "/")]
    public void A_call_is_named_by_its_source_up_to_the_first_slash(string text, string source, string recordId)
    {
        CallName.TryParse(text, out var name).ShouldBeTrue();
        name.ShouldBe(new CallName(source, recordId));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sw-1")]
    [InlineData("/1")]
    [InlineData("sw-1/")]
    [InlineData("sw 1/1")]
    [InlineData("sw-1/é")]
    public void What_can_be_no_call_is_none(string? text) => CallName.TryParse(text, out _).ShouldBeFalse();

    private static async Task<(string?, string?, string?)> CarryingAsync(BilledWorld world, string id)
    {
        var call = await world.Database.ExplainAsync($"sw-1/{id}");
        call.Faults.ShouldBeEmpty();
        return (call.Invoice!.Number, call.Invoice.Section, call.Invoice.Month?.ToString());
    }

    private static string[] Fixed(BilledWorld world, int calls, string day, string id) =>
        [.. Enumerable.Range(0, calls).Select(i => world.Call(Number, BilledWorld.Fixed, $"{day}T10:{i:D2}:00", id: $"{id}-{i}"))];
}
