using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Invoicing;
using Billing.Rating.Reasoning;
using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>The reasoning of fees: days in service, proration, what is free and what the statute asks.</summary>
public sealed class FeeReasonTests
{
    [Theory]
    [InlineData("2026-10-01", 31, "300")]
    [InlineData("2026-10-02", 30, "290")]
    [InlineData("2026-10-31", 1, "9")]
    public void R60_a_base_fee_tells_its_days_and_what_they_come_to(string from, int days, string amount)
    {
        var fee = Only<FeeFigures>(World.Of(Biz with { Numbers = [Number(BizNumber, null, from)] }), "C-BIZ");

        (fee.Code, fee.Detail, fee.Fee, fee.Days, fee.DaysInMonth, fee.PerUnit, fee.Amount).ShouldBe(("base-fee", BizNumber, SampleTariff.Yen("300"), days, 31, SampleTariff.Yen(amount), SampleTariff.Yen(amount)));
        fee.InService.ShouldBe([new Validity(Date(from), null)]);
    }

    [Fact]
    public void A_number_with_two_stretches_names_both()
    {
        var fee = Only<FeeFigures>(World.Of(Biz with { Numbers = [Number(BizNumber, null, "2026-10-01", "2026-10-05"), Number(BizNumber, null, "2026-10-11", "2026-10-21")] }), "C-BIZ");

        (fee.Days, fee.InService.Count).ShouldBe((14, 2));
    }

    [Fact]
    public void An_option_tells_its_fee_per_unit_before_the_quantity()
    {
        var fee = Figures(World.Of(Biz with { Options = [Option("recording", 3, "2026-10-17")] }), "C-BIZ").OfType<FeeFigures>().Single(figures => figures.Code == "recording");

        (fee.Days, fee.PerUnit, fee.Quantity, fee.Amount).ShouldBe((15, SampleTariff.Yen("26"), 3, SampleTariff.Yen("78")));
    }

    [Theory]
    [InlineData("1180301018771", true)]
    [InlineData("2180301018771", false)]
    public void R11_billing_station_tells_whether_it_is_free(string corporateNumber, bool free)
    {
        var world = World.Of(Biz.CorporateNumber("1180301018771") with { BillingStation = Station() }, WMode.CorporateNumber(corporateNumber) with { BillingStation = Station() });

        var station = Figures(world, "C-BIZ").Last(figures => figures is FreeStationFigures or FeeFigures { Code: "billing-station" });

        station.ShouldBe(free ? new FreeStationFigures(false, 31, 31) : station.ShouldBeOfType<FeeFigures>());
        (station is FreeStationFigures).ShouldBe(free);
        Figures(world, "C-WMODE").ShouldContain(new FreeStationFigures(true, 31, 31));
    }

    [Fact]
    public void A_statutory_fee_tells_the_numbers_in_service_on_the_last_day()
    {
        var world = World.Of(Biz with { Numbers = [Number(BizNumber), Number("05033000002", null, "2026-10-31"), Number("05033000003", null, "2026-04-01", "2026-10-31")] }) with
        {
            Tariffs = [SampleTariff.Standard with { Statutory = [SampleTariff.Statutory("universal-service", "2026-01", null, "2.5")] }],
        };

        Figures(world, "C-BIZ").OfType<StatutoryFigures>().Single()
            .ShouldBe(new StatutoryFigures("universal-service", SampleTariff.Yen("2.5"), 2, Date("2026-10-31"), SampleTariff.Yen("5")));
    }

    [Fact]
    public void The_reasons_are_those_of_the_first_lines_of_the_invoice()
    {
        var world = World.Of(WMode with { Options = [Option("web-phonebook", 30, "2026-04-01", "2026-10-10"), Option("web-phonebook", 40, "2026-10-10")], BillingStation = Station() });
        var invoice = world.Invoice("C-WMODE", "2026-10", CallRecord.Mobile with { At = "2026-10-05T10:00:00" });

        var reasons = Reasons(world, "C-WMODE");

        reasons.Select(reason => reason.Line).ShouldBe(invoice.Lines.Take(reasons.Count));
        invoice.Lines.Skip(reasons.Count).ShouldAllBe(line => line.Section == "usage");
    }

    private static T Only<T>(World world, string contract)
        where T : Figures => Figures(world, contract).OfType<T>().Single();

    private static IReadOnlyList<Figures> Figures(World world, string contract) => [.. Reasons(world, contract).Select(reason => reason.Figures)];

    private static IReadOnlyList<(InvoiceLineDocument Line, Figures Figures)> Reasons(World world, string id)
    {
        var contracts = Book(world.Contracts);
        var (month, refusal) = BillingMonth.Prepare(new UsageMonth(2026, 10), SampleTariff.Book(world.Tariffs), contracts);
        refusal.ShouldBeNull();
        var (lines, fault) = FeeReasons.Of(contracts.Find(id)!, month!);
        fault.ShouldBeNull();
        return lines;
    }
}
