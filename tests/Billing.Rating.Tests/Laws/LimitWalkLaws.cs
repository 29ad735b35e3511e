using System.Text;
using Billing.Contracts;
using Billing.Rating.Invoicing;
using CsCheck;

namespace Billing.Rating.Tests;

/// <summary>The walk of the limit, fed in any order, equals sorting all calls and walking them once (R14).</summary>
public sealed class LimitWalkLaws
{
    private sealed record Charged(long Answered, string Source, string RecordId, Yen Charge, TaxCategory Category);

    private static readonly Gen<Charged> AnyCall = Gen.Select(
            Gen.Long[0, 6], Gen.OneOf("a", "B", "a1", "z-9"), Gen.Int[0, 20], Gen.OneOf<int>(Gen.Const(0), Gen.Int[0, 400_000]), Gen.Bool)
        .Select((answered, source, id, charge, abroad) =>
            new Charged(answered, source, $"r{id}", Yen.FromDecimal(charge / 10_000m), abroad ? TaxCategory.G : TaxCategory.S));

    private static readonly Gen<(Charged[] Calls, Yen Limit)> Months = Gen.Select(
        AnyCall.Array[0, 40].Select(calls => calls.DistinctBy(call => (call.Source, call.RecordId)).ToArray()),
        Gen.Long[0, 300].Select(Yen.Whole));

    [Fact]
    public void R14_the_walk_equals_sorting_and_walking_once() =>
        Law.Holds(Months, "0000EQj4QNy7", 1_500, month =>
        {
            var walk = new LimitWalk(month.Limit);
            var seen = new List<Charged>();
            foreach (var call in month.Calls)
            {
                walk.Add(call.Answered, Encoding.ASCII.GetBytes(call.Source), Encoding.ASCII.GetBytes(call.RecordId), call.Charge, call.Category);
                seen.Add(call);
                walk.OverflowG.ShouldBe(Naive(seen, month.Limit));
            }
        });

    [Fact]
    public void R14_what_is_taken_off_is_the_excess_and_never_more_than_a_category_holds() =>
        Law.Holds(Months, "0000000031a8", 1_500, month =>
        {
            UsageLine[] lines = [.. month.Calls.GroupBy(call => call.Category).Select(group => new UsageLine(
                new UsageKey(group.Key == TaxCategory.G ? CallClass.International : CallClass.Fixed, null, group.Key),
                group.Count(),
                0,
                group.Aggregate(Yen.Zero, (sum, call) => sum + call.Charge)))];
            var all = lines.Aggregate(Yen.Zero, (sum, line) => sum + line.Amount);
            Yen Of(TaxCategory category) => lines.SingleOrDefault(line => line.Key.TaxCategory == category)?.Amount ?? Yen.Zero;

            var shares = LimitShares.Of(lines, month.Limit, Naive(month.Calls, month.Limit));

            (shares.S + shares.G).ShouldBe(Yen.Max(Yen.Zero, all - month.Limit));
            (shares.S >= Yen.Zero && shares.S <= Of(TaxCategory.S)).ShouldBeTrue();
            (shares.G >= Yen.Zero && shares.G <= Of(TaxCategory.G)).ShouldBeTrue();
            (shares.S.IsWhole && shares.G.IsWhole).ShouldBeTrue();
        });

    private static Yen Naive(IEnumerable<Charged> calls, Yen limit)
    {
        var (walked, beyond) = (Yen.Zero, Yen.Zero);
        foreach (var call in calls.OrderBy(call => call.Answered).ThenBy(call => call.Source, StringComparer.Ordinal).ThenBy(call => call.RecordId, StringComparer.Ordinal))
        {
            var within = Yen.Min(call.Charge, Yen.Max(Yen.Zero, limit - walked));
            walked += call.Charge;
            beyond += call.Category == TaxCategory.G ? call.Charge - within : Yen.Zero;
        }

        return beyond;
    }
}
