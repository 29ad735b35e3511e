using Billing.Service.Invoicing;

namespace Billing.Service.Replay;

/// <summary>One thread that walks the calls of contracts which pass their limit, a few contracts at a time.</summary>
internal sealed class WalkLimits(ReplayRequest request, ReplayedLog log, OtherSide other, IReadOnlyDictionary<string, StoredUsage> contracts) : ITakeCalls
{
    private readonly StreamNames<ReplayedStream> _streams = new(name => ReplayedStream.Of(name, request.Month, log));

    public void Take(in LoggedCall call)
    {
        var stream = _streams.Find(call.Stream)!;
        if (call.Version >= stream.Cut || (stream.ReleasedAt(call.Id) is { } released && (request.AsOf is not { } at || released <= at)))
        {
            return;
        }

        other.Take(call, stream);
        if (other.Status != CallStatus.Rated || other.Call.UsageMonth != request.Month || !contracts.TryGetValue(other.Call.Contract!.Id, out var stored))
        {
            return;
        }

        lock (stored)
        {
            stored.Walk(other.AnsweredMs!.Value, call.Stored.Row.Source, call.Stored.Row.RecordId, other.Call.Charge, other.Call.TaxCategory);
        }
    }

    public void Finish(int piece)
    {
    }
}
