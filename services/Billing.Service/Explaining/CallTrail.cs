using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Usage;
using NodaTime;

namespace Billing.Service.Explaining;

/// <summary>What a call is rated by at a point of its stream: its facts, and the number of the knowledge.</summary>
internal sealed record CallBasis(CallRecord Call, long Known);

/// <summary>The records of one identity and what happened to them, up to an instant.</summary>
internal sealed class CallTrail
{
    private static readonly string Conflicting = Words.Of(SuspenseReason.ConflictingDuplicate);

    private readonly HashSet<Guid> _voided;

    private CallTrail(IReadOnlyList<StoredRecord> records, IReadOnlyList<LaterEvent> later)
    {
        Records = records;
        Later = later;
        _voided = [.. later.Select(happened => happened.Body).OfType<CallVoided>().Select(voided => voided.Call)];
        Subject = records.LastOrDefault(record => record.Reason is null && !IsVoided(record))
            ?? records.LastOrDefault(record => record.Reason is not null && record.Reason != Conflicting && !IsVoided(record))
            ?? records.LastOrDefault(record => record.Reason != Conflicting)
            ?? records[0];
    }

    /// <summary>All records of the identity, conflicting copies too.</summary>
    public IReadOnlyList<StoredRecord> Records { get; }

    /// <summary>Releases, voids and corrections, in order.</summary>
    public IReadOnlyList<LaterEvent> Later { get; }

    /// <summary>The record that stands for the identity now: a recorded call before a suspended one, one that stands before one that was voided.</summary>
    public StoredRecord Subject { get; }

    public bool IsSubjectVoided => IsVoided(Subject);

    /// <summary>Copies with other contents than the first: they never leave suspense by themselves.</summary>
    public IEnumerable<StoredRecord> Conflicts => Records.Where(record => record.Reason == Conflicting && record != Subject);

    public static async Task<CallTrail?> ReadAsync(CallEvents events, CallName name)
    {
        var records = await events.RecordsAsync(name);
        return records.Count == 0 ? null : new CallTrail(records, await events.LaterAsync(records));
    }

    /// <summary>The trail as it was at an instant; null when nothing was stored by then.</summary>
    public CallTrail? At(Instant asOf)
    {
        var records = Records.Where(record => record.At <= asOf).ToList();
        return records.Count == 0 ? null : new CallTrail(records, [.. Later.Where(happened => happened.At <= asOf)]);
    }

    public bool IsVoided(StoredRecord record) => _voided.Contains(record.Id);

    /// <summary>True when a re-rating rates a recorded call anew: one before it that was not voided by then, nor left as it is.</summary>
    public bool Concerns(LaterEvent happened, UsageRerated rerated, StoredRecord record) =>
        IsHeld(happened, record) && rerated.Except?.Contains(record.Id) != true;

    /// <summary>True when a recorded call stood on the stream of a later event.</summary>
    public bool IsHeld(LaterEvent happened, StoredRecord record) =>
        record.Reason is null && record.Stream == happened.Stream && record.Version < happened.Version
        && !Later.Any(other => other.Body is CallVoided voided && voided.Call == record.Id && other.Version < happened.Version);

    /// <summary>The record that took the place of one that was voided; null when none did.</summary>
    public StoredRecord? ReplacementOf(Guid voided) => Records.FirstOrDefault(record => record.Id == CallEventId.OfReplacement(voided));

    /// <summary>The voided record whose place this one takes; null when it takes none.</summary>
    public StoredRecord? ReplacedBy(StoredRecord record) => Records.FirstOrDefault(other => CallEventId.OfReplacement(other.Id) == record.Id);

    /// <summary>
    /// What the subject is rated by: a correction sets facts and knowledge, a later re-rating of its stream that concerns it the knowledge
    /// alone. A voided call keeps what it was when it was voided.
    /// </summary>
    /// <param name="before">Only what stands on the stream before this version; null: everything.</param>
    public CallBasis Basis(long? before = null)
    {
        var basis = new CallBasis(Subject.Call, Subject.Known);
        foreach (var happened in Later.Where(happened => happened.Stream == Subject.Stream && happened.Version > Subject.Version && (before is not { } limit || happened.Version < limit)))
        {
            basis = happened.Body switch
            {
                CallCorrected corrected when corrected.Call == Subject.Id => new CallBasis(corrected.Facts, corrected.Known),
                UsageRerated rerated when Concerns(happened, rerated, Subject) => basis with { Known = rerated.Known },
                _ => basis,
            };
        }

        return basis;
    }
}
