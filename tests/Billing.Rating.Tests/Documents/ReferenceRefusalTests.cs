using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.BuiltIn;
using Billing.Rating.Reference;
using Billing.Rating.Tariffs;
using static Billing.Rating.Tests.SampleReference;

namespace Billing.Rating.Tests;

/// <summary>What refuses a reference document, and the documents that come with the program.</summary>
public sealed class ReferenceRefusalTests
{
    [Theory]
    [InlineData("330", "3399", "first")]
    [InlineData("3300", "33999", "last")]
    [InlineData("33a0", "3399", "first")]
    [InlineData("3300", "", "last")]
    [InlineData("3301", "3300", "last")]
    public void A_050_block_is_four_digits_to_four_digits(string first, string last, string member) =>
        FaultOf(Standard with { Blocks050 = [Block("0000", "0000", "x"), Block(first, last, "x")] }).ShouldBe($"$.blocks050[1].{member}");

    [Theory]
    [InlineData("0120", "00", "999", "first")]
    [InlineData("0800", "000", "9999", "last")]
    [InlineData("0570", "500", "499", "last")]
    [InlineData("0990", "000", "999", "service")]
    [InlineData("120", "000", "999", "service")]
    public void A_service_number_block_is_three_digits_to_three_digits(string service, string first, string last, string member) =>
        FaultOf(Standard with { ServiceNumberBlocks = [Service(service, first, last, "x")] }).ShouldBe($"$.serviceNumberBlocks[0].{member}");

    [Fact]
    public void The_lists_hold_digits()
    {
        FaultOf(Standard with { No050Access = ["0120-444-444"] }).ShouldBe("$.no050Access[0]");
        FaultOf(Standard with { CarrierPrefixes = ["0033", "00XY"] }).ShouldBe("$.carrierPrefixes[1]");
        FaultOf(Standard with { SoftbankControl = [""] }).ShouldBe("$.softbankControl[0]");
        FaultOf(Standard with { SecondaryLines = ["０９０１２３４５６７８"] }).ShouldBe("$.secondaryLines[0]");
    }

    [Fact]
    public void The_ends_of_a_block_belong_to_it()
    {
        var world = World.Standard with { Reference = Standard with { Blocks050 = [Block("9998", "9999", "kddi"), Block("1000", "1000", "kddi")] } };

        world.ClassOf("05099980000").ShouldBe("paid-050");
        world.ClassOf("05099999999").ShouldBe("paid-050");
        world.ClassOf("05099979999").ShouldBe("unconnected-050");
        world.ClassOf("05010009999").ShouldBe("paid-050");
        world.ClassOf("05010010000").ShouldBe("unconnected-050");
    }

    [Fact]
    public void The_built_in_reference_is_accepted_and_denies_what_it_does_not_list()
    {
        var (document, fault) = DocumentReader.Read<ReferenceDocument>(BuiltInDocuments.Reference);
        fault.ShouldBeNull();
        var world = World.Standard with { Reference = document.ShouldNotBeNull() };

        world.ClassOf("05033000000").ShouldBe("on-net-050");
        world.ClassOf("06012345678").ShouldBe("barred-060");
        world.ClassOf("0570123456").ShouldBe("service-number-of-other-carrier");
    }

    [Fact]
    public void The_built_in_sample_tariff_is_accepted()
    {
        var (document, fault) = DocumentReader.Read<TariffsDocument>(BuiltInDocuments.SampleTariff);

        fault.ShouldBeNull();
        var (book, refused) = TariffBook.Compile(document.ShouldNotBeNull());
        refused.ShouldBeNull();
        book.ShouldNotBeNull().Versions.Count.ShouldBe(2);
    }

    private static string? FaultOf(ReferenceDocument document) => ReferenceTables.Compile(document).Fault?.Path;
}
