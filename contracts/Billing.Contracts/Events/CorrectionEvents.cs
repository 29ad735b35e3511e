namespace Billing.Contracts.Events;

/// <summary>Why facts that were recorded are taken back or set right: who says so, and on what evidence.</summary>
/// <param name="Evidence">Where the evidence lies: a ticket, a letter, a file's SHA-256.</param>
/// <param name="Document">The credit note or adjustment that carries the money; null while the month is not invoiced.</param>
public sealed record CorrectionGrounds(string Reason, string By, string? Evidence = null, string? Document = null);

/// <summary>
/// A recorded or suspended call is no longer one: on the stream that holds it. Its event stays; it is rated, listed and
/// counted no more, and its identity is free for the record that takes its place.
/// </summary>
public sealed record CallVoided(Guid Call, CorrectionGrounds Grounds);

/// <summary>
/// Other facts of a recorded call were established: on the usage stream that holds it. The call keeps its identity and
/// place; it is rated by these facts with the state of knowledge <c>Known</c>.
/// </summary>
public sealed record CallCorrected(Guid Call, CallRecord Facts, long Known, CorrectionGrounds Grounds);

/// <summary>
/// The calls recorded on a usage stream before this event are rated with the state of knowledge <c>Known</c>, not with what was
/// known when each was recorded: a tariff, reference table or contract was set right retroactively.
/// </summary>
/// <param name="Except">The calls, by the ids of their events, that stay as they are because they were given back; null for none.</param>
public sealed record UsageRerated(long Known, CorrectionGrounds Grounds, IReadOnlyList<Guid>? Except = null);
