using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Calls;
using Billing.Rating.Reasoning;
using Billing.Rating.Reference;

namespace Billing.Rating.Numbers;

/// <summary>Finds the class of a called number, or why it cannot be reached (rules R29 to R43, R53).</summary>
internal static class CalledNumber
{
    private const int MaxE164 = 15;

    /// <summary>Sets class, carrier, destination and stripped prefix of the result; returns the reason when there is no class.</summary>
    public static SuspenseReason Classify<TReasoning>(in CallFacts facts, ReferenceTables reference, int day, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        Span<byte> buffer = stackalloc byte[NumberText.Capacity + 4];
        facts.CalledNumber.CopyTo(buffer);
        ReadOnlySpan<byte> number = buffer[..facts.CalledNumber.Length];
        if (reasoning.Wanted)
        {
            reasoning.Add("§4", "normalised", new NormalisedFigures(Encoding.ASCII.GetString(number)));
        }

        if (number[0] == '#')
        {
            return SuspenseReason.BarredHash;
        }

        var callerId = IsCallerIdPrefix(number);
        if (callerId)
        {
            if (reasoning.Wanted)
            {
                NumberReasons.CallerIdPrefix(ref reasoning, number, afterCarrierPrefix: false);
            }

            number = number[3..];
        }

        if (reference.CarrierPrefixOf(number) is { } prefix)
        {
            result.StrippedPrefix = prefix;
            number = AfterCarrierPrefix(number[prefix.Length..], prefix, callerId, buffer, ref reasoning);
            if (number.IsEmpty)
            {
                return SuspenseReason.UnknownDestination;
            }
        }

        if (number.StartsWith("010"u8))
        {
            var e164 = number[3..];
            if (e164.Length is < 4 or > MaxE164 || e164[0] == '0' || !NumberText.IsDigits(e164))
            {
                return SuspenseReason.UnknownDestination;
            }

            if (!e164.StartsWith("81"u8))
            {
                return International(facts, e164, ref result, ref reasoning);
            }

            var national = e164[2..];
            number = national[0] == '0' ? national : Prepend0(national, buffer);
            if (reasoning.Wanted)
            {
                reasoning.Add("§4.4", "japan", new JapanFigures(Encoding.ASCII.GetString(number)));
            }
        }

        return Domestic(facts, number, reference, day, ref result, ref reasoning);
    }

    /// <summary>What is dialled behind a carrier prefix; 010 goes before it when it is no domestic number.</summary>
    private static ReadOnlySpan<byte> AfterCarrierPrefix<TReasoning>(
        ReadOnlySpan<byte> dialled, string prefix, bool callerIdStripped, Span<byte> buffer, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        var number = StripCallerIdAfterPrefix(dialled, callerIdStripped);
        var international = !number.IsEmpty && number[0] != '0';
        if (reasoning.Wanted)
        {
            reasoning.Add("R53", "carrier-prefix", new CarrierPrefixFigures(prefix, international));
            if (number.Length < dialled.Length)
            {
                NumberReasons.CallerIdPrefix(ref reasoning, dialled, afterCarrierPrefix: true);
            }
        }

        if (!international)
        {
            return number;
        }

        number.CopyTo(buffer[3..]);
        "010"u8.CopyTo(buffer);
        return buffer[..(number.Length + 3)];
    }

    private static SuspenseReason International<TReasoning>(in CallFacts facts, ReadOnlySpan<byte> e164, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        var satellite = e164.StartsWith("870"u8) || e164.StartsWith("881"u8) || e164.StartsWith("882"u8) || e164.StartsWith("883"u8);
        if (satellite && facts.Mode == CallMode.Mobile)
        {
            return SuspenseReason.SatelliteInMobileMode;
        }

        result.Class = satellite ? CallClass.Satellite : CallClass.International;
        result.TaxCategory = TaxCategory.G;
        result.SetDestination("010"u8, e164);
        if (reasoning.Wanted)
        {
            NumberReasons.Class(ref reasoning, satellite ? "R43" : "§4.4", satellite ? "satellite" : "international", result);
        }

        return SuspenseReason.None;
    }

    private static SuspenseReason Domestic<TReasoning>(in CallFacts facts, ReadOnlySpan<byte> number, ReferenceTables reference, int day, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        var digits = NumberText.IsDigits(number);
        if (number.Length == 3 && digits)
        {
            return SuspenseReason.ThreeDigitNumber;
        }

        if (number.StartsWith("020"u8))
        {
            return SuspenseReason.Barred020;
        }

        var mobileForm = digits && number.Length == 11 && number[3] is >= (byte)'1' and <= (byte)'9';
        if (number.StartsWith("060"u8))
        {
            return mobileForm && reference.Is060Mobile(day)
                ? Found(CallClass.Mobile, number, ref result, ref reasoning, "R35", "mobile-060")
                : SuspenseReason.Barred060;
        }

        if (digits && number.Length == 10 && (number.StartsWith("09031014"u8) || number.SequenceEqual("0903101655"u8)))
        {
            return SuspenseReason.DocomoRemoteControl;
        }

        if (reference.IsSoftbankControl(number))
        {
            return SuspenseReason.SoftbankControl;
        }

        if (facts.Mode == CallMode.Mobile && digits && number.Length == 11 && number.StartsWith("090302"u8))
        {
            return SuspenseReason.SatelliteInMobileMode;
        }

        if (digits && ServiceClass(number) is var service and not CallClass.None)
        {
            return ServiceNumber(facts, service, number, reference, day, ref result, ref reasoning);
        }

        if (IsServicePrefix(number))
        {
            return SuspenseReason.ServiceNumberBarred;
        }

        if (mobileForm && number.StartsWith("050"u8))
        {
            return Number050(facts, number, reference, day, ref result, ref reasoning);
        }

        if (mobileForm && number[0] == '0' && number[1] is (byte)'7' or (byte)'8' or (byte)'9' && number[2] == '0')
        {
            return Found(CallClass.Mobile, number, ref result, ref reasoning, "§4.14", "mobile");
        }

        return digits && number.Length == 10 && number[0] == '0' && number[1] != '0' && number[2] != '0' && !number.StartsWith("091"u8)
            ? Found(CallClass.Fixed, number, ref result, ref reasoning, "§4.15", "geographic")
            : SuspenseReason.UnknownDestination;
    }

    private static SuspenseReason ServiceNumber<TReasoning>(in CallFacts facts, CallClass service, ReadOnlySpan<byte> number, ReferenceTables reference, int day, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        if (facts.Mode == CallMode.Mobile)
        {
            return SuspenseReason.ServiceNumberInMobileMode;
        }

        var block = reference.ServiceNumberBlock(number, day);
        if (reasoning.Wanted)
        {
            NumberReasons.Block(ref reasoning, "R39", number, digits: 3, block);
        }

        if (block?.Carrier != reference.HomeCarrier)
        {
            return SuspenseReason.ServiceNumberOfOtherCarrier;
        }

        if (reference.Refuses050(number))
        {
            return SuspenseReason.ServiceNumberRefuses050;
        }

        if (!facts.AppVersion.IsEmpty
            && ((facts.Device == Device.Android && AppVersion.IsBelow(facts.AppVersion, 1, 8, 0)) || (facts.Device == Device.Ios && AppVersion.IsBelow(facts.AppVersion, 1, 7, 0))))
        {
            return SuspenseReason.AppTooOld;
        }

        return Found(service, number, ref result, ref reasoning, "R39", "service-number");
    }

    private static SuspenseReason Number050<TReasoning>(in CallFacts facts, ReadOnlySpan<byte> number, ReferenceTables reference, int day, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        var block = facts.TerminatingCarrier.IsEmpty ? reference.Block050(number, day) : null;
        var carrier = facts.TerminatingCarrier.IsEmpty ? block?.Carrier : reference.FindCarrier(facts.TerminatingCarrier);
        if (reasoning.Wanted)
        {
            NumberReasons.Carrier(ref reasoning, facts, number, day, block, carrier);
        }

        var callClass = carrier?.RelationOn(day) switch
        {
            CarrierRelation.Own => CallClass.OnNet050,
            CarrierRelation.Partner => CallClass.Partner050,
            CarrierRelation.Paid => CallClass.Paid050,
            _ => CallClass.None,
        };
        if (callClass == CallClass.None)
        {
            return SuspenseReason.Unconnected050;
        }

        result.Carrier = carrier!.Code;
        return Found(callClass, number, ref result, ref reasoning, callClass == CallClass.Paid050 ? "R32" : "R29", "carrier-050");
    }

    private static SuspenseReason Found<TReasoning>(CallClass callClass, ReadOnlySpan<byte> number, ref RatedCall result, ref TReasoning reasoning, string rule, string ground)
        where TReasoning : struct, IReasoning
    {
        result.Class = callClass;
        result.SetDestination(default, number);
        if (reasoning.Wanted)
        {
            NumberReasons.Class(ref reasoning, rule, ground, result);
        }

        return SuspenseReason.None;
    }

    private static bool IsCallerIdPrefix(ReadOnlySpan<byte> number) =>
        number.Length > 3 && number[0] == '1' && number[1] == '8' && number[2] is (byte)'4' or (byte)'6' && number.Length > 3
        && number[3] is >= (byte)'0' and <= (byte)'9';

    /// <summary>184 or 186 may stand behind a carrier prefix too, unless what would be left is no Japanese or 010 number.</summary>
    private static ReadOnlySpan<byte> StripCallerIdAfterPrefix(ReadOnlySpan<byte> rest, bool strippedBefore)
    {
        if (strippedBefore || !IsCallerIdPrefix(rest))
        {
            return rest;
        }

        var after = rest[3..];
        var japanese = after.Length is 10 or 11 && after[0] == '0' && NumberText.IsDigits(after);
        return japanese || after.StartsWith("010"u8) ? after : rest;
    }

    private static Span<byte> Prepend0(ReadOnlySpan<byte> national, Span<byte> buffer)
    {
        Span<byte> copy = stackalloc byte[MaxE164];
        national.CopyTo(copy);
        buffer[0] = (byte)'0';
        copy[..national.Length].CopyTo(buffer[1..]);
        return buffer[..(national.Length + 1)];
    }

    private static CallClass ServiceClass(ReadOnlySpan<byte> number) => number.Length switch
    {
        10 when number.StartsWith("0120"u8) => CallClass.FreeDial,
        11 when number.StartsWith("0800"u8) => CallClass.FreeDial,
        10 when number.StartsWith("0570"u8) => CallClass.NaviDial,
        10 when number.StartsWith("0180"u8) => CallClass.Teledome,
        _ => CallClass.None,
    };

    private static bool IsServicePrefix(ReadOnlySpan<byte> number) =>
        number.StartsWith("0120"u8) || number.StartsWith("0170"u8) || number.StartsWith("0180"u8) || number.StartsWith("0570"u8)
        || number.StartsWith("0800"u8) || number.StartsWith("0910"u8) || number.StartsWith("0990"u8);
}
