using Billing.Contracts;
using Billing.Service.Explaining;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using NodaTime;

namespace Billing.Service.Tests.Switches;

/// <summary>What telephones did through a real switch is what the service bills. A second costs what a minute costs otherwise.</summary>
public sealed class RealSwitchTests(PlacedCalls calls) : IClassFixture<PlacedCalls>
{
    [Theory]
    [InlineData("to-a-telephone", "fixed", "S", 8, 3)]
    [InlineData("to-a-mobile", "mobile", "S", 16, 1)]
    [InlineData("within-050", "on-net-050", "S", 0, 1)]
    [InlineData("abroad", "international", "G", 9, 1)]
    public async Task An_answered_call_costs_what_the_telephones_talked(string call, string kind, string taxCategory, int price, int increment)
    {
        var placed = calls[call];

        var explained = await calls.ExplainAsync(call);

        explained.Faults.ShouldBeEmpty();
        (explained.Outcome, explained.Result!.Contract, explained.Result.Number).ShouldBe(("rated", "C-SIP", placed.Calling));
        (explained.Result.Class, explained.Result.TaxCategory).ShouldBe((kind, taxCategory));
        Near(explained.Record!.StartedAt, placed.Placed);
        Near(explained.Record.AnsweredAt, placed.Answered);
        Near(explained.Record.EndedAt, placed.Ended);
        Near(explained.Result.Chargeable, placed.Ended!.Value - placed.Answered!.Value);
        explained.Result.Charge.ShouldBe(Charge(explained.Result.Chargeable, price, increment));
        explained.Record.EndCause.ShouldBe("normal");
    }

    [Theory]
    [InlineData("busy")]
    [InlineData("cancelled")]
    public async Task A_call_that_was_never_answered_costs_nothing(string call)
    {
        var placed = calls[call];

        var explained = await calls.ExplainAsync(call);

        explained.Faults.ShouldBeEmpty();
        (explained.Outcome, explained.Result!.Contract, explained.Result.Charge).ShouldBe(("unanswered", "C-SIP", Yen.Zero));
        explained.Record!.AnsweredAt.ShouldBeNull();
        Near(explained.Record.StartedAt, placed.Placed);
        Near(explained.Record.EndedAt, placed.Refused);
    }

    [Fact]
    public async Task R73_of_a_call_that_lost_its_media_the_time_until_it_was_cut_off_is_charged_up_to_the_limit()
    {
        var placed = calls["media-lost"];

        var explained = await calls.ExplainAsync("media-lost");

        explained.Faults.ShouldBeEmpty();
        var (record, result) = (explained.Record!, explained.Result!);
        (explained.Outcome, record.EndCause).ShouldBe(("rated", "mobile-interrupt"));
        Near(record.SpeechLostAt, placed.SpeechLost);
        Near(record.EndedAt, placed.Ended);
        (record.EndedAt - record.SpeechLostAt!.Value).ShouldBeGreaterThan(Duration.FromSeconds(3));
        (result.Tail, result.TailOverLimit).ShouldBe((new Seconds(3_000), true));
        var spoken = result.Chargeable.Milliseconds - 3_000;
        Near(new Seconds(spoken), placed.SpeechLost!.Value - placed.Answered!.Value);
        result.Charge.ShouldBe(Charge(result.Chargeable, 16, 1));
        result.TailCharge.ShouldBe(result.Charge - Charge(new Seconds(spoken), 16, 1));
        result.TailCharge!.Value.IsZero.ShouldBeFalse();
    }

    [Fact]
    public async Task A_call_whose_bye_is_lost_waits_for_it_and_is_suspended_when_its_time_is_over()
    {
        var record = calls.NameOf("lost-bye")["kamailio/".Length..];
        var half = (await CallHalves.PendingAsync(calls.Database.Database, default)).ShouldHaveSingleItem();
        (half.Role, half.Source, half.Until - half.Since).ShouldBe(("start", "kamailio", Duration.FromHours(48)));
        (await calls.Database.ScalarAsync<string>("select columns ->> 'callid' from billing.call_halves where state = 'waiting'")).ShouldBe(calls["lost-bye"].CallId);
        using var knowledge = new KnowledgeCache(calls.Database.Database);

        (await new TimeOutHalves(calls.Database.Database, knowledge, TimeProvider.System).RunAsync(default)).ShouldBeEmpty();
        (await new TimeOutHalves(calls.Database.Database, knowledge, new Later(TimeSpan.FromHours(49))).RunAsync(default)).ShouldHaveSingleItem();

        (await CallHalves.PendingAsync(calls.Database.Database, default)).ShouldBeEmpty();
        (await calls.Database.ScalarAsync<string>($"select reason from billing.suspense where record_id = '{record}'")).ShouldBe("other-half-missing");
        (await calls.Database.ScalarAsync<long>($"select count(*) from billing.rated_calls where record_id = '{record}'")).ShouldBe(0);
        await calls.RunAsync("reconcile");
    }

    [Fact]
    public async Task Every_row_that_the_switch_wrote_is_accounted_for()
    {
        calls.Receipts.Sum(receipt => receipt.Rows).ShouldBe(calls.Rows.Count());
        calls.Rows.Count(row => row.StartsWith("INVITE|", StringComparison.Ordinal)).ShouldBe(calls.All.Count);
        calls.Receipts.Sum(receipt => receipt.Outcomes.Rated).ShouldBe(5);
        calls.Receipts.Sum(receipt => receipt.Outcomes.Unanswered).ShouldBe(2);
        calls.Receipts.Sum(receipt => receipt.Outcomes.Suspended + receipt.Outcomes.Duplicate + receipt.Outcomes.Rejected).ShouldBe(0);
        calls.Receipts.Sum(receipt => receipt.Profile!.Joined + receipt.Profile.Waiting).ShouldBe(6);
        FileOf("INVITE", "to-a-telephone").ShouldEndWith("-1");
        FileOf("BYE", "to-a-telephone").ShouldEndWith("-2");
        calls.Receipts.SelectMany(receipt => receipt.Profile!.Skipped).ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, long>("cancel", 1));

        (await calls.RunAsync("reconcile")).ShouldContain("proof: every row is accounted for");
    }

    [Fact]
    public async Task The_invoice_bills_the_answered_calls()
    {
        var rated = new List<CallExplanation>();
        foreach (var call in calls.All.Where(call => call.Ended is not null))
        {
            rated.Add(await calls.ExplainAsync(call.Call));
        }

        var usage = calls.Invoice.Lines.Where(line => line.Section == "usage").ToList();

        usage.Select(line => (line.Code, line.Quantity, line.Seconds!.Value, line.Amount)).ShouldBe(
            rated.GroupBy(call => call.Result!.Class!).OrderBy(calls => calls.Key, StringComparer.Ordinal).Select(calls => (
                calls.Key, (long)calls.Count(), calls.Aggregate(default(Seconds), (sum, call) => sum + call.Result!.Chargeable), calls.Aggregate(Yen.Zero, (sum, call) => sum + call.Result!.Charge))));
        (calls.Invoice.Usage.Calls, calls.Invoice.Usage.Unanswered).ShouldBe((5, 2));
        (calls.Invoice.Usage.TailSeconds, calls.Invoice.Usage.TailCharge).ShouldBe((new Seconds(3_000), rated.Single(call => call.Result!.Tail is not null).Result!.TailCharge!.Value));
        rated.ShouldAllBe(call => call.Invoice!.Number == calls.Invoice.Number);
    }

    [Fact]
    public async Task No_command_shows_a_called_number()
    {
        await calls.RunAsync("deliveries", "pending");
        await calls.RunAsync("deliveries", "list");
        foreach (var call in calls.All.Where(call => call.Call != "lost-bye"))
        {
            (await calls.RunAsync("explain", "--call", calls.NameOf(call.Call))).ShouldContain("****");
        }

        // the number called within 050 is one of the contract's own, for which the invoice bills a fee
        foreach (var called in calls.All.Where(call => call.Call != "within-050").Select(call => call.Called))
        {
            calls.Printed.ShouldNotContain(called[1..]);
        }
    }

    private string FileOf(string method, string call) =>
        calls.Files.Single(file => file.Value.Any(row => row.StartsWith($"{method}|", StringComparison.Ordinal) && row.Contains($"|{calls[call].CallId}|", StringComparison.Ordinal))).Key;

    private static void Near(Instant? ours, Instant? theirs) => Near(ours!.Value - theirs!.Value);

    private static void Near(Seconds ours, Duration theirs) => Near(Duration.FromMilliseconds(ours.Milliseconds) - theirs);

    private static void Near(Duration difference) => Math.Abs(difference.TotalSeconds).ShouldBeLessThan(1);

    /// <summary>A started increment is a whole one.</summary>
    private static Yen Charge(Seconds time, int price, int increment) => Yen.Whole(price * ((time.Milliseconds + (increment * 1_000) - 1) / (increment * 1_000)));

    /// <summary>The clock of this machine, put forward.</summary>
    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
