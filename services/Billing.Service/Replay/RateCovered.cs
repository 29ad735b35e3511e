using Billing.Rating.Calls;
using Billing.Service.Usage;

namespace Billing.Service.Replay;

/// <summary>Rates the calls that invoices covered as they were rated then, and adds them to their stream's sums.</summary>
internal sealed class RateCovered(IReadOnlyDictionary<string, CoveredCalls> streams, RebuildKnowledge knowledge) : ITakeCalls
{
    private readonly StreamNames<CoveredCalls> _streams = new(name => streams.GetValueOrDefault(name));
    private readonly CallRecordReader _corrected = new();
    private CallRater? _rater;
    private long _known = -1;
    private RatedCall _call;

    public void Take(in LoggedCall call)
    {
        if (call.IsSuspended || _streams.Find(call.Stream) is not { } covered || call.Version >= covered.Covered.StreamVersion)
        {
            return;
        }

        var correction = covered.Corrections.Of(call.Id, call.Version);
        if (correction.IsVoided)
        {
            return;
        }

        var row = correction.Facts is { } facts ? _corrected.Read(facts) : call.Stored.Row;
        var known = correction.Known ?? call.Stored.Known;
        if (_known != known)
        {
            (_rater, _known) = (knowledge.RaterAt(known), known);
        }

        _rater!.Rate(row.Facts, ref _call);
        covered.Add(row, _call, known);
    }

    public void Finish(int piece)
    {
    }
}
