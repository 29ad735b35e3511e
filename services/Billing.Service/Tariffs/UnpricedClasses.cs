using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Tariffs;

namespace Billing.Service.Tariffs;

/// <summary>What a tariff leaves without a price: calls of it are suspended with <c>no-price</c>, a fee of it refuses invoices.</summary>
internal static class UnpricedClasses
{
    private static readonly (CallKind Kind, CallMode Mode, string Name)[] Ways =
    [
        (CallKind.Call, CallMode.Ip, "calls in IP mode"),
        (CallKind.Call, CallMode.Mobile, "calls in mobile mode"),
        (CallKind.Forward, CallMode.Ip, "forwarded calls"),
    ];

    /// <summary>Classes that are suspended in mobile mode before a price is looked for (R42, R43).</summary>
    private static readonly CallClass[] IpOnly = [CallClass.Satellite, CallClass.FreeDial, CallClass.NaviDial, CallClass.Teledome];

    /// <summary>One sentence for each class or fee without a price.</summary>
    public static IEnumerable<string> Of(TariffDocument tariff)
    {
        var version = TariffBook.Compile(new TariffsDocument { Tariffs = [tariff] }).Book!.Versions[0];
        foreach (var callClass in Enum.GetValues<CallClass>().Where(callClass => callClass != CallClass.None))
        {
            if (Missing(version, tariff, callClass) is { } sentence)
            {
                yield return sentence;
            }
        }

        foreach (var (name, isPriced) in new[]
        {
            ("base fee of biz", tariff.Monthly.Biz is not null),
            ("base fee of w-mode", tariff.Monthly.WMode is not null),
            ("fee of billing-station", tariff.Monthly.BillingStation is not null),
        })
        {
            if (!isPriced)
            {
                yield return $"no {name}: contracts that owe it get no invoice";
            }
        }

        if (tariff.TaxRates.Count == 0 || tariff.TaxRates.Min(rate => rate.From) > tariff.From)
        {
            yield return $"no tax rate is in force on {tariff.From:uuuu-MM-dd}";
        }

        if ((tariff.Holidays ?? []).Count == 0 && tariff.Plans.Values.Any(plan => (plan.Periods ?? []).Any(period => period.Days.Contains("holiday"))))
        {
            yield return "a plan names 'holiday' but the list of holidays is empty";
        }
    }

    private static string? Missing(TariffVersion version, TariffDocument tariff, CallClass callClass)
    {
        var word = Words.Of(callClass);
        var ways = callClass == CallClass.Extension
            ? [(CallKind.Extension, CallMode.Ip, "extension calls")]
            : Ways.Where(way => way.Mode == CallMode.Ip || !IpOnly.Contains(callClass)).ToArray();
        var missing = ways.Where(way => version.Pick(callClass, way.Kind, way.Mode, null, default) is null).ToList();
        if (missing.Count == 0)
        {
            return null;
        }

        var some = tariff.Prices.Where(row => row.Class == word).ToList();
        return some.Count == 0 ? $"class {word} has no price"
            : some.All(row => row.Carrier is not null) ? $"class {word} has a price for the carriers {List(some.Select(row => row.Carrier!))} only"
            : some.All(row => row.Prefix is not null) ? $"class {word} has a price for the prefixes {List(some.Select(row => row.Prefix!))} only"
            : $"class {word} has no price for {string.Join(", ", missing.Select(way => way.Item3))}";
    }

    private static string List(IEnumerable<string> words) => string.Join(", ", words.Distinct(StringComparer.Ordinal));
}
