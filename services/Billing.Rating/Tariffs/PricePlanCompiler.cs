using System.Globalization;
using System.Numerics;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;

namespace Billing.Rating.Tariffs;

/// <summary>Checks a price plan and makes it ready; names the first fault with its path.</summary>
internal static class PricePlanCompiler
{
    public static readonly string[] DayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"];

    private static readonly BigInteger LargestPower = BigInteger.Pow(10, Yen.Decimals - 4);
    private static readonly BigInteger SafeBound = (BigInteger)Int128.MaxValue / 4;

    public static (PricePlan? Plan, DocumentFault? Fault) Compile(string name, PricePlanDocument document, IReadOnlyList<LocalDateDay> holidays, string path)
    {
        if (FormFault(document, path) is { } fault)
        {
            return (null, fault);
        }

        var periods = document.Periods
            ?? [new PricePeriodDocument { Days = DayNames, From = "00:00", Steps = document.Steps! }];
        var denominator = BigInteger.One;
        foreach (var step in periods.SelectMany(period => period.Steps))
        {
            var (_, unit) = Reduce(step);
            denominator = denominator / BigInteger.GreatestCommonDivisor(denominator, unit) * unit;
        }

        if (document.Rounding is null && !(LargestPower % denominator).IsZero)
        {
            return (null, new DocumentFault(path, "without rounding, the price of every increment must be a finite decimal (up to 20 decimals)"));
        }

        var arithmetic = new PricePlan.PlanArithmetic(
            denominator,
            FitsInt128(document, periods, denominator),
            document.Rounding is null ? (Int128)(LargestPower / denominator) : 0);
        var compiled = periods.Select(period => CompilePeriod(period, document.Periods is null, document.ConnectionFee, arithmetic)).ToArray();
        var calendar = document.Periods is null ? null : CompileCalendar(document.Periods, holidays);
        return (new PricePlan(name, compiled, calendar, arithmetic, document), null);
    }

    private static PricePlan.Period CompilePeriod(PricePeriodDocument period, bool isAlways, Yen? planFee, PricePlan.PlanArithmetic arithmetic)
    {
        var fee = period.ConnectionFee ?? planFee ?? Yen.Zero;
        var steps = period.Steps.OrderBy(step => step.FromSeconds).Select(step =>
        {
            var (price, unit) = Reduce(step);
            var cost = price * (arithmetic.Denominator / unit);
            return new PricePlan.Step(Ms(step.FromSeconds), Ms(step.UnitSeconds), Ms(step.IncrementSeconds), step.Price, arithmetic.FitsInt128 ? (Int128)cost : 0, cost);
        });
        return new PricePlan.Period(
            isAlways ? null : period.Days,
            isAlways ? null : period.From,
            [.. steps],
            fee,
            TenThousandths(fee) * arithmetic.Denominator);
    }

    private static PricePlan.Calendar CompileCalendar(IReadOnlyList<PricePeriodDocument> periods, IReadOnlyList<LocalDateDay> holidays)
    {
        var days = new (long, int)[DayNames.Length][];
        var namesHoliday = periods.Any(period => period.Days.Contains("holiday"));
        for (var day = 0; day < DayNames.Length; day++)
        {
            days[day] = [.. periods
                .Select((period, index) => (period, index))
                .Where(entry => entry.period.Days.Contains(DayNames[day]))
                .Select(entry => (TimeOfDayMs(entry.period.From)!.Value, entry.index))
                .Order()];
        }

        return new PricePlan.Calendar(days, namesHoliday ? [.. holidays.Select(holiday => holiday.Day)] : []);
    }

    /// <summary>True when no call of a day can bring the plan's sums past what fits in 128 bits.</summary>
    private static bool FitsInt128(PricePlanDocument document, IReadOnlyList<PricePeriodDocument> periods, BigInteger denominator)
    {
        var rounding = BigInteger.Pow(10, document.Rounding?.Decimals ?? 0) * 2;
        var units = document.Rounding is null ? LargestPower / denominator : BigInteger.One;
        foreach (var period in periods)
        {
            var fee = TenThousandths(period.ConnectionFee ?? document.ConnectionFee ?? Yen.Zero) * denominator;
            foreach (var step in period.Steps)
            {
                var (price, unit) = Reduce(step);
                var increments = (Tokyo.DayMs / Ms(step.IncrementSeconds)) + 2;
                if (((price * (denominator / unit) * increments) + fee) * rounding * units * periods.Count * period.Steps.Count > SafeBound)
                {
                    return false;
                }
            }
        }

        return denominator * PricePlan.PriceScale * 2 < SafeBound;
    }

    /// <summary>The price of one increment in 1/10,000 yen, as a reduced fraction.</summary>
    private static (BigInteger Price, BigInteger Unit) Reduce(PriceStepDocument step)
    {
        var price = TenThousandths(step.Price) * Ms(step.IncrementSeconds);
        BigInteger unit = Ms(step.UnitSeconds);
        var common = BigInteger.GreatestCommonDivisor(price, unit);
        return (price / common, unit / common);
    }

    private static BigInteger TenThousandths(Yen amount) => (BigInteger)amount.Units * PricePlan.PriceScale / (BigInteger)Yen.UnitsPerYen;

    private static long Ms(decimal seconds) => (long)(seconds * 1000);

    private static DocumentFault? FormFault(PricePlanDocument plan, string path)
    {
        if (plan.Steps is null == plan.Periods is null)
        {
            return new DocumentFault(path, "a plan has either steps or periods");
        }

        if (plan.Rounding is { Decimals: < 0 or > 6 })
        {
            return new DocumentFault($"{path}.rounding.decimals", "0 to 6 decimals");
        }

        var fault = TariffChecks.AmountFault(plan.ConnectionFee, $"{path}.connectionFee")
            ?? TariffChecks.AmountFault(plan.MinCharge, $"{path}.minCharge")
            ?? TariffChecks.AmountFault(plan.MaxCharge, $"{path}.maxCharge");
        if (fault is not null)
        {
            return fault;
        }

        return plan.Steps is { } steps ? StepsFault(steps, $"{path}.steps") : PeriodsFault(plan.Periods!, $"{path}.periods");
    }

    private static DocumentFault? PeriodsFault(IReadOnlyList<PricePeriodDocument> periods, string path)
    {
        var starts = new Dictionary<(string Day, long From), int>();
        for (var i = 0; i < periods.Count; i++)
        {
            var period = periods[i];
            var at = $"{path}[{i}]";
            if (TimeOfDayMs(period.From) is not { } from)
            {
                return new DocumentFault($"{at}.from", "a time of day hh:mm is expected");
            }

            for (var d = 0; d < period.Days.Count; d++)
            {
                if (!DayNames.Contains(period.Days[d]))
                {
                    return new DocumentFault($"{at}.days[{d}]", $"one of {string.Join(", ", DayNames)} is expected");
                }

                if (!starts.TryAdd((period.Days[d], from), i))
                {
                    return new DocumentFault($"{at}.days[{d}]", $"{period.Days[d]} from {period.From} stands in {path}[{starts[(period.Days[d], from)]}] already");
                }
            }

            var fault = StepsFault(period.Steps, $"{at}.steps") ?? TariffChecks.AmountFault(period.ConnectionFee, $"{at}.connectionFee");
            if (fault is not null)
            {
                return fault;
            }
        }

        var named = periods.SelectMany(period => period.Days).ToHashSet(StringComparer.Ordinal);
        foreach (var day in DayNames.Where(day => day != "holiday" || named.Contains(day)))
        {
            if (!starts.ContainsKey((day, 0)))
            {
                return new DocumentFault(path, $"no period holds {day} from 00:00");
            }
        }

        return null;
    }

    private static DocumentFault? StepsFault(IReadOnlyList<PriceStepDocument> steps, string path)
    {
        var starts = new HashSet<decimal>();
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            var fault = SecondsFault(step.FromSeconds, 0m, $"{path}[{i}].fromSeconds")
                ?? SecondsFault(step.UnitSeconds, 0.001m, $"{path}[{i}].unitSeconds")
                ?? SecondsFault(step.IncrementSeconds, 0.001m, $"{path}[{i}].incrementSeconds")
                ?? TariffChecks.AmountFault(step.Price, $"{path}[{i}].price");
            if (fault is not null)
            {
                return fault;
            }

            if (!starts.Add(step.FromSeconds))
            {
                return new DocumentFault($"{path}[{i}].fromSeconds", "another step begins at the same second");
            }
        }

        return starts.Contains(0) ? null : new DocumentFault(path, "no step begins at 0 seconds");
    }

    public static DocumentFault? SecondsFault(decimal seconds, decimal least, string path) =>
        seconds >= least && seconds <= 1_000_000_000 && decimal.IsInteger(seconds * 1000)
            ? null
            : new DocumentFault(path, least > 0 ? "seconds above 0 with up to 3 decimals are expected" : "seconds of 0 or more with up to 3 decimals are expected");

    /// <summary>Milliseconds of a time of day <c>hh:mm</c> or <c>hh:mm:ss</c>; null when it is none.</summary>
    private static long? TimeOfDayMs(string text) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time.Ticks / TimeSpan.TicksPerMillisecond
            : null;
}

/// <summary>A date as a Tokyo day number.</summary>
internal readonly record struct LocalDateDay(int Day);
