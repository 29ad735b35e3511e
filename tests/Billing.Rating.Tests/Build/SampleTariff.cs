using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Tariffs;
using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>A tariff and its parts in few words; amounts are decimal yen as text.</summary>
internal static class SampleTariff
{
    public static readonly IReadOnlyList<string> EveryDay = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public static TariffDocument Standard => new()
    {
        Id = "standard",
        Version = "2026-04",
        From = Date("2026-04-01"),
        Proration = Proration.Daily,
        Monthly = new MonthlyFeesDocument
        {
            Biz = new BaseFeeDocument { Base = Yen("300") },
            WMode = new BaseFeeDocument { Base = Yen("500") },
            BillingStation = Yen("1000"),
            Options = new Dictionary<string, Yen> { ["web-phonebook"] = Yen("100"), ["recording"] = Yen("55.5") },
        },
        InterruptTailLimitSeconds = new Dictionary<string, decimal?> { ["mobile-interrupt"] = 170, ["app-interrupt"] = null },
        Plans = new Dictionary<string, PricePlanDocument>
        {
            ["fixed"] = Flat("8", 180),
            ["mobile"] = Flat("16", 60),
            ["free"] = Flat("0", 60),
            ["kddi"] = Flat("10.4", 180),
            ["paid"] = Flat("10.5", 180),
            ["usa"] = Flat("9", 60),
            ["world"] = Flat("30", 60),
            ["satellite"] = Flat("300", 60, increment: 6) with { ConnectionFee = Yen("100") },
        },
        Prices =
        [
            Row("fixed", "fixed"), Row("mobile", "mobile"), Row("on-net-050", "free"), Row("partner-050", "free"),
            Row("paid-050", "paid"), Row("paid-050", "kddi", carrier: "kddi"), Row("international", "world"),
            Row("international", "usa", prefix: "1"), Row("satellite", "satellite"), Row("free-dial", "free"),
            Row("navi-dial", "fixed"), Row("teledome", "fixed"), Row("extension", "free"),
        ],
        TaxRates = [Rate("2019-10-01", 0.10m)],
    };

    public static Yen Yen(string text) => Contracts.Yen.TryParse(text, out var yen) ? yen : throw new FormatException(text);

    public static Yen? YenOrNone(string? text) => text is null ? null : Yen(text);

    public static PriceStepDocument Step(decimal from, string price, decimal unit, decimal increment) =>
        new() { FromSeconds = from, Price = Yen(price), UnitSeconds = unit, IncrementSeconds = increment };

    /// <summary>One price all the time; an increment is the unit unless said otherwise.</summary>
    public static PricePlanDocument Flat(string price, decimal unit, decimal? increment = null) => Stepped(Step(0, price, unit, increment ?? unit));

    public static PricePlanDocument Stepped(params IReadOnlyList<PriceStepDocument> steps) => new() { Steps = steps };

    public static PricePlanDocument InPeriods(params IReadOnlyList<PricePeriodDocument> periods) => new() { Periods = periods };

    public static PricePeriodDocument Period(IReadOnlyList<string> days, string from, params IReadOnlyList<PriceStepDocument> steps) =>
        new() { Days = days, From = from, Steps = steps };

    public static RoundingDocument Round(RoundingMethod method, int decimals) => new() { Method = method, Decimals = decimals };

    public static PriceRowDocument Row(string callClass, string plan, string? kind = null, string? mode = null, string? carrier = null, string? prefix = null) =>
        new() { Class = callClass, Plan = plan, Kind = kind, Mode = mode, Carrier = carrier, Prefix = prefix };

    public static TaxRateDocument Rate(string from, decimal rate) => new() { From = Date(from), Standard = new TaxRate(rate) };

    public static StatutoryFeeDocument Statutory(string code, string from, string? to, string amount) =>
        new() { Code = code, From = UsageMonth.Parse(from), To = to is null ? null : UsageMonth.Parse(to), Amount = Yen(amount) };

    public static TariffDocument Version(string version, string from, string? to = null) =>
        Standard with { Version = version, From = Date(from), To = DateOrOpen(to) };

    public static TariffDocument With(this TariffDocument tariff, string planName, PricePlanDocument plan) =>
        tariff with { Plans = new Dictionary<string, PricePlanDocument>(tariff.Plans) { [planName] = plan } };

    public static TariffBook Book(params IReadOnlyList<TariffDocument> versions)
    {
        var (book, fault) = TariffBook.Compile(new TariffsDocument { Tariffs = versions });
        fault.ShouldBeNull();
        return book.ShouldNotBeNull();
    }

    /// <summary>The plan ready to price calls.</summary>
    public static PricePlan Compile(this PricePlanDocument plan, params IReadOnlyList<string> holidays) =>
        Book(Standard.With("plan", plan) with { Holidays = [.. holidays.Select(Date)] }).Versions[0].Plans["plan"];
}
