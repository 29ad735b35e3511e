using Billing.Contracts;
using Billing.Rating.Calls;
using Billing.Service.Usage;

namespace Billing.Service.Replay;

/// <summary>What calls were recorded or billed as, one at a time: rated again with what was known when each was recorded.</summary>
internal sealed class RecordedSide(RebuildKnowledge knowledge)
{
    private readonly CallRecordReader _facts = new();
    private CallRater? _rater;
    private long _known = -1;
    private RatedCall _call;

    public CallStatus Status { get; private set; }

    /// <inheritdoc cref="OtherSide.Reason"/>
    public SuspenseReason Reason { get; private set; }

    /// <inheritdoc cref="OtherSide.Call"/>
    public ref readonly RatedCall Call => ref _call;

    public void Take(in LoggedCall call, ReplayedStream stream)
    {
        Reason = SuspenseReason.None;
        var corrected = stream.Recorded.Of(call.Id, call.Version);
        if (corrected.IsVoided)
        {
            Status = CallStatus.Voided;
        }
        else if (call.IsSuspended)
        {
            (Status, Reason) = stream.ReleasedAt(call.Id) is null ? (CallStatus.Suspended, call.Stored.Reason) : (CallStatus.Released, SuspenseReason.None);
        }
        else
        {
            var known = corrected.Known ?? call.Stored.Known;
            if (_known != known)
            {
                (_rater, _known) = (knowledge.RaterAt(known), known);
            }

            var row = corrected.Facts is { } facts ? _facts.Read(facts) : call.Stored.Row;
            _rater!.Rate(row.Facts, ref _call);
            Status = _call.Outcome == Outcome.Rated ? CallStatus.Rated : _call.Outcome == Outcome.Unanswered ? CallStatus.Unanswered : CallStatus.Suspended;
            Reason = _call.Reason;
        }
    }
}
