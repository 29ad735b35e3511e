using System.Text.Json.Serialization;
using NodaTime;

namespace Billing.Contracts.Documents;

/// <summary><c>tariff.json</c>: the versions of one tariff.</summary>
public sealed record TariffsDocument
{
    public required IReadOnlyList<TariffDocument> Tariffs { get; init; }
}

/// <summary>A tariff version: what is charged for calls, per month and by statute, and the tax rates. Amounts are tax-exclusive yen.</summary>
public sealed record TariffDocument
{
    public required string Id { get; init; }

    public required string Version { get; init; }

    public required LocalDate From { get; init; }

    public LocalDate? To { get; init; }

    public required Proration Proration { get; init; }

    public required MonthlyFeesDocument Monthly { get; init; }

    public IReadOnlyList<StatutoryFeeDocument>? Statutory { get; init; }

    /// <summary>How long the disconnect tail may be charged, by end cause, in seconds; absent or null: no limit (R73, R74).</summary>
    public IReadOnlyDictionary<string, decimal?>? InterruptTailLimitSeconds { get; init; }

    public IReadOnlyList<LocalDate>? Holidays { get; init; }

    public required IReadOnlyDictionary<string, PricePlanDocument> Plans { get; init; }

    public required IReadOnlyList<PriceRowDocument> Prices { get; init; }

    public required IReadOnlyList<TaxRateDocument> TaxRates { get; init; }
}

public enum Proration
{
    [JsonStringEnumMemberName("daily")]
    Daily,
    [JsonStringEnumMemberName("none")]
    None,
}

public sealed record MonthlyFeesDocument
{
    public BaseFeeDocument? Biz { get; init; }

    [JsonPropertyName("w-mode")]
    public BaseFeeDocument? WMode { get; init; }

    [JsonPropertyName("billing-station")]
    public Yen? BillingStation { get; init; }

    public IReadOnlyDictionary<string, Yen>? Options { get; init; }
}

/// <summary>Yen per 050 number and month.</summary>
public sealed record BaseFeeDocument
{
    public required Yen Base { get; init; }
}

/// <summary>A fee per 050 number set by statute; <c>from</c> and <c>to</c> are months, <c>to</c> exclusive.</summary>
public sealed record StatutoryFeeDocument
{
    public required string Code { get; init; }

    public required UsageMonth From { get; init; }

    public UsageMonth? To { get; init; }

    public required Yen Amount { get; init; }
}

/// <summary>How one call is priced: either <c>steps</c> or <c>periods</c>.</summary>
public sealed record PricePlanDocument
{
    public Yen? ConnectionFee { get; init; }

    public IReadOnlyList<PricePeriodDocument>? Periods { get; init; }

    public IReadOnlyList<PriceStepDocument>? Steps { get; init; }

    public Yen? MinCharge { get; init; }

    public Yen? MaxCharge { get; init; }

    public RoundingDocument? Rounding { get; init; }
}

public sealed record PricePeriodDocument
{
    public required IReadOnlyList<string> Days { get; init; }

    /// <summary>Tokyo time of day, <c>hh:mm</c>.</summary>
    public required string From { get; init; }

    public required IReadOnlyList<PriceStepDocument> Steps { get; init; }

    public Yen? ConnectionFee { get; init; }
}

public sealed record PriceStepDocument
{
    public required decimal FromSeconds { get; init; }

    public required Yen Price { get; init; }

    public required decimal UnitSeconds { get; init; }

    public required decimal IncrementSeconds { get; init; }
}

public sealed record RoundingDocument
{
    public required RoundingMethod Method { get; init; }

    public required int Decimals { get; init; }
}

public enum RoundingMethod
{
    [JsonStringEnumMemberName("up")]
    Up,
    [JsonStringEnumMemberName("down")]
    Down,
    [JsonStringEnumMemberName("half-up")]
    HalfUp,
}

/// <summary>Which plan prices which calls; a key that is absent matches everything.</summary>
public sealed record PriceRowDocument
{
    public required string Class { get; init; }

    public required string Plan { get; init; }

    public string? Kind { get; init; }

    public string? Mode { get; init; }

    public string? Carrier { get; init; }

    public string? Prefix { get; init; }
}

public sealed record TaxRateDocument
{
    public required LocalDate From { get; init; }

    public required TaxRate Standard { get; init; }
}
