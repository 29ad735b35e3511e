using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Replay;
using Billing.Service.Tests.Invoicing;
using static Billing.Service.Tests.Invoicing.BilledWorld;

namespace Billing.Service.Tests.Replay;

/// <summary>Corrections of a document are supposed, not made.</summary>
public sealed class SupposedCorrectionsTests
{
    private const string Number = "05033000001";
    private const string Second = "05033000002";

    [Fact]
    public async Task Supposed_corrections_void_calls_change_facts_and_move_calls_to_their_payer()
    {
        await using var world = await NewAsync(Contract("C-1", Number), Contract("C-2", Second));
        await world.IngestAsync(
            world.Call(Number, Mobile, "2026-10-03T10:00:00"),
            world.Call(Number, Fixed, "2026-10-04T10:00:00"),
            world.Call(Number, NewYork, "2026-10-05T10:00:00"),
            world.Call("05099999999", NewYork, "2026-10-05T10:00:00"));
        await world.IssueAsync(October);
        var events = await world.Database.ScalarAsync<long>("select count(*) from billing.mt_events");
        var corrections = Read<CorrectionsDocument>(
            $$"""
            { "corrections": [
              { "call": "sw-1/r000001", "void": true },
              { "call": "sw-1/r000002", "facts": { "endedAt": "2026-10-04T10:03:01+09:00" } },
              { "call": "sw-1/r000003", "facts": { "callingNumber": "{{Second}}" } },
              { "call": "sw-1/r000004", "facts": { "callingNumber": "{{Second}}" } } ] }
            """);

        var result = await world.ReplayAsync(new ReplayRequest(October, Corrections: corrections));

        result.Calls.Changes.ShouldBe(new Dictionary<string, long> { ["other-contract"] = 1, ["rated-to-voided"] = 1, ["repriced"] = 1, ["suspended-to-rated"] = 1 });
        result.Contracts.SelectMany(contract => contract.Lines, (contract, line) => $"{contract.Contract} {line.Section} {line.Code} {line.Old?.Amount}>{line.New?.Amount}").ShouldBe(
            [
                "C-1 usage fixed 8>16", "C-1 usage international 9>", "C-1 usage mobile 16>", "C-1 tax 0 0>", "C-1 tax 0.10 32>31",
                "C-2 usage international >18", "C-2 tax 0 >0",
            ],
            ignoreOrder: true);
        var one = await world.ReplayAsync(new ReplayRequest(October, "C-2", Corrections: corrections));
        one.Contracts.ShouldHaveSingleItem().Lines.ShouldBe(result.Contracts[1].Lines);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.mt_events")).ShouldBe(events);
    }

    [Theory]
    [InlineData("""{ "call": "sw-1/r000009", "void": true }""", "corrections: $.corrections[0].call: there is no call sw-1/r000009 of 2026-10")]
    [InlineData("""{ "call": "sw-1/r000001", "facts": { "endedAt": "2026-10-03T09:00:00+09:00" } }""", "corrections: $.corrections[0].facts: such a record would be rejected: time-order")]
    [InlineData("""{ "call": "sw-1/r000001" }""", "corrections: $.corrections[0]: either void: true or facts is expected")]
    public async Task A_correction_that_fits_no_call_is_refused_with_its_path(string correction, string refusal)
    {
        await using var world = await NewAsync(Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, Mobile, "2026-10-03T10:00:00"));
        var corrections = Read<CorrectionsDocument>($$"""{ "corrections": [ {{correction}} ] }""");

        (await world.RefusedAsync(new ReplayRequest(October, Corrections: corrections))).Message.ShouldBe(refusal);
    }

    [Fact]
    public async Task Facts_that_move_a_call_to_another_month_take_it_out_of_this_one()
    {
        await using var world = await NewAsync(Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, Mobile, "2026-10-31T23:59:00"));
        var corrections = Read<CorrectionsDocument>(
            """{ "corrections": [ { "call": "sw-1/r000001", "facts": { "startedAt": "2026-11-01T00:00:00+09:00", "answeredAt": "2026-11-01T00:00:00+09:00", "endedAt": "2026-11-01T00:01:00+09:00" } } ] }""");

        var result = await world.ReplayAsync(new ReplayRequest(October, Corrections: corrections));

        result.Calls.Changes.ShouldBe(new Dictionary<string, long> { ["other-month"] = 1 });
        result.Contracts.ShouldHaveSingleItem().Lines[0].ShouldSatisfyAllConditions(line => line.Old!.Amount.ShouldBe(Yen.Whole(16)), line => line.New.ShouldBeNull());
    }
}
