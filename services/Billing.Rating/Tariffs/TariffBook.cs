using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;

namespace Billing.Rating.Tariffs;

/// <summary>One version of the tariff, checked and ready.</summary>
public sealed class TariffVersion
{
    private readonly PriceTable _prices;
    private readonly long?[] _tailLimitsMs;

    internal TariffVersion(TariffDocument document, IReadOnlyDictionary<string, PricePlan> plans)
    {
        Document = document;
        FromDay = Tokyo.DayNumber(document.From);
        ToDay = Tokyo.ToDay(document.To);
        Plans = plans;
        _prices = new PriceTable([.. document.Prices.Select((row, index) => new PriceRow(index, row, plans[row.Plan]))]);
        _tailLimitsMs = [.. Enum.GetValues<EndCause>().Select(cause =>
            document.InterruptTailLimitSeconds?.GetValueOrDefault(Words.Of(cause)) is { } seconds ? (long?)(seconds * 1000) : null)];
    }

    public TariffDocument Document { get; }

    public string Version => Document.Version;

    public int FromDay { get; }

    public int ToDay { get; }

    public IReadOnlyDictionary<string, PricePlan> Plans { get; }

    /// <summary>How long the disconnect tail of a call that ended so may be charged; null: no limit (R73, R74).</summary>
    public long? TailLimitMs(EndCause cause) => _tailLimitsMs[(int)cause];

    /// <summary>The price row of a call; null when the tariff does not price it.</summary>
    public PriceRow? Pick(CallClass callClass, CallKind kind, CallMode mode, string? carrier, ReadOnlySpan<byte> e164) =>
        _prices.Pick(callClass, kind, mode, carrier, e164);

    /// <summary>The standard tax rate of a month: the one in force on its last day.</summary>
    public TaxRate? StandardTaxRate(UsageMonth month)
    {
        TaxRateDocument? found = null;
        foreach (var rate in Document.TaxRates)
        {
            if (rate.From <= month.LastDay && (found is null || rate.From > found.From))
            {
                found = rate;
            }
        }

        return found?.Standard;
    }
}

/// <summary>The versions of a tariff by date.</summary>
public sealed class TariffBook
{
    private readonly TariffVersion[] _versions;

    private TariffBook(TariffVersion[] versions) => _versions = versions;

    public IReadOnlyList<TariffVersion> Versions => _versions;

    /// <summary>Checks and compiles the document, or names the first fault with its path.</summary>
    public static (TariffBook? Book, DocumentFault? Fault) Compile(TariffsDocument document)
    {
        if (TariffChecks.VersionsFault(document.Tariffs) is { } fault)
        {
            return (null, fault);
        }

        var versions = new List<TariffVersion>();
        for (var i = 0; i < document.Tariffs.Count; i++)
        {
            var (version, versionFault) = CompileVersion(document.Tariffs[i], $"$.tariffs[{i}]");
            if (version is null)
            {
                return (null, versionFault);
            }

            versions.Add(version);
        }

        return (new TariffBook([.. versions.OrderByDescending(version => version.FromDay)]), null);
    }

    /// <summary>The version in force on a Tokyo day.</summary>
    public TariffVersion? On(int day)
    {
        foreach (var version in _versions)
        {
            if (version.FromDay <= day && day < version.ToDay)
            {
                return version;
            }
        }

        return null;
    }

    private static (TariffVersion? Version, DocumentFault? Fault) CompileVersion(TariffDocument tariff, string path)
    {
        if (TariffChecks.VersionFault(tariff, path) is { } fault)
        {
            return (null, fault);
        }

        var holidays = (tariff.Holidays ?? []).Select(date => new LocalDateDay(Tokyo.DayNumber(date))).ToArray();
        var plans = new Dictionary<string, PricePlan>(StringComparer.Ordinal);
        foreach (var (name, plan) in tariff.Plans)
        {
            var (compiled, planFault) = PricePlanCompiler.Compile(name, plan, holidays, $"{path}.plans.{name}");
            if (compiled is null)
            {
                return (null, planFault);
            }

            plans.Add(name, compiled);
        }

        return (new TariffVersion(tariff, plans), null);
    }
}
