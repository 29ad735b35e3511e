using System.Globalization;
using System.Text;
using Billing.Contracts;
using Billing.Rating.Calls;
using Billing.Rating.Records;
using Billing.Service.Usage;
using NodaTime;
using NodaTime.Text;

namespace Billing.Service.Replay;

/// <summary>One row of <c>calls.csv</c> per call: what it was and what it comes to. Called numbers are masked.</summary>
internal static class CallsCsv
{
    public const string Header =
        "source,record_id,called_number,started_at,change,"
        + "old_outcome,old_reason,old_contract,old_month,old_class,old_carrier,old_tax_category,old_tariff_version,old_chargeable_ms,old_units,old_charge,"
        + "new_outcome,new_reason,new_contract,new_month,new_class,new_carrier,new_tax_category,new_tariff_version,new_chargeable_ms,new_units,new_charge,difference";

    /// <param name="recorded">The row as it was recorded.</param>
    public static void Write(StringBuilder text, in CdrRow recorded, string? change, RecordedSide old, OtherSide other)
    {
        text.Append(Csv.Field(Encoding.UTF8.GetString(recorded.Source))).Append(',')
            .Append(Csv.Field(Encoding.UTF8.GetString(recorded.RecordId))).Append(',')
            .Append(Csv.Field(Masked.Number(Encoding.UTF8.GetString(recorded.CalledNumber)))).Append(',')
            .Append(InstantPattern.ExtendedIso.Format(Instant.FromUnixTimeMilliseconds(recorded.StartedMs))).Append(',')
            .Append(change).Append(',');
        Write(text, old.Status, old.Reason, old.Call);
        Write(text, other.Status, other.Reason, other.Call);
        text.Append(ChargeOf(other.Status, other.Call) - ChargeOf(old.Status, old.Call)).Append('\n');
    }

    /// <summary>What a call costs: nothing unless it is rated.</summary>
    public static Yen ChargeOf(CallStatus status, in RatedCall call) => status == CallStatus.Rated ? call.Charge : Yen.Zero;

    private static void Write(StringBuilder text, CallStatus status, SuspenseReason reason, in RatedCall call)
    {
        text.Append(CallStatusWords.Of(status)).Append(',').Append(Words.Of(reason)).Append(',');
        if (status is not (CallStatus.Rated or CallStatus.Unanswered))
        {
            text.Append(",,,,,,,,,");
            return;
        }

        var rated = status == CallStatus.Rated;
        text.Append(Csv.Field(call.Contract?.Id)).Append(',')
            .Append(call.UsageMonth).Append(',')
            .Append(Words.Of(call.Class)).Append(',')
            .Append(Csv.Field(call.Carrier)).Append(',')
            .Append(rated ? Words.Of(call.TaxCategory) : "").Append(',')
            .Append(Csv.Field(call.Tariff?.Version)).Append(',')
            .Append(CultureInfo.InvariantCulture, $"{call.ChargeableMs},{call.Units},{call.Charge},");
    }
}
