using Billing.Contracts;
using Billing.Rating.Calls;
using Billing.Rating.Numbers;

namespace Billing.Rating.Records;

/// <summary>
/// One row of <c>cdr v1</c> as it was read: either a reason for its rejection, or all its fields, parsed and as captured.
/// Its texts are valid until the next row is read.
/// </summary>
public ref struct CdrRow
{
    public RejectReason Reject { get; internal set; }

    /// <summary>As captured; empty when the row could not be taken apart.</summary>
    public ReadOnlySpan<byte> Source { get; internal set; }

    /// <inheritdoc cref="Source"/>
    public ReadOnlySpan<byte> RecordId { get; internal set; }

    public ReadOnlySpan<byte> CallingNumber { get; internal set; }

    public ReadOnlySpan<byte> CalledNumber { get; internal set; }

    public ReadOnlySpan<byte> ForwardedBy { get; internal set; }

    public ReadOnlySpan<byte> PresentedNumber { get; internal set; }

    public ReadOnlySpan<byte> TerminatingCarrier { get; internal set; }

    public ReadOnlySpan<byte> OriginCountry { get; internal set; }

    public ReadOnlySpan<byte> AppVersion { get; internal set; }

    public CallKind Kind { get; internal set; }

    public CallMode Mode { get; internal set; }

    public EndCause EndCause { get; internal set; }

    public Device Device { get; internal set; }

    public long StartedMs { get; internal set; }

    public long? AnsweredMs { get; internal set; }

    public long EndedMs { get; internal set; }

    public long? SpeechLostMs { get; internal set; }

    /// <summary>The normalised number that pays.</summary>
    public ReadOnlySpan<byte> PayingNumber { get; internal set; }

    /// <summary>The normalised called number, where it is read; else empty.</summary>
    public ReadOnlySpan<byte> NormalisedCalledNumber { get; internal set; }

    /// <summary>The normalised presented number, empty when it is no number.</summary>
    public ReadOnlySpan<byte> NormalisedPresentedNumber { get; internal set; }

    /// <summary>What rating needs of the row.</summary>
    public readonly CallFacts Facts => new()
    {
        Kind = Kind,
        Mode = Mode,
        StartedMs = StartedMs,
        AnsweredMs = AnsweredMs,
        EndedMs = EndedMs,
        EndCause = EndCause,
        SpeechLostMs = SpeechLostMs,
        PayingNumber = PayingNumber,
        CalledNumber = NormalisedCalledNumber,
        HasPresentedNumber = !PresentedNumber.IsEmpty,
        PresentedNumber = NormalisedPresentedNumber,
        TerminatingCarrier = TerminatingCarrier,
        OriginCountry = OriginCountry,
        Device = Device,
        AppVersion = AppVersion,
    };

    /// <summary>Fills in the normalised numbers, each in its own room; false when one that must be a number is none.</summary>
    internal bool NormaliseNumbers(Span<byte> payingRoom, Span<byte> calledRoom, Span<byte> presentedRoom)
    {
        var paying = NumberText.Normalise(Kind == CallKind.Forward ? ForwardedBy : CallingNumber, payingRoom);
        if (paying < 0)
        {
            return false;
        }

        PayingNumber = payingRoom[..paying];
        if (AnsweredMs is not null && Kind != CallKind.Sms)
        {
            var called = NumberText.Normalise(CalledNumber, calledRoom);
            if (called < 0 && Kind != CallKind.Extension)
            {
                return false;
            }

            NormalisedCalledNumber = calledRoom[..Math.Max(called, 0)];
        }

        if (!PresentedNumber.IsEmpty)
        {
            NormalisedPresentedNumber = presentedRoom[..Math.Max(NumberText.Normalise(PresentedNumber, presentedRoom), 0)];
        }

        return true;
    }
}
