namespace Billing.Service.Replay;

/// <summary>What a call event amounts to on one side of a comparison.</summary>
internal enum CallStatus : byte
{
    Rated,
    Unanswered,
    Suspended,

    /// <summary>Taken back by a correction.</summary>
    Voided,

    /// <summary>At the instant looked at, nobody had recorded it.</summary>
    NotRecorded,

    /// <summary>A suspended record that was recorded as a call since: that call counts.</summary>
    Released,
}

/// <summary>The words for it.</summary>
internal static class CallStatusWords
{
    private static readonly string[] Words = ["rated", "unanswered", "suspended", "voided", "not-recorded", "released"];

    public static string Of(CallStatus status) => Words[(int)status];
}
