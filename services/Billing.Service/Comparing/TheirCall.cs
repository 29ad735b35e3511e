using Billing.Contracts;

namespace Billing.Service.Comparing;

/// <summary>A call as the other party has it.</summary>
/// <param name="Line">The line of their file.</param>
/// <param name="Number">Our 050 number that the call would be booked on, or the calling number as it is when nobody holds it.</param>
/// <param name="Called">The called number, comparable.</param>
/// <param name="StartMs">Milliseconds UTC since 1970.</param>
/// <param name="IsOutside">True when it begins outside the month, so near that a call of the month may still be meant.</param>
internal sealed record TheirCall(
    long Line, string? Id, string Number, string Called, long StartMs, long DurationMs, Yen? Amount, bool IsOutside);

/// <summary>A call of ours: rated, or never answered.</summary>
/// <param name="StartMs">The instant that the other party's start is compared with.</param>
/// <param name="DurationMs">From answer to end; 0 when it was never answered.</param>
internal sealed record OurCall(string Source, string RecordId, string Called, bool IsRated, long StartMs, long DurationMs, Yen Charge);

/// <summary>A record that we hold but bill nobody for, and why.</summary>
internal sealed record HeldCall(string Called, long StartMs, string Reason);

/// <summary>How far apart two records of one call may be.</summary>
public sealed record Tolerances(Seconds Start, Seconds Duration, Yen Amount)
{
    public static Tolerances Default { get; } = new(new Seconds(2000), new Seconds(1000), Yen.Zero);
}
