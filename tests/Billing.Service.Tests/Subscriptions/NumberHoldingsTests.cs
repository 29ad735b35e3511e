using Billing.Service.Subscriptions;
using CsCheck;

namespace Billing.Service.Tests.Subscriptions;

/// <summary>R52, R58 across contracts that are wanted together, in small integers: number, first day, first day after.</summary>
public sealed class NumberHoldingsTests
{
    [Fact]
    public void R58_touching_stretches_are_apart_and_overlapping_ones_are_not()
    {
        Refused([Held("A", "1", 0, 10)], Wants("B", [], [Held("B", "1", 10, 20)])).ShouldBeEmpty();
        Refused([Held("A", "1", 0, 10)], Wants("B", [], [Held("B", "1", 9, 20)])).ShouldBe(["B"]);
    }

    [Fact]
    public void R58_a_contract_does_not_stand_in_its_own_way() =>
        Refused([], Wants("A", [Held("A", "1", 0, 10)], [Held("A", "1", 5, 20)])).ShouldBeEmpty();

    [Fact]
    public void R58_two_contracts_swap_their_numbers_in_either_order()
    {
        var a = Wants("A", [Held("A", "1", 0, 10)], [Held("A", "2", 0, 10)]);
        var b = Wants("B", [Held("B", "2", 0, 10)], [Held("B", "1", 0, 10)]);
        Refused([], a, b).ShouldBeEmpty();
        Refused([], b, a).ShouldBeEmpty();
    }

    [Fact]
    public void R58_of_two_that_want_a_free_number_the_first_has_it() =>
        Refused([], Wants("A", [], [Held("A", "1", 0, 10)]), Wants("B", [], [Held("B", "1", 5, 20)])).ShouldBe(["B"]);

    [Fact]
    public void R58_who_counted_on_a_number_that_a_refused_contract_keeps_is_refused_too() => Refused(
        [Held("X", "3", 0, 10)],
        Wants("C", [], [Held("C", "1", 0, 10)]), // counts on A's number
        Wants("A", [Held("A", "1", 0, 10)], [Held("A", "3", 0, 10)]), // which A keeps, since X has 3
        Wants("B", [Held("B", "2", 0, 10)], [Held("B", "4", 0, 10)])).ShouldBe(["A", "C"]);

    [Fact]
    public void R58_whatever_is_wanted_nobody_shares_a_number_afterwards()
    {
        var stretch = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 6], Gen.Int[1, 4]);
        var contract = Gen.Select(stretch.List[0, 3], stretch.List[0, 3]);
        contract.List[2, 6].Sample(
            wanted =>
            {
                var held = new List<NumberStretch>();
                var changes = new List<NumberHoldings.Change>();
                for (var i = 0; i < wanted.Count; i++)
                {
                    var id = $"C{i}";
                    // what is held now never conflicts
                    var before = Free(Stretches(id, wanted[i].Item1), held);
                    held.AddRange(before);
                    changes.Add(Wants(id, before, Free(Stretches(id, wanted[i].Item2), [])));
                }

                var refused = new NumberHoldings([]).Refuse(changes);
                var after = changes.SelectMany(change => refused.ContainsKey(change.Contract) ? change.Before : change.After).ToList();
                after.ShouldAllBe(one => !after.Any(other => other.Contract != one.Contract && other.Number == one.Number && other.Shares(one)));
                if (changes.All(change => Free(change.After, [.. changes.Where(other => other != change).SelectMany(other => other.After)]).Count == change.After.Count))
                {
                    refused.ShouldBeEmpty();
                }
            },
            seed: "0N0XIzNsQ0O2",
            iter: 5_000);
    }

    private static List<NumberStretch> Stretches(string contract, IEnumerable<(int Number, int From, int Days)> stretches) =>
        [.. stretches.Select(stretch => Held(contract, $"{stretch.Number}", stretch.From, stretch.From + stretch.Days))];

    private static List<NumberStretch> Free(List<NumberStretch> stretches, List<NumberStretch> held) =>
        [.. stretches.Where(stretch => !held.Any(other => other.Number == stretch.Number && other.Shares(stretch)))];

    private static NumberStretch Held(string contract, string number, int from, int to) => new(contract, number, IsMobile: false, from, to);

    private static NumberHoldings.Change Wants(string contract, List<NumberStretch> before, List<NumberStretch> after) => new(contract, before, after);

    private static IEnumerable<string> Refused(IEnumerable<NumberStretch> others, params NumberHoldings.Change[] wanted) =>
        new NumberHoldings(others).Refuse(wanted).Keys.Order(StringComparer.Ordinal);
}
