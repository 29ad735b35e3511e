using Billing.Service.Tests.Knowledge;
using static Billing.Service.Tests.Subscriptions.Sample;
using static Billing.Service.Tests.Tariffs.SampleTariff;

namespace Billing.Service.Tests.Tariffs;

/// <summary><c>billing tariffs</c> and <c>billing reference</c> on the command line.</summary>
public sealed class TariffsCommandTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Pain11_a_tariff_with_a_warning_is_published_only_with_yes()
    {
        using var billing = new BillingCommand(fixture);
        var first = billing.File(Document(Version("2026-04", "2026-04-01")));
        (await billing.Run("tariffs", "publish", first)).Code.ShouldBe(0);

        // ten times the price, from October on
        var next = billing.File(Document(Version("2026-04", "2026-04-01", "2026-10-01"), Version("2026-10", "2026-10-01").With("mobile", Flat("160", 60))));
        var warned = await billing.Run("tariffs", "publish", next);
        warned.Code.ShouldBe(2);
        warned.Output.ShouldContain("plan mobile: 16 yen per 60 s → 160 yen per 60 s");
        warned.Output.ShouldContain("warning: 2026-10: price of mobile is suspect");
        warned.Error.ShouldContain("nothing was published");
        (await billing.Run("tariffs", "list")).Output.ShouldNotContain("2026-10");

        var published = await billing.Run("tariffs", "publish", next, "--yes", "--json");
        published.Code.ShouldBe(0, published.Error);
        published.Json.GetProperty("published").GetBoolean().ShouldBeTrue();
        published.Json.GetProperty("warnings").GetArrayLength().ShouldBe(1);

        var again = await billing.Run("tariffs", "publish", next);
        again.Code.ShouldBe(0);
        again.Output.ShouldContain("unchanged: 2026-04, 2026-10");

        var shown = await billing.Run("tariffs", "show", "2026-10", "--json");
        (await billing.Run("tariffs", "publish", billing.Text(shown.Output))).Output.ShouldContain("unchanged: 2026-10");
        (await billing.Run("tariffs", "show", "2026-10")).Output.ShouldContain("plan mobile: 160 yen per 60 s");
        (await billing.Run("tariffs", "show", "2026-11")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task A_file_that_is_no_tariff_is_refused_with_the_path()
    {
        using var billing = new BillingCommand(fixture);
        var file = billing.File(Document(Standard with { Prices = [Row("fixed", "none")] }));
        var refused = await billing.Run("tariffs", "publish", file, "--yes");
        refused.Code.ShouldBe(2);
        refused.Error.ShouldStartWith($"billing: {file}: $.tariffs[0].prices[0].plan: ");
    }

    [Fact]
    public async Task Reference_data_is_loaded_and_shown()
    {
        using var billing = new BillingCommand(fixture);
        (await billing.Run("reference", "show")).Output.ShouldContain("built in");
        var file = billing.File(Reference with { Mobile060From = Date("2026-07-01") });
        (await billing.Run("reference", "load", file)).Output.ShouldContain("published");
        (await billing.Run("reference", "load", file)).Output.ShouldContain("unchanged");
        (await billing.Run("reference", "show")).Output.ShouldContain("2026-07-01");

        var bad = await billing.Run("reference", "load", billing.File(Reference with { CarrierPrefixes = ["x"] }));
        bad.Code.ShouldBe(2);
        bad.Error.ShouldContain("$.carrierPrefixes[0]");
        (await billing.Run("reference", "load", billing.Text("""{"homeCarrier":"x"}"""))).Error.ShouldContain("missing required member");
    }
}
