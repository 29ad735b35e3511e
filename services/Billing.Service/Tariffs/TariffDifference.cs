using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using NodaTime;

namespace Billing.Service.Tariffs;

/// <summary>What changes from one tariff version to another, a line for each change: <c>plan fixed: 8 yen per 180 s → 9 yen per 180 s</c>.</summary>
internal static class TariffDifference
{
    /// <summary>The changes; against nothing, what the tariff holds.</summary>
    public static IReadOnlyList<string> Of(TariffDocument? before, TariffDocument after)
    {
        if (before is null)
        {
            return [$"first version: {after.Plans.Count} plans, {after.Prices.Count} prices"];
        }

        var lines = new List<string>();
        Compare(lines, "in force", TariffReview.Period(before), TariffReview.Period(after));
        Compare(lines, before, after);
        return lines.Count == 0 ? ["nothing but the name"] : lines;
    }

    /// <summary>What a tariff holds, a line for each fee, plan and price.</summary>
    public static IReadOnlyList<string> Contents(TariffDocument tariff)
    {
        var lines = new List<string>();
        Compare(lines, Empty, tariff);
        return [.. lines.Select(line => line.Replace(": new, ", ": ", StringComparison.Ordinal).Replace("none → ", "", StringComparison.Ordinal))];
    }

    private static TariffDocument Empty { get; } = new()
    {
        Id = "",
        Version = "",
        From = default,
        Proration = Proration.Daily,
        Monthly = new MonthlyFeesDocument(),
        Plans = None<PricePlanDocument>(),
        Prices = [],
        TaxRates = [],
    };

    private static void Compare(List<string> lines, TariffDocument before, TariffDocument after)
    {
        Compare(lines, "proration", Text(before.Proration), Text(after.Proration));
        Compare(lines, "base fee biz", Yen(before.Monthly.Biz?.Base), Yen(after.Monthly.Biz?.Base));
        Compare(lines, "base fee w-mode", Yen(before.Monthly.WMode?.Base), Yen(after.Monthly.WMode?.Base));
        Compare(lines, "fee billing-station", Yen(before.Monthly.BillingStation), Yen(after.Monthly.BillingStation));
        Compare(lines, "option", before.Monthly.Options ?? None<Yen>(), after.Monthly.Options ?? None<Yen>(), price => $"{price} yen");
        Compare(lines, "statutory fee", ByKey(before.Statutory, fee => $"{fee.Code} from {fee.From}"), ByKey(after.Statutory, fee => $"{fee.Code} from {fee.From}"),
            fee => $"{fee.Amount} yen{(fee.To is { } to ? $" until {to.Plus(-1)}" : "")}");
        Compare(lines, "charged tail after", before.InterruptTailLimitSeconds ?? None<decimal?>(), after.InterruptTailLimitSeconds ?? None<decimal?>(),
            seconds => seconds is { } limit ? FormattableString.Invariant($"at most {limit} s") : "no limit");
        Compare(lines, "tax rate", ByKey(before.TaxRates, rate => $"from {rate.From:uuuu-MM-dd}"), ByKey(after.TaxRates, rate => $"from {rate.From:uuuu-MM-dd}"), rate => $"{rate.Standard}");
        Days(lines, "new", (after.Holidays ?? []).Except(before.Holidays ?? []));
        Days(lines, "gone", (before.Holidays ?? []).Except(after.Holidays ?? []));
        Compare(lines, "plan", before.Plans, after.Plans, Plan);
        Compare(lines, "price of", ByKey(before.Prices, Name), ByKey(after.Prices, Name), row => $"plan {row.Plan}");
    }

    /// <summary>A price row by its keys: <c>fixed, mode mobile</c>.</summary>
    public static string Name(PriceRowDocument row) => string.Join(", ", new[]
    {
        row.Class,
        row.Carrier is null ? "" : $"carrier {row.Carrier}",
        row.Prefix is null ? "" : $"prefix {row.Prefix}",
        row.Kind is null ? "" : $"kind {row.Kind}",
        row.Mode is null ? "" : $"mode {row.Mode}",
    }.Where(part => part.Length > 0));

    private static void Compare<T>(List<string> lines, string what, IReadOnlyDictionary<string, T> before, IReadOnlyDictionary<string, T> after, Func<T, string> text)
    {
        foreach (var (key, value) in after)
        {
            if (!before.TryGetValue(key, out var old))
            {
                lines.Add($"{what} {key}: new, {text(value)}");
            }
            else
            {
                Compare(lines, $"{what} {key}", text(old), text(value));
            }
        }

        lines.AddRange(before.Where(entry => !after.ContainsKey(entry.Key)).Select(entry => $"{what} {entry.Key}: gone, was {text(entry.Value)}"));
    }

    private static void Compare(List<string> lines, string what, string before, string after)
    {
        if (before != after)
        {
            lines.Add($"{what}: {before} → {after}");
        }
    }

    private static void Days(List<string> lines, string what, IEnumerable<LocalDate> days)
    {
        var sorted = days.Order().ToList();
        if (sorted.Count > 0)
        {
            lines.Add(sorted.Count > 6
                ? $"holidays: {what}, {sorted.Count} days from {sorted[0]:uuuu-MM-dd} to {sorted[^1]:uuuu-MM-dd}"
                : $"holidays: {what}, {string.Join(", ", sorted.Select(day => $"{day:uuuu-MM-dd}"))}");
        }
    }

    private static string Plan(PricePlanDocument plan)
    {
        var parts = new List<string>();
        if (plan.ConnectionFee is { IsZero: false } fee)
        {
            parts.Add($"{fee} yen per connection");
        }

        parts.AddRange(plan.Periods is { } periods
            ? periods.Select(period => $"{string.Join("/", period.Days)} from {period.From}: {(period.ConnectionFee is { } own ? $"{own} yen per connection, " : "")}{Steps(period.Steps)}")
            : [Steps(plan.Steps ?? [])]);
        parts.Add(plan.MinCharge is { } least ? $"at least {least} yen" : "");
        parts.Add(plan.MaxCharge is { } most ? $"at most {most} yen" : "");
        parts.Add(plan.Rounding is { } rounding ? FormattableString.Invariant($"rounded {Text(rounding.Method)} to {rounding.Decimals} decimals") : "");
        return string.Join("; ", parts.Where(part => part.Length > 0));
    }

    private static string Steps(IReadOnlyList<PriceStepDocument> steps) => string.Join(", ", steps.OrderBy(step => step.FromSeconds).Select(step =>
        FormattableString.Invariant($"{(step.FromSeconds == 0 ? "" : $"after {step.FromSeconds} s ")}{step.Price} yen per {step.UnitSeconds} s{(step.IncrementSeconds == step.UnitSeconds ? "" : $" in steps of {step.IncrementSeconds} s")}")));

    private static string Yen(Yen? amount) => amount is { } yen ? $"{yen} yen" : "none";

    private static string Text<T>(T word) => JsonSerializer.SerializeToElement(word, BillingStore.Json).GetString()!;

    private static Dictionary<string, T> ByKey<T>(IReadOnlyList<T>? list, Func<T, string> key)
    {
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in list ?? [])
        {
            result.TryAdd(key(item), item);
        }

        return result;
    }

    private static Dictionary<string, T> None<T>() => [];
}
