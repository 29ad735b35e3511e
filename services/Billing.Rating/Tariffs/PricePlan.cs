using System.Numerics;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Reasoning;

namespace Billing.Rating.Tariffs;

/// <summary>What a call costs and how many increments were walked.</summary>
public readonly record struct Price(Yen Charge, long Units);

/// <summary>
/// A price plan ready to price calls: increments by step and period, connection fee, rounding, minimum and maximum
/// (rating rules, "Price of a call"). A started increment is a whole increment, priced as of its start.
/// </summary>
public sealed class PricePlan
{
    /// <summary>Prices are counted in 1/10,000 yen over a common denominator, so that a sum of increments is exact.</summary>
    internal const int PriceScale = 10_000;

    private readonly Period[] _periods;
    private readonly Calendar? _calendar;
    private readonly BigInteger _denominator;
    private readonly Int128 _smallDenominator;
    private readonly Int128 _unitsPerFraction;
    private readonly RoundingDocument? _rounding;
    private readonly Yen? _minimum;
    private readonly Yen? _maximum;

    internal PricePlan(string name, Period[] periods, Calendar? calendar, PlanArithmetic arithmetic, PricePlanDocument document)
    {
        Name = name;
        _periods = periods;
        _calendar = calendar;
        _denominator = arithmetic.Denominator;
        _smallDenominator = arithmetic.FitsInt128 ? (Int128)arithmetic.Denominator : 0;
        _unitsPerFraction = arithmetic.UnitsPerFraction;
        _rounding = document.Rounding;
        _minimum = document.MinCharge;
        _maximum = document.MaxCharge;
    }

    public string Name { get; }

    /// <summary>The price of a call answered at an instant (milliseconds UTC) that is charged for a time.</summary>
    public Price PriceOf(long answeredMs, long chargeableMs)
    {
        var reasoning = default(NoReasoning);
        return PriceOf(answeredMs, chargeableMs, ref reasoning);
    }

    /// <inheritdoc cref="PriceOf(long, long)"/>
    public Price PriceOf<TReasoning>(long answeredMs, long chargeableMs, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        var first = _calendar is null ? _periods[0] : _periods[_calendar.At(answeredMs).Period];
        var small = (Int128)0;
        var large = default(BigInteger);
        if (_smallDenominator != 0)
        {
            small = (Int128)first.Fee;
        }
        else
        {
            large = first.Fee;
        }

        if (reasoning.Wanted && !first.Fee.IsZero)
        {
            PriceReasons.ConnectionFee(ref reasoning, first);
        }

        long elapsed = 0, units = 0;
        do
        {
            var (index, periodEnd) = _calendar is null ? (0, long.MaxValue) : _calendar.At(answeredMs + elapsed);
            var period = _periods[index];
            var step = period.StepAt(elapsed, out var stepEnd);
            var until = Math.Min(chargeableMs, stepEnd);
            if (periodEnd != long.MaxValue)
            {
                until = Math.Min(until, periodEnd - answeredMs);
            }

            var increments = Math.Max(1, (until - elapsed + step.IncrementMs - 1) / step.IncrementMs);
            if (_smallDenominator != 0)
            {
                small += increments * step.Cost;
            }
            else
            {
                large += increments * step.LargeCost;
            }

            if (reasoning.Wanted)
            {
                PriceReasons.Increments(ref reasoning, elapsed, period, step, increments, Exact(increments * step.LargeCost));
            }

            units += increments;
            elapsed += increments * step.IncrementMs;
        }
        while (elapsed < chargeableMs);

        var charge = _smallDenominator != 0 ? Settle(small) : Settle(large);
        if (reasoning.Wanted)
        {
            PriceReasons.Sum(ref reasoning, Exact(_smallDenominator != 0 ? (BigInteger)small : large), units, _rounding, charge);
        }

        return new Price(Bounded(charge, ref reasoning), units);
    }

    /// <summary>The minimum, then the maximum.</summary>
    private Yen Bounded<TReasoning>(Yen charge, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        if (_minimum is { } minimum)
        {
            var raised = Yen.Max(charge, minimum);
            if (reasoning.Wanted)
            {
                reasoning.Add("§6", "min-charge", new BoundFigures(minimum, charge, raised));
            }

            charge = raised;
        }

        if (_maximum is { } maximum)
        {
            var lowered = Yen.Min(charge, maximum);
            if (reasoning.Wanted)
            {
                reasoning.Add("§6", "max-charge", new BoundFigures(maximum, charge, lowered));
            }

            charge = lowered;
        }

        return charge;
    }

    private ExactYen Exact(BigInteger fractions) => ExactYen.Of(fractions, _denominator * PriceScale);

    private Yen Settle(Int128 fractions)
    {
        if (_rounding is null)
        {
            return Yen.FromUnits(fractions * _unitsPerFraction);
        }

        var scale = Power(_rounding.Decimals);
        var (quotient, rest) = Int128.DivRem(fractions * scale, _smallDenominator * PriceScale);
        if (RoundsUp(rest > 0, rest * 2 >= _smallDenominator * PriceScale))
        {
            quotient++;
        }

        return Yen.FromUnits(quotient * (Yen.UnitsPerYen / scale));
    }

    private Yen Settle(BigInteger fractions)
    {
        if (_rounding is null)
        {
            return Yen.FromUnits((Int128)(fractions * (BigInteger)_unitsPerFraction));
        }

        var scale = Power(_rounding.Decimals);
        var quotient = BigInteger.DivRem(fractions * scale, _denominator * PriceScale, out var rest);
        if (RoundsUp(rest > 0, rest * 2 >= _denominator * PriceScale))
        {
            quotient++;
        }

        return Yen.FromUnits((Int128)quotient * (Yen.UnitsPerYen / scale));
    }

    private bool RoundsUp(bool hasRest, bool atLeastHalf) => _rounding!.Method switch
    {
        RoundingMethod.Up => hasRest,
        RoundingMethod.HalfUp => atLeastHalf,
        _ => false,
    };

    private static long Power(int decimals)
    {
        long power = 1;
        for (var i = 0; i < decimals; i++)
        {
            power *= 10;
        }

        return power;
    }

    /// <summary>The increments in force from an elapsed time on.</summary>
    internal sealed record Step(long FromMs, long UnitMs, long IncrementMs, Yen Price, Int128 Cost, BigInteger LargeCost);

    /// <summary>A period of the day and week (none: always) with its steps, and what an answered call costs in it at once.</summary>
    internal sealed record Period(IReadOnlyList<string>? Days, string? From, Step[] Steps, Yen ConnectionFee, BigInteger Fee)
    {
        /// <summary>The step in force at an elapsed time, and the elapsed time at which the next one begins.</summary>
        public Step StepAt(long elapsedMs, out long nextMs)
        {
            var i = 0;
            while (i + 1 < Steps.Length && Steps[i + 1].FromMs <= elapsedMs)
            {
                i++;
            }

            nextMs = i + 1 < Steps.Length ? Steps[i + 1].FromMs : long.MaxValue;
            return Steps[i];
        }
    }

    /// <summary>Which period is in force when: for each kind of day the periods in order of their start.</summary>
    internal sealed class Calendar((long FromMs, int Period)[][] days, HashSet<int> holidays)
    {
        public const int Holiday = 7;

        /// <summary>The period in force at an instant and the instant at which the next may begin, both in milliseconds UTC.</summary>
        public (int Period, long UntilMs) At(long utcMs)
        {
            var day = Tokyo.DayOf(utcMs);
            var startOfDay = (day * Tokyo.DayMs) - Tokyo.OffsetMs;
            var time = utcMs - startOfDay;
            var periods = days[holidays.Contains(day) ? Holiday : ((day % 7) + 10) % 7];
            var i = 0;
            while (i + 1 < periods.Length && periods[i + 1].FromMs <= time)
            {
                i++;
            }

            return (periods[i].Period, startOfDay + (i + 1 < periods.Length ? periods[i + 1].FromMs : Tokyo.DayMs));
        }
    }

    /// <summary>The common denominator of a plan's increments and how its sums become yen.</summary>
    internal readonly record struct PlanArithmetic(BigInteger Denominator, bool FitsInt128, Int128 UnitsPerFraction);
}
