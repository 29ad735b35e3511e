using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Calls;
using Billing.Rating.Subscriptions;
using NodaTime;

namespace Billing.Rating.Reasoning;

/// <summary>The steps around a call's payer, its time and its charge. Asked only when reasons are wanted.</summary>
internal static class CallReasons
{
    /// <summary>A mobile call that took over has the promise of R73, everything else what the tariff says (R74).</summary>
    public static string TailRule(EndCause cause) => cause == EndCause.MobileInterrupt ? "R73" : "R74";

    public static void Payer<TReasoning>(ref TReasoning reasoning, in CallFacts facts, Holding holding, bool isPair, int day)
        where TReasoning : struct, IReasoning =>
        reasoning.Add(isPair ? "R58" : "§3", "payer", new PayerFigures(
            holding.Contract.Id,
            holding.Contract.Service == ServiceKind.WMode ? "w-mode" : "biz",
            holding.Number,
            isPair ? Encoding.ASCII.GetString(facts.PayingNumber) : null,
            Validity.OfDays(holding.FromDay, holding.ToDay),
            Validity.OfDays(holding.Contract.OpenedDay, holding.Contract.TerminatedDay),
            Tokyo.Date(day)));

    public static void ChargeableTime<TReasoning>(ref TReasoning reasoning, in CallFacts facts, long answeredMs, long chargeableMs)
        where TReasoning : struct, IReasoning =>
        reasoning.Add("§5", "chargeable-time", new ChargeableTimeFigures(
            new Seconds(chargeableMs),
            new Seconds(facts.EndedMs - answeredMs),
            Instant.FromUnixTimeMilliseconds(answeredMs),
            Instant.FromUnixTimeMilliseconds(facts.EndedMs),
            facts.SpeechLostMs is { } lost ? Instant.FromUnixTimeMilliseconds(lost) : null));

    /// <summary>The disconnect charge, where there is a tail, and the charge itself.</summary>
    public static void Charge<TReasoning>(ref TReasoning reasoning, EndCause cause, in RatedCall result)
        where TReasoning : struct, IReasoning
    {
        if (result.HasTail)
        {
            reasoning.Add(TailRule(cause), "disconnect-charge", new TailFigures(
                new Seconds(result.TailMs), result.TailCharge, result.Charge, result.Charge - result.TailCharge));
        }

        reasoning.Add("§6", "charge", new ChargeFigures(result.Charge, result.Units, Words.Of(result.TaxCategory)));
    }
}
