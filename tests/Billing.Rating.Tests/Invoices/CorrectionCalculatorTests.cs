using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using CsCheck;

namespace Billing.Rating.Tests.Invoices;

/// <summary>What a document must carry when calls that invoices billed are corrected.</summary>
public class CorrectionCalculatorTests
{
    private static readonly UsageMonth Month = new(2026, 9);
    private static readonly UsageKey Fixed = new(CallClass.Fixed, null, TaxCategory.S);
    private static readonly UsageKey Abroad = new(CallClass.International, null, TaxCategory.G);

    [Fact]
    public void The_line_is_what_the_rounded_sum_changes()
    {
        var billed = Billed(("fixed", "S", 3, "31.2"));

        Lines(Calculate([billed], Change((Fixed, -1, "-10.4")))).ShouldBe(["fixed -11 S"]);
        Lines(Calculate([billed], Change((Fixed, -1, "-0.1")))).ShouldBeEmpty();
        Lines(Calculate([billed], Change((Fixed, 0, "0.8")))).ShouldBe(["fixed 1 S"]);
        Lines(Calculate([billed], Change((Abroad, 1, "9.4")))).ShouldBe(["international 9 G"]);
    }

    [Fact]
    public void What_the_limit_took_off_comes_back_before_anything_is_credited()
    {
        // 120 yen of calls, 20 taken off by a limit of 100: voiding 16 yen costs nothing, voiding 40 credits 20
        var billed = Billed(("fixed", "S", 15, "120")) with { LimitChangeS = Yen.Whole(-20) };

        Lines(Calculate([billed], Change((Fixed, -2, "-16")), limit: 100)).ShouldBe(["fixed -16 S", "usage-limit 16 S"]);
        var more = Calculate([billed], Change((Fixed, -5, "-40")), limit: 100);
        Lines(more).ShouldBe(["fixed -40 S", "usage-limit 20 S"]);
        more.Total.ShouldBe(Yen.Whole(-20));
    }

    [Fact]
    public void A_limit_that_was_raised_retroactively_is_billed_and_one_that_was_set_is_credited()
    {
        var billed = Billed(("fixed", "S", 15, "120"), ("international", "G", 2, "18.8")) with { LimitChangeS = Yen.Whole(-29), LimitChangeG = Yen.Whole(-9) };

        Lines(Calculate([billed], new UsageChange(), limit: 130, overflowG: "8.8")).ShouldBe(["usage-limit 1 G", "usage-limit 29 S"]);
        Lines(Calculate([billed], new UsageChange(), limit: null)).ShouldBe(["usage-limit 9 G", "usage-limit 29 S"]);
        Lines(Calculate([billed with { LimitChangeS = Yen.Zero, LimitChangeG = Yen.Zero }], new UsageChange(), limit: 130, overflowG: "8.8")).ShouldBe(["usage-limit -8 G"]);
    }

    [Fact]
    public void The_covered_usage_is_the_exact_change_with_the_amounts_of_the_lines()
    {
        var change = Change((Fixed, -1, "-10.4"));
        change.AddUnanswered(-2);

        var covered = Calculate([Billed(("fixed", "S", 3, "31.2"))], change).Covered;

        covered.Lines.ShouldBe([new CoveredLine("fixed", null, "S", -1, 0, Yen.Parse("-10.4"), Yen.Whole(-11))]);
        covered.Unanswered.ShouldBe(-2);
    }

    [Fact]
    public void Two_corrections_come_to_the_same_as_both_in_one()
    {
        var sums = Gen.Int[0, 100_000].Select(tenths => Yen.FromDecimal(tenths / 10m));
        Gen.Select(sums, sums, sums, Gen.Int[0, 12_000]).Sample((before, first, second, limit) =>
        {
            var billed = new CoveredUsage(Month, [new CoveredLine("fixed", null, "S", 9, 0, before, before.TruncateToWhole())], 0, 0, Yen.Zero, Yen.Zero, Yen.Zero, 3, "");
            var one = Calculate([billed], Change(first), limit);
            var two = Calculate([billed, one.Covered], Change(second), limit);
            var both = Calculate([billed], Change(first, second), limit);

            (one.Total + two.Total).ShouldBe(both.Total);
            Lines(one).Where(line => line.StartsWith("fixed", StringComparison.Ordinal)).ShouldAllBe(line => !line.Contains('-'));

            // taken back again, nothing is left but what was billed
            (both.Total + Calculate([billed, both.Covered], Change(-first, -second), limit).Total).ShouldBe(Calculate([billed], new UsageChange(), limit).Total);
        }, iter: 500, seed: "0000Corrected");
    }

    private static UsageChange Change(params Yen[] sums)
    {
        var change = new UsageChange();
        foreach (var sum in sums)
        {
            change.Add(new UsageLine(Fixed, 0, 0, sum), 0, Yen.Zero);
        }

        return change;
    }

    private static UsageChange Change(params (UsageKey Key, long Calls, string Sum)[] lines)
    {
        var change = new UsageChange();
        foreach (var (key, calls, sum) in lines)
        {
            change.Add(new UsageLine(key, calls, 0, Yen.Parse(sum)), 0, Yen.Zero);
        }

        return change;
    }

    private static CoveredUsage Billed(params (string Class, string Category, long Calls, string Sum)[] lines) => new(
        Month,
        [.. lines.Select(line => new CoveredLine(line.Class, null, line.Category, line.Calls, 0, Yen.Parse(line.Sum), Yen.Parse(line.Sum).TruncateToWhole()))],
        0, 0, Yen.Zero, Yen.Zero, Yen.Zero, 5, "");

    private static CorrectionAmounts Calculate(IReadOnlyList<CoveredUsage> billed, UsageChange change, int? limit = null, string overflowG = "0") =>
        CorrectionCalculator.Calculate(Month, billed, change, limit is { } yen ? Yen.Whole(yen) : null, Yen.Parse(overflowG));

    private static string[] Lines(CorrectionAmounts amounts) => [.. amounts.Lines.Select(line => $"{line.Code} {line.Amount} {line.TaxCategory}")];
}
