using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;

namespace Billing.Rating.Tariffs;

/// <summary>What refuses a tariff, beyond its form, apart from its price plans.</summary>
internal static class TariffChecks
{
    private static readonly CallClass[] Classes050 = [CallClass.OnNet050, CallClass.Partner050, CallClass.Paid050];
    private static readonly CallClass[] PrefixClasses = [CallClass.International, CallClass.Satellite];

    public static DocumentFault? VersionsFault(IReadOnlyList<TariffDocument> versions)
    {
        for (var i = 0; i < versions.Count; i++)
        {
            if (versions[i].Id.Length == 0 || versions[i].Version.Length == 0)
            {
                return new DocumentFault($"$.tariffs[{i}]", "id and version are not empty");
            }

            if (versions[i].Id != versions[0].Id)
            {
                return new DocumentFault($"$.tariffs[{i}].id", $"the versions share one id, here '{versions[0].Id}'");
            }

            for (var j = 0; j < i; j++)
            {
                if (Overlap(versions[i], versions[j]))
                {
                    return new DocumentFault($"$.tariffs[{i}]", $"in force on the same day as $.tariffs[{j}]");
                }
            }
        }

        return null;
    }

    public static DocumentFault? VersionFault(TariffDocument tariff, string path) =>
        MonthlyFault(tariff.Monthly, $"{path}.monthly")
        ?? StatutoryFault(tariff.Statutory ?? [], $"{path}.statutory")
        ?? TailFault(tariff.InterruptTailLimitSeconds, $"{path}.interruptTailLimitSeconds")
        ?? PricesFault(tariff, $"{path}.prices")
        ?? TaxFault(tariff.TaxRates, $"{path}.taxRates");

    /// <summary>Prices have at most 4 decimals and no amount is negative.</summary>
    public static DocumentFault? AmountFault(Yen? amount, string path) =>
        amount is not { } yen ? null
        : yen.IsNegative ? new DocumentFault(path, "an amount is 0 or more")
        : yen.CountDecimals() > 4 ? new DocumentFault(path, "a price has at most 4 decimals")
        : null;

    private static DocumentFault? MonthlyFault(MonthlyFeesDocument monthly, string path) =>
        AmountFault(monthly.Biz?.Base, $"{path}.biz.base")
        ?? AmountFault(monthly.WMode?.Base, $"{path}.w-mode.base")
        ?? AmountFault(monthly.BillingStation, $"{path}.billing-station")
        ?? (monthly.Options ?? new Dictionary<string, Yen>())
            .Select(option => AmountFault(option.Value, $"{path}.options.{option.Key}"))
            .FirstOrDefault(fault => fault is not null);

    private static DocumentFault? StatutoryFault(IReadOnlyList<StatutoryFeeDocument> fees, string path)
    {
        for (var i = 0; i < fees.Count; i++)
        {
            if (AmountFault(fees[i].Amount, $"{path}[{i}].amount") is { } fault)
            {
                return fault;
            }

            for (var j = 0; j < i; j++)
            {
                var from = fees[i].From > fees[j].From ? fees[i].From : fees[j].From;
                if (fees[i].Code == fees[j].Code && (fees[i].To is not { } to || from < to) && (fees[j].To is not { } other || from < other))
                {
                    return new DocumentFault($"{path}[{i}]", $"'{fees[i].Code}' stands for the same month in {path}[{j}] already");
                }
            }
        }

        return null;
    }

    private static DocumentFault? TailFault(IReadOnlyDictionary<string, decimal?>? limits, string path)
    {
        foreach (var (cause, seconds) in limits ?? new Dictionary<string, decimal?>())
        {
            if (Words.EndCauseOf(cause) is null)
            {
                return new DocumentFault($"{path}.{cause}", "no such end cause");
            }

            if (seconds is { } limit && PricePlanCompiler.SecondsFault(limit, 0, $"{path}.{cause}") is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static DocumentFault? PricesFault(TariffDocument tariff, string path)
    {
        var rows = new Dictionary<(string, string?, string?, string?, string?), int>();
        for (var i = 0; i < tariff.Prices.Count; i++)
        {
            var row = tariff.Prices[i];
            var at = $"{path}[{i}]";
            if (Words.ClassOf(row.Class) is not { } callClass)
            {
                return new DocumentFault($"{at}.class", "no such class");
            }

            if (row.Kind is { } kind && Words.KindOf(kind) is null)
            {
                return new DocumentFault($"{at}.kind", "no such kind");
            }

            if (row.Mode is { } mode && Words.ModeOf(mode) is null)
            {
                return new DocumentFault($"{at}.mode", "no such mode");
            }

            if (row.Carrier is not null && !Classes050.Contains(callClass))
            {
                return new DocumentFault($"{at}.carrier", "a carrier stands only in rows of 050 classes");
            }

            if (row.Prefix is { } prefix)
            {
                if (!PrefixClasses.Contains(callClass))
                {
                    return new DocumentFault($"{at}.prefix", "a prefix stands only in rows of international and satellite");
                }

                if (prefix.Length is 0 or > 15 || prefix.AsSpan().ContainsAnyExceptInRange('0', '9'))
                {
                    return new DocumentFault($"{at}.prefix", "1 to 15 digits are expected");
                }
            }

            if (!tariff.Plans.ContainsKey(row.Plan))
            {
                return new DocumentFault($"{at}.plan", $"no plan '{row.Plan}'");
            }

            if (!rows.TryAdd((row.Class, row.Kind, row.Mode, row.Carrier, row.Prefix), i))
            {
                return new DocumentFault(at, $"the same keys as {path}[{rows[(row.Class, row.Kind, row.Mode, row.Carrier, row.Prefix)]}]");
            }
        }

        return null;
    }

    private static DocumentFault? TaxFault(IReadOnlyList<TaxRateDocument> rates, string path)
    {
        for (var i = 0; i < rates.Count; i++)
        {
            if (rates[i].Standard.Fraction is < 0 or > 1)
            {
                return new DocumentFault($"{path}[{i}].standard", "a rate lies between 0 and 1");
            }

            for (var j = 0; j < i; j++)
            {
                if (rates[i].From == rates[j].From)
                {
                    return new DocumentFault($"{path}[{i}].from", $"the same day as {path}[{j}]");
                }
            }
        }

        return null;
    }

    private static bool Overlap(TariffDocument a, TariffDocument b)
    {
        var from = NodaTime.LocalDate.Max(a.From, b.From);
        return (a.To is not { } endA || from < endA) && (b.To is not { } endB || from < endB);
    }
}
