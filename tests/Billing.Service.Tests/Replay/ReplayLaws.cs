using Billing.Contracts.Documents;
using Billing.Service.Knowledge;
using Billing.Service.Replay;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Usage;
using CsCheck;
using NodaTime;
using static Billing.Service.Tests.Invoicing.BilledWorld;

namespace Billing.Service.Tests.Replay;

/// <summary>For random months, whatever becomes known later: a replay is the first run again.</summary>
public sealed class ReplayLaws
{
    private const int Cases = 6;

    private static readonly string[] Numbers = ["05033000001", "05033000002", "05033000003"];
    private static readonly string[] Destinations = [Fixed, Mobile, NewYork, OnNet];

    private static readonly Gen<Planned> Call = Gen.Select(
        Gen.Int[0, Numbers.Length - 1], Gen.Int[0, Destinations.Length - 1], Gen.Int[1, 30], Gen.Int[0, 1439], Gen.Int[0, 700], Gen.Int[0, 9], Gen.Bool,
        (number, destination, day, minute, seconds, unanswered, september) => new Planned(
            Numbers[number], Destinations[destination], $"2026-{(september ? "09" : "10")}-{day:D2}T{minute / 60:D2}:{minute % 60:D2}:00", seconds, unanswered == 0));

    private static readonly Gen<History> Histories = Gen.Select(
        Call.Array[5, 40], Call.Array[0, 15], Call.Array[0, 15], Gen.Long[0, 200], Gen.Int[0, 15], (first, late, later, limit, changes) => new History(first, late, later, limit, changes));

    [Fact]
    public Task Every_invoice_is_proved_and_the_instant_before_a_month_was_issued_shows_what_was_issued() => EachAsync("0000Kq3nV7d1", async (world, history) =>
    {
        // the third number has no contract yet: its calls are suspended
        await world.ImportAsync(Contract("C-1", Numbers[0], history.Limit), Contract("C-2", Numbers[1]));
        await world.IngestAsync(Rows(world, history.First));
        var september = await world.NowAsync();
        await world.IssueAsync(September);

        await ChangeAsync(world, history, dearer: "10.7");
        await world.IngestAsync(Rows(world, history.Late));
        await world.ImportAsync(Contract("C-3", Numbers[2], history.Limit / 2));
        await ReleaseAsync(world);
        await world.IssueAsync(October);

        await ChangeAsync(world, history, dearer: "31.3");
        await world.IngestAsync(Rows(world, history.Later));
        await world.IssueAsync(November);

        foreach (var month in new[] { September, October, November })
        {
            var proof = await MonthProof.OfAsync(month, new ProveInvoices(world.Database.Database).OfMonthAsync(month, null, default), default);
            proof.Differing.ShouldBeEmpty();
            proof.Equal.ShouldBe(await world.Database.ScalarAsync<long>($"select count(*) from billing.invoices where month = '{month}-01'"));
        }

        var then = await world.ReplayAsync(new ReplayRequest(September, AsOf: september));
        then.Contracts.Where(contract => contract.Contract != "C-3").ShouldBeEmpty();
        then.Calls.Changes.Keys.ShouldBeSubsetOf(["released-to-suspended", "rated-to-not-recorded", "unanswered-to-not-recorded"]);
    });

    [Fact]
    public Task The_differences_of_the_calls_add_up_to_those_of_the_lines() => EachAsync("0000Kq3nV7d2", async (world, history) =>
    {
        await world.ImportAsync(Contract("C-1", Numbers[0]), Contract("C-2", Numbers[1], option: null));
        await world.IngestAsync(Rows(world, history.First));
        await world.IssueAsync(September, "C-1");
        await world.ImportAsync(Contract("C-3", Numbers[2]));

        // all prices are whole yen, so nothing is lost in rounding
        var whole = Read<TariffsDocument>(Tariff().Replace("\"9.4\"", "\"12\"", StringComparison.Ordinal));
        await world.PublishAsync(whole);
        var other = Read<TariffsDocument>(Tariff().Replace("\"9.4\"", "\"14\"", StringComparison.Ordinal).Replace("\"8\"", "\"7\"", StringComparison.Ordinal));

        var result = await world.ReplayAsync(new ReplayRequest(September, Tariff: other));

        var usage = result.Contracts.SelectMany(contract => contract.Lines).Where(line => line.Section == "usage").ToList();
        var lines = usage.Aggregate(Billing.Contracts.Yen.Zero, (sum, line) => sum + line.Difference);
        (result.Calls.ChargeDifference - lines).TruncateToWhole().ShouldBeOneOf([.. Enumerable.Range(-2, 5).Select(yen => Billing.Contracts.Yen.Whole(yen))]);
        (result.New.Subtotal + result.New.Tax).ShouldBe(result.New.Total);
        (result.New.Total - result.Old.Total).ShouldBe(result.Difference);
        result.Contracts.Aggregate(Billing.Contracts.Yen.Zero, (sum, contract) => sum + contract.Difference).ShouldBe(result.Difference);
    });

    private static async Task EachAsync(string seed, Func<BilledWorld, History, Task> law)
    {
        var random = PCG.Parse(seed);
        for (var i = 0; i < Cases; i++)
        {
            var state = random.State;
            var history = Histories.Generate(random, null, out _);
            await using var world = await NewAsync();
            try
            {
                await law(world, history);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Case {i}, seed {random.ToString(state)}: {Check.Print(history)}", fault);
            }
        }
    }

    private static string[] Rows(BilledWorld world, Planned[] calls) =>
        [.. calls.Select(call => call.Unanswered ? world.Unanswered(call.Number, call.Called, call.At) : world.Call(call.Number, call.Called, call.At, call.Seconds))];

    /// <summary>Some of: another price, another limit, another name, a contract that ended.</summary>
    private static async Task ChangeAsync(BilledWorld world, History history, string dearer)
    {
        if ((history.Changes & 1) != 0)
        {
            await world.PublishAsync(Read<TariffsDocument>(Tariff().Replace("\"9.4\"", $"\"{dearer}\"", StringComparison.Ordinal)));
        }

        if ((history.Changes & 2) != 0)
        {
            await world.ImportAsync(Contract("C-1", Numbers[0], history.Limit + 50));
        }

        if ((history.Changes & 4) != 0)
        {
            await world.ImportAsync(Contract("C-2", Numbers[1]) with { Customer = new CustomerDocument { Name = "別会社", Kind = "corporate", Country = "JP" } });
        }

        if ((history.Changes & 8) != 0)
        {
            await world.ImportAsync(Contract("C-2", Numbers[1], limit: 77) with { TerminatedOn = new LocalDate(2027, 1, 1) });
        }
    }

    private static async Task ReleaseAsync(BilledWorld world)
    {
        using var knowledge = new KnowledgeCache(world.Database.Database);
        await new ReleaseSuspended(world.Database.Database, knowledge, TimeProvider.System).RunAsync(new ReleaseRequest(null, null, null, []), default);
    }

    private sealed record Planned(string Number, string Called, string At, int Seconds, bool Unanswered);

    private sealed record History(Planned[] First, Planned[] Late, Planned[] Later, long Limit, int Changes);
}
