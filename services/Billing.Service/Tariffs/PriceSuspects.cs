using System.Globalization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating;
using Billing.Rating.Tariffs;
using NodaTime;

namespace Billing.Service.Tariffs;

/// <summary>
/// Prices that are far from what they were: more than twice, less than half, or free where it was not. Calls are compared,
/// not figures, so that a slip in a unit shows like one in a price.
/// </summary>
internal static class PriceSuspects
{
    private static readonly int[] Lengths = [1, 60, 180, 600, 3600];

    /// <summary>One sentence for each row and fee that is suspect.</summary>
    public static IEnumerable<string> Of(TariffDocument before, TariffDocument after) =>
        Rows(before, after)
            .Concat(Fees(before.Monthly, after.Monthly))
            .Concat(Statutory(before, after))
            .Concat(Tax(before, after));

    private static IEnumerable<string> Rows(TariffDocument before, TariffDocument after)
    {
        var (old, fresh) = (Compile(before), Compile(after));
        var answers = Answers(after.From, before, after);
        foreach (var row in after.Prices)
        {
            var match = before.Prices.FirstOrDefault(other => Key(other) == Key(row));
            if (match is not null && Suspect(old.Plans[match.Plan], fresh.Plans[row.Plan], answers) is { } found)
            {
                yield return $"price of {TariffDifference.Name(row)} is suspect: a call of {found.Seconds} s on {found.At} costs {found.New} yen, before {found.Old}";
            }
        }
    }

    private static (int Seconds, string At, Yen Old, Yen New)? Suspect(PricePlan old, PricePlan fresh, IReadOnlyList<long> answers)
    {
        foreach (var answered in answers)
        {
            foreach (var seconds in Lengths)
            {
                var (was, becomes) = (old.PriceOf(answered, seconds * 1000L).Charge, fresh.PriceOf(answered, seconds * 1000L).Charge);
                if (IsFar(was, becomes))
                {
                    var at = Instant.FromUnixTimeMilliseconds(answered + Tokyo.OffsetMs).InUtc().LocalDateTime;
                    return (seconds, at.ToString("dddd HH:mm", CultureInfo.InvariantCulture), was, becomes);
                }
            }
        }

        return null;
    }

    /// <summary>The beginnings of all periods of both tariffs on each day of a week, and on the first holiday from then on.</summary>
    private static List<long> Answers(LocalDate from, TariffDocument before, TariffDocument after)
    {
        var times = new[] { before, after }
            .SelectMany(tariff => tariff.Plans.Values)
            .SelectMany(plan => plan.Periods ?? [])
            .Select(period => period.From)
            .Append("12:00")
            .Distinct(StringComparer.Ordinal)
            .Select(time => (int.Parse(time.AsSpan(0, 2), CultureInfo.InvariantCulture) * 60) + int.Parse(time.AsSpan(3, 2), CultureInfo.InvariantCulture));
        var first = LocalDate.Min(from, LocalDate.MaxIsoValue.PlusDays(-7));
        var days = Enumerable.Range(0, 7).Select(day => first.PlusDays(day)).ToList();
        var holidays = (after.Holidays ?? []).Where(day => day >= from).Order().Take(1);
        return [.. days.Concat(holidays).SelectMany(day => times.Select(minutes => (Tokyo.DayNumber(day) * Tokyo.DayMs) - Tokyo.OffsetMs + (minutes * 60_000L)))];
    }

    private static IEnumerable<string> Fees(MonthlyFeesDocument before, MonthlyFeesDocument after)
    {
        var fees = new List<(string Name, Yen? Old, Yen? New)>
        {
            ("base fee of biz", before.Biz?.Base, after.Biz?.Base),
            ("base fee of w-mode", before.WMode?.Base, after.WMode?.Base),
            ("fee of billing-station", before.BillingStation, after.BillingStation),
        };
        fees.AddRange((after.Options ?? new Dictionary<string, Yen>()).Select(option =>
            ($"fee of option {option.Key}", before.Options is { } old && old.TryGetValue(option.Key, out var was) ? was : (Yen?)null, (Yen?)option.Value)));
        return fees
            .Where(fee => fee is { Old: { } old, New: { } fresh } && IsFar(old, fresh))
            .Select(fee => $"{fee.Name} is suspect: {fee.New} yen, before {fee.Old}");
    }

    /// <summary>A statutory fee is compared month by month where both tariffs state it.</summary>
    private static IEnumerable<string> Statutory(TariffDocument before, TariffDocument after) =>
        from fee in after.Statutory ?? []
        let month = fee.From
        let old = (before.Statutory ?? []).FirstOrDefault(other => other.Code == fee.Code && other.From <= month && (other.To is not { } to || month < to))
        where old is not null && IsFar(old.Amount, fee.Amount)
        select $"statutory fee {fee.Code} from {month} is suspect: {fee.Amount} yen, before {old.Amount}";

    private static IEnumerable<string> Tax(TariffDocument before, TariffDocument after)
    {
        var (old, fresh) = (RateOn(before, after.From), RateOn(after, after.From));
        return old is { } was && fresh is { } becomes && (becomes.Fraction > was.Fraction * 2 || becomes.Fraction * 2 < was.Fraction)
            ? [$"tax rate is suspect: {becomes}, before {was}"]
            : [];
    }

    private static TaxRate? RateOn(TariffDocument tariff, LocalDate day) => tariff.TaxRates.Where(rate => rate.From <= day).MaxBy(rate => rate.From)?.Standard;

    private static bool IsFar(Yen was, Yen becomes) => becomes > was * 2 || becomes * 2 < was;

    private static (string Class, string? Kind, string? Mode, string? Carrier, string? Prefix) Key(PriceRowDocument row) =>
        (row.Class, row.Kind, row.Mode, row.Carrier, row.Prefix);

    private static TariffVersion Compile(TariffDocument tariff) => TariffBook.Compile(new TariffsDocument { Tariffs = [tariff] }).Book!.Versions[0];
}
