using NodaTime;

namespace Billing.Contracts.Events;

/// <summary>A call record as it was captured, its words and instants read: the JSON form of <c>cdr v1</c>.</summary>
public sealed record CallRecord
{
    public required string Source { get; init; }

    public required string RecordId { get; init; }

    public required string Kind { get; init; }

    public required string Mode { get; init; }

    public required string CallingNumber { get; init; }

    public required string CalledNumber { get; init; }

    public required Instant StartedAt { get; init; }

    public Instant? AnsweredAt { get; init; }

    public required Instant EndedAt { get; init; }

    public required string EndCause { get; init; }

    public Instant? SpeechLostAt { get; init; }

    public string? ForwardedBy { get; init; }

    public string? PresentedNumber { get; init; }

    public string? TerminatingCarrier { get; init; }

    public string? OriginCountry { get; init; }

    public string? Device { get; init; }

    public string? AppVersion { get; init; }
}

/// <summary>
/// A call was accepted: on <c>usage-{contract}-{month}</c>, or on <c>unassigned-{month}</c> when it was never answered and
/// nobody holds its number. <c>Known</c> is the state of knowledge it was rated with.
/// </summary>
public sealed record CallRecorded(CallRecord Call, long Delivery, long Line, long Known);

/// <summary>A readable record that nobody can be charged for yet: on <c>suspense-{source}-{month}</c>.</summary>
public sealed record CallSuspended(CallRecord Call, string Reason, long Delivery, long Line, long Known);

/// <summary>A suspended record left suspense: it was recorded as the event named here.</summary>
public sealed record CallReleased(Guid Suspended, Guid Recorded, string Stream, long Known);

/// <summary>
/// The invoice of a contract and month covered the stream up to this event. <c>Digest</c> seals the events since the closing
/// before: SHA-256 over that closing's digest, or over what names the stream, and the digests of the events in order.
/// </summary>
public sealed record UsageMonthClosed(string Contract, UsageMonth Month, string Invoice, long Calls, long Unanswered, string Digest);

/// <summary>A contract's usage reached 50, 80 or 100 per cent of its limit; once per step and month (R14).</summary>
public sealed record UsageLimitReached(string Contract, UsageMonth Month, int Percent, Yen Limit, Yen Usage);
