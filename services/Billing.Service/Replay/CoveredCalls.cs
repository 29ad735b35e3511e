using System.Text;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Calls;
using Billing.Rating.Invoicing;
using Billing.Rating.Records;
using Billing.Service.Invoicing;
using Billing.Service.Usage;

namespace Billing.Service.Replay;

/// <summary>The calls of one month that an invoice covered, added up anew. Several threads may add to it.</summary>
internal sealed class CoveredCalls(string contract, CoveredUsage covered)
{
    private readonly Lock _lock = new();
    private readonly MonthUsage _sums = new(null);
    private StoredUsage? _walking;

    public ContractMonth Key { get; } = new(contract, covered.Month);

    public CoveredUsage Covered => covered;

    public string Stream { get; } = UsageStreams.Of(contract, covered.Month);

    /// <summary>What had been corrected when the invoice was issued.</summary>
    public StreamCorrections Corrections { get; set; } = StreamCorrections.None;

    public long Calls { get; private set; }

    /// <summary>The first call that can not have been covered as it is now.</summary>
    public string? Fault { get; private set; }

    public void Add(in CdrRow row, in RatedCall call, long known)
    {
        lock (_lock)
        {
            if (_walking is not null)
            {
                if (call.Outcome == Outcome.Rated)
                {
                    _walking.Walk(row.AnsweredMs!.Value, row.Source, row.RecordId, call.Charge, call.TaxCategory);
                }

                return;
            }

            Calls++;
            if (call.Outcome != Outcome.Suspended && call.Contract?.Id == contract && call.UsageMonth == covered.Month)
            {
                _sums.Add(call, row.AnsweredMs ?? row.StartedMs, row.Source, row.RecordId);
            }
            else
            {
                Fault ??= $"call {Encoding.UTF8.GetString(row.Source)}/{Encoding.UTF8.GetString(row.RecordId)} was recorded for contract {contract} in {covered.Month}, but by what was known at {known} it is "
                    + (call.Outcome == Outcome.Suspended ? $"suspended: {Words.Of(call.Reason)}" : $"one of {call.Contract?.Id ?? "nobody"} in {call.UsageMonth}");
            }
        }
    }

    /// <summary>The usage as the issue saw it.</summary>
    /// <param name="invoiced">What invoices have billed of the month; of them only those before this one count.</param>
    public StoredUsage ToStored(Yen? limit, IEnumerable<CoveredUsage> invoiced)
    {
        var stored = SummedUsage.Of(Key, limit, _sums);
        foreach (var earlier in invoiced.Where(earlier => earlier.StreamVersion < covered.StreamVersion))
        {
            stored.AddInvoiced(earlier);
        }

        return stored;
    }

    /// <summary>From now on the calls are only walked for their limit.</summary>
    public void Walk(StoredUsage stored) => _walking = stored;
}
