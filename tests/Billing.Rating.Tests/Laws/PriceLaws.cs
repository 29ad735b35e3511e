using System.Numerics;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Reasoning;
using Billing.Rating.Tariffs;
using CsCheck;
using NodaTime;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>The price of a call equals a walk increment by increment with exact fractions, for any plan, instant and length.</summary>
public sealed class PriceLaws
{
    private static readonly IReadOnlyList<string> Holidays = ["2026-11-03", "2026-11-04", "2026-11-23"];

    private static readonly HashSet<LocalDate> HolidayDates = [.. Holidays.Select(SampleContracts.Date)];

    private static readonly Gen<Yen> Amount = Gen.OneOf<long>(Gen.Long[0, 300_000], Gen.Long[0, 300_000], Gen.Long[0, 10_000_000_000_000])
        .Select(units => Contracts.Yen.FromDecimal(units / 10_000m));

    private static readonly Gen<PriceStepDocument> AnyStep =
        Gen.Select(Amount, Gen.OneOf(0.016m, 1m, 3m, 7m, 60m, 180m, 0.999m, 7.919m, 104.729m, 99.991m, 15_485.863m, 999.983m, 0.997m), Gen.OneOf(0.5m, 1m, 6.001m, 30m, 60m, 180m, 1000m), Gen.Int[1, 1200])
            .Select((price, unit, increment, from) => new PriceStepDocument { FromSeconds = from / 2m, Price = price, UnitSeconds = unit, IncrementSeconds = increment });

    private static readonly Gen<PriceStepDocument[]> Steps = AnyStep.Array[1, 4].Select(steps => steps
        .Select((step, i) => i == 0 ? step with { FromSeconds = 0 } : step).DistinctBy(step => step.FromSeconds).ToArray());

    private static readonly Gen<PricePeriodDocument[]> Periods =
        from nameHoliday in Gen.Bool
        from split in Gen.Int[0, 7]
        from starts in Gen.Int[1, 47].Array[0, 4]
        from steps in Steps.Array[10]
        from fees in Amount.Array[10]
        select PeriodsOf(nameHoliday, split, [.. starts.Distinct()], steps, fees);

    private static readonly Gen<RoundingDocument> Rounding =
        Gen.Select(Gen.OneOf(RoundingMethod.Up, RoundingMethod.Down, RoundingMethod.HalfUp), Gen.Int[0, 6]).Select((method, decimals) => Round(method, decimals));

    private static readonly Gen<PricePlanDocument> Plans =
        from fee in Amount
        from steps in Steps
        from periods in Periods
        from inPeriods in Gen.Bool
        from rounding in Rounding
        from minimum in Amount
        from bounds in Gen.Int[0, 3]
        select new PricePlanDocument
        {
            ConnectionFee = fee,
            Steps = inPeriods ? null : steps,
            Periods = inPeriods ? periods : null,
            Rounding = rounding,
            MinCharge = (bounds & 1) != 0 ? minimum : null,
            MaxCharge = (bounds & 2) != 0 ? minimum * 3 : null,
        };

    private static readonly Gen<(PricePlanDocument Plan, long Answered, long Length)> Calls =
        from plan in Plans
        from answered in Gen.Long[CallRecord.Ms("2026-10-30T00:00:00"), CallRecord.Ms("2026-11-25T00:00:00")]
        from exact in Gen.Bool
        from length in Gen.OneOf<long>(Gen.Long[0, 2_000], Gen.Long[0, 4_000_000], Gen.Long[0, 90_000].Select(seconds => Math.Min(seconds, 86_400) * 1000))
        select (plan, exact ? answered / 1000 * 1000 : answered, length);

    [Fact]
    public void The_price_equals_a_walk_one_increment_at_a_time() =>
        Law.Holds(Calls, "0000EQj4QNy7", 400, call =>
        {
            var price = call.Plan.Compile(Holidays).PriceOf(call.Answered, call.Length);

            price.ShouldBe(Walk(call.Plan, call.Answered, call.Length));
        });

    [Fact]
    public void Without_rounding_the_price_is_the_exact_sum() =>
        Law.Holds(Calls, "0000000031a8", 400, call =>
        {
            var plan = call.Plan with { Rounding = null };
            if (TariffBook.Compile(new TariffsDocument { Tariffs = [Standard.With("plan", plan)] }).Fault is null)
            {
                plan.Compile(Holidays).PriceOf(call.Answered, call.Length).ShouldBe(Walk(plan, call.Answered, call.Length));
            }
        });

    [Fact]
    public void The_runs_of_increments_and_the_connection_fee_sum_up_to_the_charge() =>
        Law.Holds(Calls, "0000EQj4QNy7", 400, call =>
        {
            var reasoning = new FullReasoning();
            var price = call.Plan.Compile(Holidays).PriceOf(call.Answered, call.Length, ref reasoning);
            var figures = reasoning.Steps.Select(step => step.Figures).ToList();
            var runs = figures.OfType<IncrementsFigures>().ToList();
            var fee = figures.OfType<ConnectionFeeFigures>().SingleOrDefault()?.Fee ?? Contracts.Yen.Zero;
            var sum = runs.Aggregate(ExactYen.Of(fee), (total, run) => total + run.Amount);

            runs.Sum(run => run.Increments).ShouldBe(price.Units);
            runs.ShouldAllBe(run => run.Amount == ExactYen.Of((BigInteger)run.Step.Price.Units * run.Step.Increment.Milliseconds * run.Increments, (BigInteger)Contracts.Yen.UnitsPerYen * run.Step.Unit.Milliseconds));
            figures.OfType<SumFigures>().Single().Sum.ShouldBe(sum);
            var rounding = figures.OfType<RoundingFigures>().Single();
            rounding.Before.ShouldBe(sum);
            figures.OfType<BoundFigures>().LastOrDefault()?.After.ShouldBe(price.Charge);
            if (!figures.OfType<BoundFigures>().Any())
            {
                rounding.After.ShouldBe(price.Charge);
            }
        });

    [Fact]
    public void A_longer_call_never_costs_less_nor_counts_fewer_units() =>
        Law.Holds(Gen.Select(Calls, Gen.Long[0, 100_000]), "0000EQj4QNy7", 500, example =>
        {
            var (call, more) = example;
            var plan = call.Plan.Compile(Holidays);
            var (shorter, longer) = (plan.PriceOf(call.Answered, call.Length), plan.PriceOf(call.Answered, call.Length + more));

            (longer.Charge >= shorter.Charge).ShouldBeTrue();
            (longer.Units >= shorter.Units).ShouldBeTrue();
        });

    private static Price Walk(PricePlanDocument plan, long answered, long length)
    {
        var walked = new Dictionary<PriceStepDocument, long>(ReferenceEqualityComparer.Instance);
        long units = 0;
        for (long elapsed = 0; units == 0 || elapsed < length;)
        {
            var steps = PeriodAt(plan, answered + elapsed)?.Steps ?? plan.Steps!;
            var step = steps.Where(step => step.FromSeconds * 1000 <= elapsed).MaxBy(step => step.FromSeconds)!;
            walked[step] = walked.GetValueOrDefault(step) + 1;
            elapsed += Ms(step.IncrementSeconds);
            units++;
        }

        var (numerator, denominator) = Fraction(PeriodAt(plan, answered)?.ConnectionFee ?? plan.ConnectionFee ?? Contracts.Yen.Zero);
        foreach (var (step, increments) in walked)
        {
            var (price, scale) = Fraction(step.Price);
            (numerator, denominator) = Add((numerator, denominator), (price * Ms(step.IncrementSeconds) * increments, scale * Ms(step.UnitSeconds)));
        }

        var decimals = plan.Rounding?.Decimals ?? Contracts.Yen.Decimals;
        var quotient = BigInteger.DivRem(numerator * BigInteger.Pow(10, decimals), denominator, out var rest);
        quotient += plan.Rounding?.Method switch
        {
            RoundingMethod.Up when !rest.IsZero => 1,
            RoundingMethod.HalfUp when rest * 2 >= denominator => 1,
            null when !rest.IsZero => throw new InvalidOperationException("no finite decimal"),
            _ => 0,
        };
        var charge = Contracts.Yen.FromUnits((Int128)(quotient * BigInteger.Pow(10, Contracts.Yen.Decimals - decimals)));
        charge = plan.MinCharge is { } minimum && charge < minimum ? minimum : charge;
        return new Price(plan.MaxCharge is { } maximum && charge > maximum ? maximum : charge, units);
    }

    private static PricePeriodDocument? PeriodAt(PricePlanDocument plan, long utcMs)
    {
        if (plan.Periods is not { } periods)
        {
            return null;
        }

        var tokyo = Instant.FromUnixTimeMilliseconds(utcMs).WithOffset(Offset.FromHours(9));
        var holiday = periods.Any(period => period.Days.Contains("holiday")) && HolidayDates.Contains(tokyo.Date);
        var day = holiday ? "holiday" : EveryDay[(int)tokyo.DayOfWeek - 1];
        return periods.Where(period => period.Days.Contains(day) && Minute(period) * 60_000L <= tokyo.TickOfDay / NodaConstants.TicksPerMillisecond).MaxBy(Minute);
    }

    private static int Minute(PricePeriodDocument period) => (((period.From[0] * 10) + period.From[1] - ('0' * 11)) * 60) + (period.From[3] * 10) + period.From[4] - ('0' * 11);

    private static PricePeriodDocument[] PeriodsOf(bool nameHoliday, int split, int[] starts, PriceStepDocument[][] steps, Yen[] fees)
    {
        List<IReadOnlyList<string>> groups = [[.. EveryDay.Take(split)], [.. EveryDay.Skip(split)], nameHoliday ? ["holiday"] : []];
        var next = 0;
        var periods = new List<PricePeriodDocument>();
        foreach (var days in groups.Where(days => days.Count > 0))
        {
            foreach (var start in starts.Append(0))
            {
                var from = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{start / 2:D2}:{start % 2 * 30:D2}");
                var index = next++ % steps.Length;
                periods.Add(Period(days, from, steps[index]) with { ConnectionFee = index % 2 == 0 ? fees[index] : null });
            }
        }

        return [.. periods];
    }

    private static (BigInteger Numerator, BigInteger Denominator) Add((BigInteger N, BigInteger D) a, (BigInteger N, BigInteger D) b)
    {
        var (n, d) = ((a.N * b.D) + (b.N * a.D), a.D * b.D);
        var common = BigInteger.GreatestCommonDivisor(n, d);
        return (n / common, d / common);
    }

    private static (BigInteger Numerator, BigInteger Denominator) Fraction(Yen amount) => ((BigInteger)amount.Units, (BigInteger)Contracts.Yen.UnitsPerYen);

    private static long Ms(decimal seconds) => (long)(seconds * 1000);
}
