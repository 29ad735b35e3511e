using Billing.Contracts;
using Billing.Rating.Calls;
using Billing.Rating.Invoicing;
using Billing.Rating.Records;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>
/// The calls that an invoice covered as they stood then: what was corrected since is left aside. They are rated from the log, with the
/// knowledge of then.
/// </summary>
internal sealed class CoveredCalls(RebuildKnowledge knowledge)
{
    private RatedCall _call;

    /// <summary>True when anything on the stream was corrected at this version or later.</summary>
    public static async Task<bool> AreCorrectedSinceAsync(NpgsqlConnection connection, string stream, long version, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select exists (select from {BillingStore.Schema}.mt_events where stream_id = $1 and version >= $2 and type = any($3))", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = stream });
        command.Parameters.Add(new NpgsqlParameter { Value = version });
        command.Parameters.Add(new NpgsqlParameter { Value = StreamCorrections.Types.Keys.ToArray() });
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Adds the calls below a version to the usage; the digest of their ids.</summary>
    public async Task<string> AddAsync(
        NpgsqlConnection connection, StoredUsage usage, string stream, long before, StreamCorrections corrections, CancellationToken cancel)
    {
        var ids = new SortedSet<Guid>();
        await StreamCalls.ReadAsync(
            connection, stream, before, corrections,
            (Guid id, long _, in CdrRow row, long _, long _, long known) =>
            {
                ids.Add(id);
                knowledge.RaterAt(known).Rate(row.Facts, ref _call);
                Add(usage, row);
            },
            cancel);
        using var digest = new CallDigest();
        foreach (var id in ids)
        {
            digest.Add(id);
        }

        return digest.ToString();
    }

    private void Add(StoredUsage usage, in CdrRow row)
    {
        if (_call.Outcome != Outcome.Rated)
        {
            usage.All.AddUnanswered(1);
            return;
        }

        usage.Add(new UsageLine(new UsageKey(_call.Class, _call.Carrier, _call.TaxCategory), 1, _call.ChargeableMs, _call.Charge), _call.TailMs, _call.TailCharge);
        usage.Walk(row.AnsweredMs!.Value, row.Source, row.RecordId, _call.Charge, _call.TaxCategory);
    }
}
