using Billing.Contracts;
using Billing.Contracts.Documents;
using static Billing.Service.Tests.Subscriptions.Sample;

namespace Billing.Service.Tests.Tariffs;

/// <summary>Tariffs in few words. The standard one prices every class in every way, so that its review warns of nothing.</summary>
internal static class SampleTariff
{
    public static TariffDocument Standard => new()
    {
        Id = "standard",
        Version = "2026-04",
        From = Date("2026-04-01"),
        Proration = Proration.Daily,
        Monthly = new MonthlyFeesDocument
        {
            Biz = new BaseFeeDocument { Base = Yen.Whole(300) },
            WMode = new BaseFeeDocument { Base = Yen.Whole(500) },
            BillingStation = Yen.Whole(1000),
            Options = new Dictionary<string, Yen> { ["web-phonebook"] = Yen.Whole(100) },
        },
        Plans = new Dictionary<string, PricePlanDocument>
        {
            ["fixed"] = Flat("8", 180),
            ["mobile"] = Flat("16", 60),
            ["free"] = Flat("0", 60),
            ["world"] = Flat("30", 60),
        },
        Prices =
        [
            Row("fixed", "fixed"), Row("mobile", "mobile"), Row("on-net-050", "free"), Row("partner-050", "free"), Row("paid-050", "fixed"),
            Row("international", "world"), Row("satellite", "world"), Row("free-dial", "free"), Row("navi-dial", "fixed"), Row("teledome", "fixed"),
            Row("extension", "free"),
        ],
        TaxRates = [new TaxRateDocument { From = Date("2019-10-01"), Standard = new TaxRate(0.10m) }],
    };

    /// <summary>A tariff with every member that a document can have.</summary>
    public static TariffDocument Everything => Standard with
    {
        To = Date("2027-04-01"),
        Statutory = [new StatutoryFeeDocument { Code = "universal-service", From = UsageMonth.Parse("2026-01"), To = UsageMonth.Parse("2026-07"), Amount = Yen.Whole(2) }],
        InterruptTailLimitSeconds = new Dictionary<string, decimal?> { ["mobile-interrupt"] = 170, ["app-interrupt"] = null },
        Holidays = [Date("2026-11-03")],
        Plans = new Dictionary<string, PricePlanDocument>
        {
            ["night"] = new()
            {
                ConnectionFee = Yen.Whole(1),
                MinCharge = Yen.Whole(2),
                MaxCharge = Yen.Whole(1000),
                Rounding = new RoundingDocument { Method = RoundingMethod.HalfUp, Decimals = 4 },
                Periods =
                [
                    new PricePeriodDocument
                    {
                        Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"], From = "00:00", ConnectionFee = Yen.Parse("0.5"),
                        Steps = [new PriceStepDocument { FromSeconds = 0, Price = Yen.Parse("10.4"), UnitSeconds = 180, IncrementSeconds = 0.5m }],
                    },
                ],
            },
        },
        Prices = [new PriceRowDocument { Class = "paid-050", Plan = "night", Kind = "forward", Mode = "ip", Carrier = "kddi" }, new PriceRowDocument { Class = "international", Plan = "night", Prefix = "1" }],
    };

    public static ReferenceDocument Reference => new()
    {
        HomeCarrier = "ntt-com",
        Relations = [new RelationDocument { Carrier = "ntt-com", Relation = CarrierRelation.Own, From = Date("2002-01-01"), To = Date("2030-01-01") }],
        Blocks050 = [new Block050Document { First = "3300", Last = "3862", Carrier = "ntt-com", From = Date("2002-01-01") }],
        ServiceNumberBlocks = [new ServiceNumberBlockDocument { Service = "0120", First = "000", Last = "900", Carrier = "ntt-com" }],
        No050Access = ["0120444444"],
        CarrierPrefixes = ["0033"],
        SoftbankControl = ["09066514000"],
        SecondaryLines = ["09011110000"],
        Mobile060From = Date("2026-07-01"),
    };

    public static PricePlanDocument Flat(string price, int unit, decimal? increment = null) => new()
    {
        Steps = [new PriceStepDocument { FromSeconds = 0, Price = Yen.Parse(price), UnitSeconds = unit, IncrementSeconds = increment ?? unit }],
    };

    public static PriceRowDocument Row(string callClass, string plan, string? kind = null, string? mode = null, string? carrier = null, string? prefix = null) =>
        new() { Class = callClass, Plan = plan, Kind = kind, Mode = mode, Carrier = carrier, Prefix = prefix };

    public static TariffDocument Version(string version, string from, string? to = null) =>
        Standard with { Version = version, From = Date(from), To = DateOrOpen(to) };

    public static TariffDocument With(this TariffDocument tariff, string plan, PricePlanDocument prices) =>
        tariff with { Plans = new Dictionary<string, PricePlanDocument>(tariff.Plans) { [plan] = prices } };

    public static TariffDocument Without(this TariffDocument tariff, string callClass) =>
        tariff with { Prices = [.. tariff.Prices.Where(row => row.Class != callClass)] };

    public static TariffsDocument Document(params IReadOnlyList<TariffDocument> versions) => new() { Tariffs = versions };
}
