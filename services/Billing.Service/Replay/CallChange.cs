using Billing.Contracts;

namespace Billing.Service.Replay;

/// <summary>How what a call comes to differs from what it was.</summary>
internal static class CallChange
{
    public const string OtherContract = "other-contract";
    public const string OtherMonth = "other-month";
    public const string OtherReason = "other-reason";
    public const string Repriced = "repriced";
    public const string Reclassified = "reclassified";

    /// <summary>
    /// The word for the difference, <c>suspended-to-rated</c> where the outcome is another; null without one. Another tariff
    /// version that comes to the same is none.
    /// </summary>
    public static string? Of(RecordedSide old, OtherSide other)
    {
        if (old.Status != other.Status)
        {
            return $"{CallStatusWords.Of(old.Status)}-to-{CallStatusWords.Of(other.Status)}";
        }

        if (old.Status is not (CallStatus.Rated or CallStatus.Unanswered))
        {
            return old.Reason == other.Reason ? null : OtherReason;
        }

        ref readonly var before = ref old.Call;
        ref readonly var after = ref other.Call;
        return before.Contract?.Id != after.Contract?.Id ? OtherContract
            : before.UsageMonth != after.UsageMonth ? OtherMonth
            : before.Charge != after.Charge ? Repriced
            : before.Class != after.Class || before.Carrier != after.Carrier || before.TaxCategory != after.TaxCategory || before.Number != after.Number
                || before.ChargeableMs != after.ChargeableMs || before.Units != after.Units || before.TailMs != after.TailMs || before.TailCharge != after.TailCharge ? Reclassified
            : null;
    }
}
