using Billing.Contracts;
using Billing.Service.Comparing;

namespace Billing.Service.Tests.Comparing;

/// <summary>Matching and classes, on both sides of each tolerance. Times are seconds after an instant of October 2026.</summary>
public class CompareNumberTests
{
    private const long T0 = 1_791_000_000_000;
    private const string Number = "05033000001";
    private const string Called = "0312345678";

    private static readonly Tolerances Usual = new(new Seconds(2000), new Seconds(1000), Yen.Whole(1));

    [Theory]
    [InlineData(0, 60, "8", "equal")]
    [InlineData(0, 60, null, "equal")]
    [InlineData(0.001, 60, "8", "within-tolerance")]
    [InlineData(2, 60, "8", "within-tolerance")]
    [InlineData(-2, 60, "8", "within-tolerance")]
    [InlineData(2.001, 60, "8", "missing-here missing-there")]
    [InlineData(-2.001, 60, "8", "missing-here missing-there")]
    [InlineData(0, 61, "8", "within-tolerance")]
    [InlineData(0, 59, "8", "within-tolerance")]
    [InlineData(0, 61.001, "8", "beyond-tolerance")]
    [InlineData(0, 58.999, "8", "beyond-tolerance")]
    [InlineData(0, 0, "8", "beyond-tolerance")]
    [InlineData(0, 60, "9", "within-tolerance")]
    [InlineData(0, 60, "7", "within-tolerance")]
    [InlineData(0, 60, "9.0001", "priced-differently")]
    [InlineData(0, 60, "6.9999", "priced-differently")]
    [InlineData(0, 62, "10", "beyond-tolerance")]
    public void A_pair_has_the_class_of_its_largest_difference(double start, double duration, string? amount, string classes)
    {
        var compared = Compare([Our("a", 0, 60, 8)], [Their(2, start, duration, amount)]);

        Classes(compared).ShouldBe(classes);
    }

    [Fact]
    public void Several_calls_to_one_number_in_a_minute_are_paired_with_the_closest_each()
    {
        var compared = Compare(
            [Our("a", 0, 5), Our("b", 20, 10), Our("c", 40, 15)],
            [Their(2, 41, 15), Their(3, 1, 5), Their(4, 21, 10)],
            Usual with { Start = new Seconds(60_000) });

        Pairs(compared).ShouldBe(["a-3", "b-4", "c-2"]);
    }

    [Fact]
    public void The_closest_pair_is_made_first_and_the_rest_takes_what_is_left()
    {
        // the second of ours is nearer to the only one of theirs
        var compared = Compare([Our("a", 0, 60), Our("b", 2, 60)], [Their(2, 1.5, 60)]);

        Pairs(compared).ShouldBe(["a-", "b-2"]);
    }

    [Fact]
    public void Of_equally_close_calls_the_one_with_the_nearer_duration_is_meant()
    {
        var compared = Compare([Our("a", 0, 300), Our("b", 0, 61)], [Their(2, 1, 60)]);

        Pairs(compared).ShouldBe(["a-", "b-2"]);
    }

    [Fact]
    public void A_call_is_paired_once()
    {
        var compared = Compare([Our("a", 0, 60)], [Their(2, 0, 60), Their(3, 0, 60)]);

        Classes(compared).ShouldBe("equal missing-here");
    }

    [Fact]
    public void Calls_to_another_number_are_never_meant()
    {
        var compared = new CompareNumber(Usual).Compare(Number, [Our("a", 0, 60)], [Their(2, 0, 60) with { Called = "0312345679" }], []);

        Classes(compared).ShouldBe("missing-here missing-there");
    }

    [Fact]
    public void What_we_hold_instead_is_the_reason_of_what_is_missing_here()
    {
        var compared = new CompareNumber(Usual).Compare(
            Number,
            [Our("u", 100, 0) with { IsRated = false, Charge = Yen.Zero }],
            [Their(2, 0, 60), Their(3, 100, 45), Their(4, 200, 60)],
            [new HeldCall(Called, T0 + 1000, "suspended: no-price")]);

        compared.Rows.Select(row => $"{row.Theirs!.Line} {row.Class} {row.Reason}").ShouldBe(
            ["2 missing-here suspended: no-price", "3 missing-here never answered here", "4 missing-here "]);
        compared.Unanswered.ShouldBe(0);
    }

    [Fact]
    public void A_call_that_neither_side_saw_answered_is_agreed_and_one_that_they_do_not_list_is_no_difference()
    {
        var never = Our("u", 0, 0) with { IsRated = false, Charge = Yen.Zero };

        Classes(Compare([never], [Their(2, 1, 0)])).ShouldBe("within-tolerance");
        var unlisted = Compare([never], []);
        unlisted.Rows.ShouldBeEmpty();
        unlisted.Unanswered.ShouldBe(1);
    }

    [Fact]
    public void A_rated_call_is_paired_before_an_unanswered_or_a_suspended_one()
    {
        var compared = new CompareNumber(Usual).Compare(
            Number, [Our("u", 0, 0) with { IsRated = false }, Our("a", 2, 60)], [Their(2, 0, 60)], [new HeldCall(Called, T0, "suspended: no-price")]);

        Pairs(compared).ShouldBe(["a-2"]);
    }

    [Fact]
    public void A_call_of_theirs_from_outside_the_month_counts_only_when_it_is_one_of_ours()
    {
        var paired = Compare([Our("a", 0, 60)], [Their(2, 0, 60) with { IsOutside = true }]);
        var alone = Compare([], [Their(2, 0, 60) with { IsOutside = true }]);

        Classes(paired).ShouldBe("equal");
        alone.Rows.ShouldBeEmpty();
        alone.Outside.ShouldHaveSingleItem().Line.ShouldBe(2);
    }

    private static NumberComparison Compare(IReadOnlyList<OurCall> ours, IReadOnlyList<TheirCall> theirs, Tolerances? tolerances = null) =>
        new CompareNumber(tolerances ?? Usual).Compare(Number, ours, theirs, []);

    private static OurCall Our(string id, double start, double seconds, long yen = 8) =>
        new("sw", id, Called, true, T0 + Ms(start), Ms(seconds), Yen.Whole(yen));

    private static TheirCall Their(long line, double start, double seconds, string? yen = null) =>
        new(line, null, Number, Called, T0 + Ms(start), Ms(seconds), yen is null ? null : Yen.Parse(yen), false);

    private static long Ms(double seconds) => (long)Math.Round(seconds * 1000);

    private static string Classes(NumberComparison compared) => string.Join(' ', compared.Rows.Select(row => row.Class).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Pairs(NumberComparison compared) =>
        compared.Rows.Select(row => $"{row.Ours?.Record!.Split('/')[1]}-{row.Theirs?.Line}").Order(StringComparer.Ordinal);
}
