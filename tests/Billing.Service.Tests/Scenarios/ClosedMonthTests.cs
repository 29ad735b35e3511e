using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating.Calls;
using Billing.Service.Corrections;
using Billing.Service.Knowledge;
using Billing.Service.Replay;
using Billing.Service.Tests.Corrections;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Tests.Replay;
using Billing.Service.Usage;
using NodaTime;
using static Billing.Service.Tests.Invoicing.BilledWorld;

namespace Billing.Service.Tests.Scenarios;

/// <summary>What happens to a month after its invoice was issued, told step by step.</summary>
public sealed class ClosedMonthTests
{
    private const string Number = "05033000001";
    private const string Second = "05033000002";

    private static readonly UsageMonth May = new(2026, 5);
    private static readonly UsageMonth June = new(2026, 6);
    private static readonly UsageMonth July = new(2026, 7);

    private static readonly InvoicedCorrection AsNote = new("credit-note", null);
    private static readonly InvoicedCorrection AsAdjustment = new("adjustment", null);

    [Theory]
    [InlineData(0, 1, 2, 3, 4, 5)]
    [InlineData(5, 4, 3, 2, 1, 0)]
    [InlineData(3, 0, 5, 1, 4, 2)]
    public async Task Late_calls_of_two_closed_months_are_prior_usage_whatever_their_order(params int[] order)
    {
        await using var world = await NewAsync(Contract("C-1", Number, limit: 40));

        // given: a call in each month, and both months invoiced
        await world.IngestAsync(world.Call(Number, Mobile, "2026-05-20T10:00:00"), world.Call(Number, NewYork, "2026-06-20T10:00:00"));
        await world.IssueAsync(May);
        await world.IssueAsync(June);
        var issued = await world.IssuedDocumentsAsync();

        // when: late calls of both come one by one, in one order or another, the last one of May in the last second of the month
        (string Called, string At)[] late =
        [
            (NewYork, "2026-05-01T00:00:00"), (Mobile, "2026-05-31T23:59:59"), (Fixed, "2026-05-20T09:00:00"),
            (Fixed, "2026-06-01T00:00:00"), (NewYork, "2026-06-30T23:59:59"), (Fixed, "2026-06-20T11:00:00"),
        ];
        foreach (var i in order)
        {
            await world.IngestAsync(world.Call(Number, late[i].Called, late[i].At, id: $"late-{i}"));
        }

        await world.IngestAsync(world.Call(Number, Fixed, "2026-07-01T00:00:00"));
        await world.IssueAsync(July);

        // then: May is 16 + 16 + 8 + 9.4 exact with 40 as its limit, and 9.4 + 9.4 of June come to 18, of which 9 were billed
        Lines(await world.InvoiceAsync("C-1", July), "usage", "prior-usage", "limit").ShouldBe(
        [
            "usage fixed 2026-07 1 8 S",
            "prior-usage fixed 2026-05 1 8 S", "prior-usage fixed 2026-06 2 16 S",
            "prior-usage international 2026-05 1 9 G", "prior-usage international 2026-06 1 9 G",
            "prior-usage mobile 2026-05 1 16 S",
            "limit usage-limit 2026-05 1 -9 S",
        ]);
        await ShouldEndWellAsync(world, issued, limit: 40);
    }

    [Fact]
    public async Task The_May_price_was_wrong_known_in_July_and_the_difference_is_on_the_July_invoice()
    {
        // given: May and June issued at 8 yen
        await using var world = await CalledInMayAndJuneAsync();
        var issued = await world.IssuedDocumentsAsync();

        // when: the price of the version that was valid in May is set right in July
        await world.PublishAsync(RerateUsageTests.FixedAt("6"));

        // then: without a document nothing changes
        var refused = (await world.RerateAsync(May)).Refused.ShouldHaveSingleItem();
        (refused.Refusal.Rule, refused.Contract).ShouldBe(("§8", "C-1"));
        (await world.ChargeAsync("C-1", May)).ShouldBe("16");

        // and with an adjustment the difference of 2 × 2 yen goes on the next invoice; June, which nobody rerated, stays
        var report = await world.RerateAsync(May, terms: CorrectedWorld.Terms(invoiced: AsAdjustment));
        report.Adjustments.ShouldHaveSingleItem().Document.ShouldBe("202605-C-1-ADJ1");
        await world.IssueAsync(July);
        Lines(await world.InvoiceAsync("C-1", July), "prior-usage", "limit", "adjustment").ShouldBe(["adjustment fixed 2026-05 1 -4 S"]);
        (await world.InvoiceAsync("C-1", July)).Lines.Single(line => line.Section == "adjustment").Detail!.ShouldContain("202605-C-1");
        (await world.CountEventsAsync("credit_note_issued.v1")).ShouldBe(0);
        await ShouldEndWellAsync(world, issued);
    }

    [Fact]
    public async Task The_May_price_was_too_low_and_the_rest_is_charged_on_the_July_invoice()
    {
        await using var world = await CalledInMayAndJuneAsync();
        var issued = await world.IssuedDocumentsAsync();
        await world.PublishAsync(RerateUsageTests.FixedAt("8.7"));

        // 2 × 8.7 = 17.4, billed as 17: one yen more than the 16 on the invoice
        await world.RerateAsync(May, terms: CorrectedWorld.Terms(invoiced: AsAdjustment));
        await world.IssueAsync(July);

        Lines(await world.InvoiceAsync("C-1", July), "prior-usage", "adjustment").ShouldBe(["adjustment fixed 2026-05 1 1 S"]);
        await ShouldEndWellAsync(world, issued);
    }

    [Fact]
    public async Task The_May_price_set_right_by_a_credit_note_is_not_on_the_July_invoice_as_well()
    {
        await using var world = await CalledInMayAndJuneAsync();
        var issued = await world.IssuedDocumentsAsync();
        await world.PublishAsync(RerateUsageTests.FixedAt("6"));

        var report = await world.RerateAsync(May, terms: CorrectedWorld.Terms(invoiced: AsNote));
        await world.IssueAsync(July);

        report.Adjustments.ShouldHaveSingleItem().Document.ShouldBe("202605-C-1-CN1");
        (await world.CountEventsAsync("credit_note_issued.v1")).ShouldBe(1);
        (await world.CountEventsAsync("adjustment_granted.v1")).ShouldBe(0);
        Lines(await world.InvoiceAsync("C-1", July), "prior-usage", "limit", "adjustment").ShouldBeEmpty();
        await ShouldEndWellAsync(world, issued);

        // asked again, there is nothing left to give back
        (await world.RerateAsync(May, terms: CorrectedWorld.Terms(invoiced: AsAdjustment))).Unchanged.ShouldBe(1);
        await ShouldEndWellAsync(world, issued);
    }

    [Fact]
    public async Task A_call_whose_contract_was_assigned_late_is_suspended_released_and_prior_usage()
    {
        // given: a call of a number that nobody holds yet, in a month that is closed
        await using var world = await NewAsync(Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, Fixed, "2026-05-20T10:00:00"), world.Call(Second, Mobile, "2026-05-20T11:00:00"));
        await world.IssueAsync(May);
        await world.IssueAsync(June);
        var issued = await world.IssuedDocumentsAsync();

        // when: the number turns out to have been C-1's all the time, and suspense is released
        var both = Contract("C-1", Number);
        await world.ImportAsync(both with { Numbers = [.. both.Numbers, new NumberDocument { Number = Second, From = new LocalDate(2026, 1, 1) }] });
        (await world.ReleaseAsync()).Released.ShouldBe(1);
        await world.IssueAsync(July);

        // then
        Lines(await world.InvoiceAsync("C-1", July), "usage", "prior-usage", "adjustment").ShouldBe(["prior-usage mobile 2026-05 1 16 S"]);
        await ShouldEndWellAsync(world, issued);
    }

    [Fact]
    public async Task R14_a_limit_raised_retroactively_is_an_adjustment_and_holds_for_what_comes_late()
    {
        // given: 15 calls of 8 yen, 100 of the 120 billed
        await using var world = await NewAsync(Contract("C-1", Number, limit: 100));
        await world.IngestAsync([.. Enumerable.Range(1, 15).Select(day => world.Call(Number, Fixed, $"2026-05-{day:D2}T10:00:00"))]);
        await world.IssueAsync(May);
        await world.IssueAsync(June);
        var issued = await world.IssuedDocumentsAsync();

        // when: the limit had been raised to 130 already then, and two calls more come late
        await world.ImportAsync(Contract("C-1", Number, limit: 130));
        (await world.RerateAsync(May)).Refused.ShouldHaveSingleItem();
        await world.RerateAsync(May, terms: CorrectedWorld.Terms(invoiced: AsAdjustment));
        await world.IngestAsync(world.Call(Number, Fixed, "2026-05-20T10:00:00"), world.Call(Number, Fixed, "2026-05-21T10:00:00"));
        await world.IssueAsync(July);

        // then: 120 of the 136 by the adjustment, 10 more by the late calls
        Lines(await world.InvoiceAsync("C-1", July), "prior-usage", "limit", "adjustment").ShouldBe(
            ["prior-usage fixed 2026-05 2 16 S", "limit usage-limit 2026-05 1 -6 S", "adjustment usage-limit 2026-05 1 20 S"]);
        await ShouldEndWellAsync(world, issued, limit: 130);
    }

    [Fact]
    public async Task A_call_voided_after_its_invoice_and_sent_again_rightly_is_given_back_and_billed_anew()
    {
        // given: a call billed as one to a mobile phone
        await using var world = await NewAsync(Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, Mobile, "2026-05-20T10:00:00", id: "wrong"), world.Call(Number, Fixed, "2026-05-20T11:00:00"));
        await world.IssueAsync(May);
        await world.IssueAsync(June);
        var issued = await world.IssuedDocumentsAsync();

        // when: it is taken back by a credit note, and the switch sends the right record under the same identity
        var (report, refusal) = await world.TryCorrectAsync(CorrectedWorld.Terms(invoiced: AsNote), [CorrectedWorld.Void("sw-1/wrong")]);
        refusal.ShouldBeNull();
        report!.Adjustments.ShouldHaveSingleItem().Document.ShouldBe("202605-C-1-CN1");
        (await world.IngestAsync(world.Call(Number, Fixed, "2026-05-20T10:00:00", id: "wrong"))).Outcomes.Rated.ShouldBe(1);
        await world.IssueAsync(July);

        // then: 24 billed, 16 given back, 8 billed as late: the two calls that were made cost 16
        Lines(await world.InvoiceAsync("C-1", July), "usage", "prior-usage", "adjustment").ShouldBe(["prior-usage fixed 2026-05 1 8 S"]);
        (await world.ChargeAsync("C-1", May)).ShouldBe("16");
        (await world.Database.ScalarAsync<string>("select sum(amount)::text from billing.invoiced_usage where usage_month = '2026-05-01'")).ShouldBe("16");
        await ShouldEndWellAsync(world, issued);
    }

    [Fact]
    public async Task What_was_known_before_a_correction_gives_the_old_charge_and_what_is_known_now_the_new_one()
    {
        await using var world = await CalledInMayAndJuneAsync();
        var july = await world.NowAsync();
        await world.PublishAsync(RerateUsageTests.FixedAt("6"));
        var replayed = await world.ReplayAsync(new ReplayRequest(May));
        await world.RerateAsync(May, terms: CorrectedWorld.Terms(invoiced: AsAdjustment));

        (await ChargedAsync(july)).ShouldBe(Yen.Whole(8));
        (await ChargedAsync(null)).ShouldBe(Yen.Whole(6));

        // as known in July the invoice comes out again; as known now its calls cost 4 yen less
        var then = await world.ReplayAsync(new ReplayRequest(May, AsOf: july));
        (await world.InvoiceAsync("C-1", May)).After(then.Contracts.SingleOrDefault()).ShouldBe(Replaying.Of(await world.InvoiceAsync("C-1", May)));
        then.New.ShouldBe(then.Old);
        replayed.Calls.ChargeDifference.ShouldBe(Yen.Whole(-4));
        replayed.Contracts.ShouldHaveSingleItem().Lines.Single(line => line.Section == "usage").ShouldSatisfyAllConditions(
            line => line.Old!.Amount.ShouldBe(Yen.Whole(16)), line => line.New!.Amount.ShouldBe(Yen.Whole(12)));

        // the first call as it was recorded, rated with what was known
        async Task<Yen> ChargedAsync(Instant? at)
        {
            var recorded = await world.Database.ScalarAsync<string>("select data::text from billing.mt_events where type = 'call_recorded.v1' order by seq_id limit 1");
            var loader = new KnowledgeLoader(world.Database.Database);
            var known = at is { } instant ? await loader.LoadAsync(instant) : await loader.LoadAsync();
            var call = default(RatedCall);
            known.Rater.Rate(new CallRecordReader().Read(JsonSerializer.Deserialize<CallRecorded>(recorded, BillingStore.Json)!.Call).Facts, ref call);
            return call.Charge;
        }
    }

    /// <summary>One contract with two fixed calls in May and one in June, both months issued.</summary>
    private static async Task<BilledWorld> CalledInMayAndJuneAsync()
    {
        var world = await NewAsync(Contract("C-1", Number));
        await world.IngestAsync(
            world.Call(Number, Fixed, "2026-05-10T10:00:00"), world.Call(Number, Fixed, "2026-05-20T10:00:00"), world.Call(Number, Fixed, "2026-06-20T10:00:00"));
        await world.IssueAsync(May);
        await world.IssueAsync(June);
        return world;
    }

    /// <summary>The documents issued before are the same; everything is billed once and can be proved; the tables are those of the log.</summary>
    private static async Task ShouldEndWellAsync(BilledWorld world, IReadOnlyDictionary<string, string> issued, long limit = long.MaxValue)
    {
        await world.ShouldHaveKeptAsync(issued);
        await world.ShouldStandAuditAsync();
        await world.ShouldBeBilledOnceAsync(("C-1", limit));
        await world.ShouldBeWhatTheLogSaysAsync();
    }
}
