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
    private readonly List<Guid> _ids = [];
    private StoredUsage? _walking;

    public ContractMonth Key { get; } = new(contract, covered.Month);

    public CoveredUsage Covered => covered;

    public string Stream { get; } = UsageStreams.Of(contract, covered.Month);

    /// <summary>What had been corrected when the invoice was issued.</summary>
    public StreamCorrections Corrections { get; set; } = StreamCorrections.None;

    public long Calls => _ids.Count;

    /// <summary>The first call that can not have been covered as it is now.</summary>
    public string? Fault { get; private set; }

    /// <summary>True when the ids of the calls have the digest that was issued.</summary>
    public bool HasItsDigest
    {
        get
        {
            // the order of their bytes, as the database sorts them
            _ids.Sort(static (a, b) => Bytes(a).CompareTo(Bytes(b)));
            using var digest = new CallDigest();
            _ids.ForEach(digest.Add);
            return digest.ToString() == covered.Digest;
        }
    }

    public void Add(Guid id, in CdrRow row, in RatedCall call, long known)
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

            _ids.Add(id);
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

    private static UInt128 Bytes(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
