namespace Billing.Contracts.Documents;

/// <summary><c>corrections.json</c>: calls to be taken back or to be given other facts.</summary>
public sealed record CorrectionsDocument
{
    public required IReadOnlyList<CorrectionDocument> Corrections { get; init; }
}

/// <summary>What is to become of one call: <c>void</c> takes it back, <c>facts</c> sets facts right; one of the two.</summary>
public sealed record CorrectionDocument
{
    /// <summary>The call as its switch named it: <c>SOURCE/ID</c>.</summary>
    public required string Call { get; init; }

    public bool? Void { get; init; }

    public CorrectedFactsDocument? Facts { get; init; }
}

/// <summary>
/// The members of <c>cdr v1</c> that change, written as in its JSON form; an absent member stays as it is, an empty one is
/// taken away. Source and record id are the call's identity and never change.
/// </summary>
public sealed record CorrectedFactsDocument
{
    public string? Kind { get; init; }

    public string? Mode { get; init; }

    public string? CallingNumber { get; init; }

    public string? CalledNumber { get; init; }

    public string? StartedAt { get; init; }

    public string? AnsweredAt { get; init; }

    public string? EndedAt { get; init; }

    public string? EndCause { get; init; }

    public string? SpeechLostAt { get; init; }

    public string? ForwardedBy { get; init; }

    public string? PresentedNumber { get; init; }

    public string? TerminatingCarrier { get; init; }

    public string? OriginCountry { get; init; }

    public string? Device { get; init; }

    public string? AppVersion { get; init; }
}
