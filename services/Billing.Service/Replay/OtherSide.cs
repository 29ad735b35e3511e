using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Calls;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using NodaTime;

namespace Billing.Service.Replay;

/// <summary>What calls come to with the other knowledge, one at a time.</summary>
internal sealed class OtherSide(RatingKnowledge knowledge, Instant? asOf, SupposedCorrections supposed)
{
    private readonly CallRecordReader _facts = new();
    private RatedCall _call;

    public CallStatus Status { get; private set; }

    /// <summary>Why it is suspended.</summary>
    public SuspenseReason Reason { get; private set; }

    /// <summary>The rated or unanswered call; of other statuses it says nothing.</summary>
    public ref readonly RatedCall Call => ref _call;

    /// <summary>When it was answered, by the facts that count.</summary>
    public long? AnsweredMs { get; private set; }

    public void Take(in LoggedCall call, ReplayedStream stream)
    {
        Reason = SuspenseReason.None;
        AnsweredMs = null;
        var corrected = stream.Other.Of(call.Id, call.Version);
        if (asOf is { } at && call.At > at)
        {
            Status = CallStatus.NotRecorded;
        }
        else if (corrected.IsVoided)
        {
            Status = CallStatus.Voided;
        }
        else if (call.IsSuspended && call.Stored.Reason.IsOfTheRecord())
        {
            // whatever is known: it is not for rating that the record is suspended
            (Status, Reason) = (CallStatus.Suspended, call.Stored.Reason);
        }
        else
        {
            Rate(call, corrected.Facts);
        }
    }

    private void Rate(in LoggedCall call, CallRecord? facts)
    {
        var row = facts is null ? call.Stored.Row : _facts.Read(facts);
        if (supposed.Find(row) is { } correction)
        {
            if (correction.Correction.Facts is not { } other)
            {
                Status = CallStatus.Voided;
                return;
            }

            var (record, reject) = CallCorrections.Apply(row, other);
            if (record is null)
            {
                correction.Reject = reject;
            }
            else
            {
                row = _facts.Read(record);
            }
        }

        knowledge.Rater.Rate(row.Facts, ref _call);
        (Status, Reason, AnsweredMs) = (_call.Outcome switch
        {
            Outcome.Rated => CallStatus.Rated,
            Outcome.Unanswered => CallStatus.Unanswered,
            _ => CallStatus.Suspended,
        }, _call.Reason, row.AnsweredMs);
    }
}
