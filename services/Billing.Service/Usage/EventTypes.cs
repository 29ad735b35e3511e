namespace Billing.Service.Usage;

/// <summary>The names under which call events are stored: one place for Marten and the bulk append.</summary>
internal static class EventTypes
{
    public const string CallRecorded = "call_recorded.v1";
    public const string CallSuspended = "call_suspended.v1";
    public const string CallReleased = "call_released.v1";
    public const string UsageMonthClosed = "usage_month_closed.v1";
    public const string UsageLimitReached = "usage_limit_reached.v1";
    public const string LimitAlertAddressesSet = "limit_alert_addresses_set.v1";
    public const string CallVoided = StreamCorrections.Voided;
    public const string CallCorrected = StreamCorrections.Corrected;
    public const string UsageRerated = StreamCorrections.Rerated;

    /// <summary>For SQL: the types of corrections.</summary>
    public const string Corrections = $"'{CallVoided}', '{CallCorrected}', '{UsageRerated}'";

    /// <summary>For SQL: the types of the events that come after a call and change what is made of it. <see cref="ChangesIndex"/> finds them.</summary>
    public const string ChangesOfCalls = $"{Corrections}, '{CallReleased}'";
}
