namespace Billing.Service.Usage;

/// <summary>The names under which call events are stored: one place for Marten and the bulk append.</summary>
internal static class EventTypes
{
    public const string CallRecorded = "call_recorded.v1";
    public const string CallSuspended = "call_suspended.v1";
    public const string CallReleased = "call_released.v1";
    public const string UsageMonthClosed = "usage_month_closed.v1";
    public const string UsageLimitReached = "usage_limit_reached.v1";
    public const string CallVoided = "call_voided.v1";
    public const string CallCorrected = "call_corrected.v1";
    public const string UsageRerated = "usage_rerated.v1";
}
