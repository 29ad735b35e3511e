using Billing.Contracts;

namespace Billing.Rating.Calls;

/// <summary>
/// The facts of a record that decide its outcome and charge. Instants are milliseconds UTC since 1970; numbers are
/// normalised ASCII (see <see cref="Numbers.NumberText"/>); an absent text is empty.
/// </summary>
public readonly ref struct CallFacts
{
    public required CallKind Kind { get; init; }

    public required CallMode Mode { get; init; }

    public required long StartedMs { get; init; }

    /// <summary>When the call was answered; null: it never was.</summary>
    public required long? AnsweredMs { get; init; }

    public required long EndedMs { get; init; }

    public EndCause EndCause { get; init; }

    public long? SpeechLostMs { get; init; }

    /// <summary>The number that pays: calling number, or for a forward the forwarding number.</summary>
    public required ReadOnlySpan<byte> PayingNumber { get; init; }

    /// <summary>The called number of an answered call or forward; of an extension it may be empty.</summary>
    public ReadOnlySpan<byte> CalledNumber { get; init; }

    public bool HasPresentedNumber { get; init; }

    /// <summary>The presented number, empty when it is no number.</summary>
    public ReadOnlySpan<byte> PresentedNumber { get; init; }

    public ReadOnlySpan<byte> TerminatingCarrier { get; init; }

    public ReadOnlySpan<byte> OriginCountry { get; init; }

    public Device Device { get; init; }

    public ReadOnlySpan<byte> AppVersion { get; init; }
}
