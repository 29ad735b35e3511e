using Billing.Contracts;
using Billing.Formats;
using Billing.Rating.Calls;
using Billing.Rating.Invoicing;
using Billing.Rating.Subscriptions;
using Billing.Service.Ingestion;

namespace Billing.Service.Offline;

/// <summary>What depends on the rows before: finds duplicates, counts, adds up the month's usage and writes each row, in the order of the file.</summary>
internal sealed class MonthRun
{
    private readonly UsageMonth _month;
    private readonly RatedCsv _rated;
    private readonly SeenCalls _seen = new();
    private readonly Dictionary<Contract, MonthUsage> _usage = [];
    private SeenCalls.Sighting[] _sightings = [];

    public MonthRun(UsageMonth month, RatedCsv rated)
    {
        _month = month;
        _rated = rated;
        rated.WriteHeader();
    }

    public ReceiptCounts Counts { get; } = new();

    /// <summary>The usage of the month by contract; contracts without any are left out.</summary>
    public IReadOnlyDictionary<Contract, MonthUsage> Usage => _usage;

    public void Take(RatedBatch batch)
    {
        if (_sightings.Length < batch.Count)
        {
            _sightings = new SeenCalls.Sighting[batch.Count];
        }

        // a loop of its own: the look-ups are far apart in memory and wait for it side by side
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Reject == RejectReason.None && batch[i].Profiled is null or { Fate: RowFate.Suspended })
            {
                _sightings[i] = _seen.Note(batch[i].Identity);
            }
        }

        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Reject is var reject and not RejectReason.None)
            {
                Counts.Add(Outcome.Rejected, reject: reject);
                Write(batch, i, Outcome.Rejected, Words.Of(reject));
            }
            else if (batch[i].Profiled is { Fate: not RowFate.Suspended } row)
            {
                Take(batch, i, row);
            }
            else
            {
                Take(batch, i, _sightings[i]);
            }
        }
    }

    /// <summary>A row that is no call, or the half of one: there is nothing to rate.</summary>
    private void Take(RatedBatch batch, int index, ProfiledRow row)
    {
        if (row.Fate == RowFate.Duplicate)
        {
            Counts.Add(Outcome.Duplicate);
            Write(batch, index, Outcome.Duplicate, "");
            return;
        }

        Counts.Add(row);
    }

    private void Take(RatedBatch batch, int index, SeenCalls.Sighting sighting)
    {
        switch (sighting)
        {
            case SeenCalls.Sighting.Duplicate:
                Counts.Add(Outcome.Duplicate);
                Write(batch, index, Outcome.Duplicate, "");
                break;
            case SeenCalls.Sighting.Conflict:
                Counts.Add(Outcome.Suspended, SuspenseReason.ConflictingDuplicate);
                Write(batch, index, Outcome.Suspended, Words.Of(SuspenseReason.ConflictingDuplicate));
                break;
            case SeenCalls.Sighting.New when batch[index].Profiled is { } suspended:
                Counts.Add(Outcome.Suspended, suspended.Suspense);
                Write(batch, index, Outcome.Suspended, Words.Of(suspended.Suspense));
                break;
            default:
                Take(batch, index, batch.Call(index));
                break;
        }
    }

    private void Take(RatedBatch batch, int index, in RatedCall call)
    {
        Counts.Add(call.Outcome, call.Reason);
        if (call.Outcome == Outcome.Suspended)
        {
            Write(batch, index, Outcome.Suspended, Words.Of(call.Reason));
            return;
        }

        _rated.Write(batch[index].Line, batch.Source(index), batch.RecordId(index), call.Outcome, batch.Columns(index));
        if (call.Contract is not { } contract || call.UsageMonth != _month)
        {
            return;
        }

        if (!_usage.TryGetValue(contract, out var total))
        {
            _usage.Add(contract, total = new MonthUsage(BillingMonth.LimitOf(contract, _month)));
        }

        try
        {
            total.Add(call, batch[index].AnsweredMs, batch.Source(index), batch.RecordId(index));
        }
        catch (OverflowException fault)
        {
            throw new OverflowException($"line {batch[index].Line}: the usage of {contract.Id} in {_month} is larger than an amount can hold", fault);
        }
    }

    private void Write(RatedBatch batch, int index, Outcome outcome, string reason) =>
        _rated.Write(batch[index].Line, batch.Source(index), batch.RecordId(index), outcome, reason);
}
