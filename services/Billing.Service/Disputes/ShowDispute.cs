using Billing.Contracts.Events;
using Marten;
using NodaTime;

namespace Billing.Service.Disputes;

/// <summary>A dispute with everything that was said and attached, as it stands.</summary>
public sealed record DisputeView(
    string Id,
    string State,
    DisputeOpened Opened,
    int AgeDays,
    bool IsOverdue,
    IReadOnlyList<DisputeEvidenceAdded> Evidence,
    IReadOnlyList<AttachedReplay> Replays,
    IReadOnlyList<AttachedComparison> Comparisons,
    IReadOnlyList<DisputeNumbersRevealed> Revealed,
    DisputeResolved? Resolved,
    DisputeWithdrawn? Withdrawn,
    long Version);

/// <summary>One dispute from its events.</summary>
public static class ShowDispute
{
    /// <summary>The dispute with that id, or null.</summary>
    /// <param name="today">The Tokyo date by which its age is counted.</param>
    public static async Task<DisputeView?> FindAsync(IQuerySession session, string id, LocalDate today, CancellationToken cancel) =>
        await session.Events.AggregateStreamAsync<Dispute>(DisputeRules.Stream(id), token: cancel) is { Opened: { } opened } dispute
            ? Of(dispute, opened, today)
            : null;

    private static DisputeView Of(Dispute dispute, DisputeOpened opened, LocalDate today) => new(
        opened.Dispute,
        dispute.State,
        opened,
        Period.DaysBetween(opened.OpenedOn, dispute.ClosedOn ?? today),
        dispute.State == DisputeStates.Open && opened.Deadline < today,
        dispute.Evidence,
        [.. dispute.Replays.Select(attached => attached.Replay)],
        [.. dispute.Comparisons.Select(attached => attached.Comparison)],
        dispute.Revealed,
        dispute.Resolved,
        dispute.Withdrawn,
        dispute.Version);
}
