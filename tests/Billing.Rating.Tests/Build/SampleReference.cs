using Billing.Contracts.Documents;
using Billing.Rating.Reference;

namespace Billing.Rating.Tests;

/// <summary>Reference data in few words; ntt-com is at home, tnc a partner, kddi and softbank are paid.</summary>
internal static class SampleReference
{
    public static ReferenceDocument Standard => new()
    {
        HomeCarrier = "ntt-com",
        Relations =
        [
            Relation("ntt-com", CarrierRelation.Own), Relation("tnc", CarrierRelation.Partner), Relation("kddi", CarrierRelation.Paid),
            Relation("softbank", CarrierRelation.Paid), Relation("optage", CarrierRelation.None),
        ],
        Blocks050 =
        [
            Block("3300", "3862", "ntt-com"), Block("1000", "1099", "kddi"), Block("1100", "1199", "softbank"),
            Block("5200", "5200", "tnc"), Block("6000", "6099", "optage"), Block("7000", "7099", "stranger"),
        ],
        ServiceNumberBlocks =
        [
            Service("0120", "000", "800", "ntt-com"), Service("0120", "801", "900", "kddi"),
            Service("0800", "000", "499", "ntt-com"), Service("0800", "500", "599", "kddi"),
            Service("0570", "000", "499", "ntt-com"), Service("0570", "500", "599", "kddi"),
            Service("0180", "990", "999", "ntt-com"), Service("0180", "100", "199", "kddi"),
        ],
        No050Access = ["0120444444"],
        CarrierPrefixes = ["001", "0033", "0036", "0039", "0077", "0088", "009191", "00910", "00777"],
        SoftbankControl = ["09066517000", "0312349999"],
        SecondaryLines = ["09044445555"],
    };

    public static RelationDocument Relation(string carrier, CarrierRelation relation, string? from = null, string? to = null) =>
        new() { Carrier = carrier, Relation = relation, From = SampleContracts.DateOrOpen(from), To = SampleContracts.DateOrOpen(to) };

    public static Block050Document Block(string first, string last, string carrier, string? from = null, string? to = null) =>
        new() { First = first, Last = last, Carrier = carrier, From = SampleContracts.DateOrOpen(from), To = SampleContracts.DateOrOpen(to) };

    public static ServiceNumberBlockDocument Service(string service, string first, string last, string carrier, string? from = null, string? to = null) =>
        new() { Service = service, First = first, Last = last, Carrier = carrier, From = SampleContracts.DateOrOpen(from), To = SampleContracts.DateOrOpen(to) };

    public static ReferenceTables Tables(this ReferenceDocument document)
    {
        var (tables, fault) = ReferenceTables.Compile(document);
        fault.ShouldBeNull();
        return tables.ShouldNotBeNull();
    }
}
