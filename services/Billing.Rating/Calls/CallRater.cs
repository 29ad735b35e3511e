using Billing.Contracts;
using Billing.Rating.Numbers;
using Billing.Rating.Reasoning;
using Billing.Rating.Reference;
using Billing.Rating.Subscriptions;
using Billing.Rating.Tariffs;

namespace Billing.Rating.Calls;

/// <summary>
/// Rates calls: a pure function of the record and the snapshots it was made with. Says who pays, the class, the charge
/// and its disconnect tail, or why nobody can be charged yet.
/// </summary>
public sealed class CallRater(ContractBook contracts, TariffBook tariffs, ReferenceTables reference)
{
    /// <summary>Calls longer than this are lost hang-ups, not calls.</summary>
    public const long LongestCallMs = 24 * 3_600_000L;

    public ContractBook Contracts { get; } = contracts;

    public TariffBook Tariffs { get; } = tariffs;

    public ReferenceTables Reference { get; } = reference;

    /// <summary>Rates one record into <paramref name="result"/>.</summary>
    public void Rate(in CallFacts facts, ref RatedCall result)
    {
        var reasoning = default(NoReasoning);
        Rate(facts, ref result, ref reasoning);
    }

    /// <summary>The contract that pays for the record, if one holds its paying number that day; it may still be that it cannot be charged.</summary>
    public Contract? PayerOf(in CallFacts facts) => HolderOf(facts, Tokyo.DayOf(facts.StartedMs))?.Contract;

    /// <summary>Rates one record and tells the steps that led to the result, each with its rule.</summary>
    public IReadOnlyList<ReasoningStep> Explain(in CallFacts facts, ref RatedCall result)
    {
        var reasoning = new FullReasoning();
        Rate(facts, ref result, ref reasoning);
        return reasoning.Steps;
    }

    private void Rate<TReasoning>(in CallFacts facts, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        result.Reset();
        var day = Tokyo.DayOf(facts.StartedMs);
        var holding = HolderOf(facts, day);
        if (facts.AnsweredMs is not { } answeredMs)
        {
            if (facts.Kind != CallKind.Sms)
            {
                Unanswered(facts, holding, day, ref result, ref reasoning);
                return;
            }

            Suspend(SuspenseReason.SmsNotOffered, ref result, ref reasoning);
            return;
        }

        if (reasoning.Wanted && holding is not null)
        {
            CallReasons.Payer(ref reasoning, facts, holding, IsPaidByPair(facts), day);
        }

        var reason = Eligibility(facts, answeredMs, holding, day);
        if (reason == SuspenseReason.None)
        {
            Book(holding!, answeredMs, ref result, ref reasoning);
            reason = Classify(facts, day, ref result, ref reasoning);
        }

        if (reason == SuspenseReason.None)
        {
            reason = Charge(facts, answeredMs, ref result, ref reasoning);
        }

        if (reason != SuspenseReason.None)
        {
            Suspend(reason, ref result, ref reasoning);
        }
    }

    private Holding? HolderOf(in CallFacts facts, int day) =>
        IsPaidByPair(facts) ? Contracts.HolderMobile(facts.PayingNumber, day) : Contracts.Holder050(facts.PayingNumber, day);

    /// <summary>On which contract, number and month the charge is booked.</summary>
    private static void Book<TReasoning>(Holding holding, long answeredMs, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        result.Contract = holding.Contract;
        result.Number = holding.Number;
        result.UsageMonth = Tokyo.MonthOf(Tokyo.DayOf(answeredMs));
        if (reasoning.Wanted)
        {
            reasoning.Add("§1", "usage-month", new UsageMonthFigures(result.UsageMonth));
        }
    }

    /// <summary>In mobile mode a call is paid by the mobile number of a pair; extension calls always by an 050 number.</summary>
    private static bool IsPaidByPair(in CallFacts facts) => facts.Kind == CallKind.Call && facts.Mode == CallMode.Mobile;

    /// <summary>The tests that come before classification, in their order.</summary>
    private SuspenseReason Eligibility(in CallFacts facts, long answeredMs, Holding? holding, int day)
    {
        var mobile = facts.Mode == CallMode.Mobile;
        if (facts.Kind == CallKind.Sms)
        {
            return SuspenseReason.SmsNotOffered;
        }

        if (mobile && Contracts.HolderMobile(facts.PayingNumber, day) is null && Contracts.IsBizNumber(facts.PayingNumber, day))
        {
            return SuspenseReason.MobileModeOnBiz;
        }

        if (holding is null)
        {
            return SuspenseReason.UnknownNumber;
        }

        if (!holding.Contract.IsOpenOn(day))
        {
            return SuspenseReason.ContractNotActive;
        }

        if (facts.EndedMs - answeredMs > LongestCallMs)
        {
            return SuspenseReason.TooLong;
        }

        if (mobile && facts.HasPresentedNumber && NumberText.Key(facts.PresentedNumber) != NumberText.Key(holding.Number))
        {
            return SuspenseReason.PairMismatch;
        }

        if (facts.Kind == CallKind.Call && mobile && facts.Device == Device.Pc)
        {
            return SuspenseReason.PcInMobileMode;
        }

        if (facts.Kind == CallKind.Call && !mobile && facts.Device == Device.FeaturePhone)
        {
            return SuspenseReason.FeaturePhoneInIpMode;
        }

        if (mobile && !facts.OriginCountry.IsEmpty && !facts.OriginCountry.SequenceEqual("JP"u8))
        {
            return SuspenseReason.MobileModeAbroad;
        }

        return mobile && Reference.IsSecondaryLine(facts.PayingNumber) ? SuspenseReason.SecondaryLine : SuspenseReason.None;
    }

    private SuspenseReason Classify<TReasoning>(in CallFacts facts, int day, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        if (facts.Kind != CallKind.Extension)
        {
            return CalledNumber.Classify(facts, Reference, day, ref result, ref reasoning);
        }

        result.Class = CallClass.Extension;
        result.SetDestination(default, facts.CalledNumber);
        if (reasoning.Wanted)
        {
            NumberReasons.Class(ref reasoning, "R66", "extension", result);
        }

        return SuspenseReason.None;
    }

    private SuspenseReason Charge<TReasoning>(in CallFacts facts, long answeredMs, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        var day = Tokyo.DayOf(answeredMs);
        var tariff = Tariffs.On(day);
        if (reasoning.Wanted)
        {
            PriceReasons.Tariff(ref reasoning, tariff, day);
        }

        var e164 = result.TaxCategory == TaxCategory.G ? result.Destination[3..] : default;
        if (tariff?.Pick(result.Class, facts.Kind, facts.Mode, result.Carrier, e164) is not { } row)
        {
            return SuspenseReason.NoPrice;
        }

        result.Tariff = tariff;
        result.ChargeableMs = ChargeableMs(facts, answeredMs, tariff, ref result, ref reasoning);
        if (reasoning.Wanted)
        {
            CallReasons.ChargeableTime(ref reasoning, facts, answeredMs, result.ChargeableMs);
            PriceReasons.Row(ref reasoning, row);
        }

        var price = row.Plan.PriceOf(answeredMs, result.ChargeableMs, ref reasoning);
        result.Charge = price.Charge;
        result.Units = price.Units;
        if (facts.SpeechLostMs is { } lostMs)
        {
            result.HasTail = true;
            result.TailMs = result.ChargeableMs - (lostMs - answeredMs);
            result.TailCharge = price.Charge - row.Plan.PriceOf(answeredMs, lostMs - answeredMs).Charge;
        }

        if (reasoning.Wanted)
        {
            CallReasons.Charge(ref reasoning, facts.EndCause, result);
        }

        return SuspenseReason.None;
    }

    private static long ChargeableMs<TReasoning>(in CallFacts facts, long answeredMs, TariffVersion tariff, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        if (facts.SpeechLostMs is not { } lostMs || tariff.TailLimitMs(facts.EndCause) is not { } limitMs || facts.EndedMs - lostMs <= limitMs)
        {
            return facts.EndedMs - answeredMs;
        }

        result.TailOverLimit = true;
        if (reasoning.Wanted)
        {
            reasoning.Add(CallReasons.TailRule(facts.EndCause), "tail-over-limit", new TailOverLimitFigures(
                new Seconds(facts.EndedMs - lostMs), new Seconds(limitMs), new Seconds(facts.EndedMs - lostMs - limitMs), Words.Of(facts.EndCause)));
        }

        return lostMs + limitMs - answeredMs;
    }

    private static void Unanswered<TReasoning>(in CallFacts facts, Holding? holding, int day, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        result.Outcome = Outcome.Unanswered;
        result.Contract = holding?.Contract;
        result.Number = holding?.Number;
        result.UsageMonth = Tokyo.MonthOf(day);
        if (reasoning.Wanted)
        {
            if (holding is not null)
            {
                CallReasons.Payer(ref reasoning, facts, holding, IsPaidByPair(facts), day);
            }

            reasoning.Add("§2", "unanswered", new UnansweredFigures(result.UsageMonth));
        }
    }

    private static void Suspend<TReasoning>(SuspenseReason reason, ref RatedCall result, ref TReasoning reasoning)
        where TReasoning : struct, IReasoning
    {
        result.Reset();
        result.Outcome = Outcome.Suspended;
        result.Reason = reason;
        if (reasoning.Wanted)
        {
            reasoning.Add(SuspenseRules.RuleOf(reason), "suspended", new SuspendedFigures(Words.Of(reason)));
        }
    }
}
