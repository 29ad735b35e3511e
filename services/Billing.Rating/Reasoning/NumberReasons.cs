using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Calls;
using Billing.Rating.Reference;

namespace Billing.Rating.Reasoning;

/// <summary>The steps of classification with their figures. Asked only when reasons are wanted.</summary>
internal static class NumberReasons
{
    public static void CallerIdPrefix<TReasoning>(ref TReasoning reasoning, ReadOnlySpan<byte> number, bool afterCarrierPrefix)
        where TReasoning : struct, IReasoning =>
        reasoning.Add("R34", "caller-id-prefix", new CallerIdPrefixFigures(Encoding.ASCII.GetString(number[..3]), afterCarrierPrefix));

    public static void Class<TReasoning>(ref TReasoning reasoning, string rule, string ground, in RatedCall result)
        where TReasoning : struct, IReasoning =>
        reasoning.Add(rule, "class", new ClassFigures(
            Words.Of(result.Class), ground, result.Carrier, Encoding.ASCII.GetString(result.Destination), Words.Of(result.TaxCategory)));

    public static void Block<TReasoning>(ref TReasoning reasoning, string rule, ReadOnlySpan<byte> number, int digits, Block? block)
        where TReasoning : struct, IReasoning
    {
        var start = digits == 4 ? 3 : 4;
        var key = $"{Encoding.ASCII.GetString(number[..start])}-{Encoding.ASCII.GetString(number.Slice(start, digits))}";
        reasoning.Add(rule, "block", new BlockFigures(
            key, block?.First, block?.Last, block?.Carrier.Code, block is null ? null : Validity.OfDays(block.FromDay, block.ToDay)));
    }

    /// <summary>Which carrier an 050 number belongs to and by what, and how that carrier stands to ours.</summary>
    public static void Carrier<TReasoning>(ref TReasoning reasoning, in CallFacts facts, ReadOnlySpan<byte> number, int day, Block? block, Carrier? carrier)
        where TReasoning : struct, IReasoning
    {
        if (facts.TerminatingCarrier.IsEmpty)
        {
            Block(ref reasoning, "§4.13", number, digits: 4, block);
        }
        else
        {
            reasoning.Add("§4.13", "ported", new PortedFigures(Encoding.UTF8.GetString(facts.TerminatingCarrier), carrier is not null));
        }

        if (carrier is not null)
        {
            var entry = carrier.EntryOn(day);
            reasoning.Add("§4.13", "relation", new RelationFigures(
                carrier.Code,
                entry?.Relation ?? CarrierRelation.None,
                entry is { } inForce ? Validity.OfDays(inForce.FromDay, inForce.ToDay) : null));
        }
    }
}
