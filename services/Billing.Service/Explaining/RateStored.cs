using System.Text;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Calls;
using Billing.Rating.Reasoning;
using Billing.Service.Usage;

namespace Billing.Service.Explaining;

/// <summary>Rates stored facts again, with the steps of the reasoning.</summary>
internal static class RateStored
{
    public static (CallResult Result, IReadOnlyList<ReasoningStep> Steps) Explain(CallRater rater, CallRecord facts)
    {
        var call = default(RatedCall);
        var steps = rater.Explain(new CallRecordReader().Read(facts).Facts, ref call);
        return (ResultOf(call), steps);
    }

    private static CallResult ResultOf(in RatedCall call)
    {
        var rated = call.Outcome == Outcome.Rated;
        return new CallResult(
            Words.Of(call.Outcome),
            call.Reason == SuspenseReason.None ? null : Words.Of(call.Reason),
            call.Contract?.Id,
            call.Number,
            call.Outcome == Outcome.Suspended ? null : call.UsageMonth,
            rated ? Words.Of(call.Class) : null,
            call.Carrier,
            call.Destination.IsEmpty ? null : Encoding.ASCII.GetString(call.Destination),
            call.StrippedPrefix,
            rated ? Words.Of(call.TaxCategory) : null,
            new Seconds(call.ChargeableMs),
            call.Units,
            call.Charge,
            call.HasTail ? new Seconds(call.TailMs) : null,
            call.HasTail ? call.TailCharge : null,
            call.TailOverLimit,
            call.Tariff?.Version);
    }
}
