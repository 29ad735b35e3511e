using Billing.Contracts;
using Billing.Contracts.Events;
using NodaTime;

namespace Billing.Service.Disputes;

/// <summary>A dispute as its events tell it.</summary>
public sealed class Dispute
{
    private readonly List<DisputeEvidenceAdded> _evidence = [];
    private readonly List<DisputeReplayAttached> _replays = [];
    private readonly List<DisputeComparisonAttached> _comparisons = [];
    private readonly List<DisputeNumbersRevealed> _revealed = [];

    /// <summary>The stream's key.</summary>
    public string Id { get; set; } = "";

    /// <summary>The version of the stream.</summary>
    public long Version { get; set; }

    /// <summary>What was claimed; null while the stream has no event.</summary>
    public DisputeOpened? Opened { get; private set; }

    public IReadOnlyList<DisputeEvidenceAdded> Evidence => _evidence;

    public IReadOnlyList<DisputeReplayAttached> Replays => _replays;

    public IReadOnlyList<DisputeComparisonAttached> Comparisons => _comparisons;

    public IReadOnlyList<DisputeNumbersRevealed> Revealed => _revealed;

    public DisputeResolved? Resolved { get; private set; }

    public DisputeWithdrawn? Withdrawn { get; private set; }

    /// <summary>One of <see cref="DisputeStates"/>.</summary>
    public string State => Resolved?.Outcome ?? (Withdrawn is null ? DisputeStates.Open : DisputeStates.Withdrawn);

    /// <summary>The day on which it was decided or withdrawn.</summary>
    public LocalDate? ClosedOn => Resolved?.On ?? Withdrawn?.On;

    public void Apply(DisputeOpened opened) => Opened = opened;

    public void Apply(DisputeEvidenceAdded added) => _evidence.Add(added);

    public void Apply(DisputeReplayAttached attached) => _replays.Add(attached);

    public void Apply(DisputeComparisonAttached attached) => _comparisons.Add(attached);

    public void Apply(DisputeNumbersRevealed revealed) => _revealed.Add(revealed);

    public void Apply(DisputeResolved resolved) => Resolved = resolved;

    public void Apply(DisputeWithdrawn withdrawn) => Withdrawn = withdrawn;

    /// <summary>The state after one more event of the stream.</summary>
    /// <exception cref="InvalidDataException">The event is not one of a dispute.</exception>
    public Dispute Take(object happened)
    {
        switch (happened)
        {
            case DisputeOpened e: Apply(e); break;
            case DisputeEvidenceAdded e: Apply(e); break;
            case DisputeReplayAttached e: Apply(e); break;
            case DisputeComparisonAttached e: Apply(e); break;
            case DisputeNumbersRevealed e: Apply(e); break;
            case DisputeResolved e: Apply(e); break;
            case DisputeWithdrawn e: Apply(e); break;
            default: throw new InvalidDataException($"{happened.GetType().Name} is no event of a dispute.");
        }

        Version++;
        return this;
    }
}
