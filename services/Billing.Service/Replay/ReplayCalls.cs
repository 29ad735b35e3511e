using Billing.Contracts;
using Billing.Rating.Invoicing;
using Billing.Rating.Subscriptions;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Replay;

/// <summary>What the calls of a month come to.</summary>
/// <param name="Usage">Usage by contract, its limit walked where it is passed.</param>
/// <param name="Late">Calls recorded after the month's invoice, by contract.</param>
internal sealed record ReplayedCalls(IReadOnlyDictionary<string, StoredUsage> Usage, IReadOnlyDictionary<string, long> Late, CallDifferences Differences);

/// <summary>
/// Rates the calls of a month again, each with what was known when it was recorded and with the other knowledge. Calls are
/// read in one pass and not kept; contracts that pass their limit are read once more, a few at a time.
/// </summary>
internal sealed class ReplayCalls(LogSnapshot snapshot, ReplayRequest request, RatingKnowledge now, RatingKnowledge other, CancellationToken cancel)
{
    private const int Threads = 2;

    /// <summary>Contracts whose limits are walked at a time: what lies within a limit is kept.</summary>
    private const int WalkedTogether = 16;

    private const string Cuts =
        $"""
        select i.contract, (u.covered->>'streamVersion')::bigint from {BillingStore.Schema}.invoices i
        join {BillingStore.Schema}.invoiced_usage u on u.contract = i.contract and u.usage_month = i.month and u.invoice = i.number
        where i.month = $1
        """;

    private readonly CallLog _log = new(snapshot, cancel);

    public async Task<ReplayedCalls> RunAsync(RebuildKnowledge recorded, SupposedCorrections supposed, ReplayFiles? files, IProgress<long>? progress)
    {
        var scope = request.Contract is { } contract
            ? await _log.OfStreamsAsync(await new ReplayStreams(snapshot.Connection, request.Month, cancel).OfContractAsync(contract, [now.Contracts, other.Contracts], supposed.All))
            : await _log.OfMonthAsync(request.Month);
        var log = new ReplayedLog(await CutsAsync(), await _log.ChangesAsync(scope), request.AsOf);
        var shares = Enumerable.Range(0, Threads)
            .Select(_ => new RateMonth(request, log, new RecordedSide(recorded), new OtherSide(other, request.AsOf, supposed), files))
            .ToList();
        await _log.ReadAsync(scope, shares, progress);
        var usage = shares.SelectMany(share => share.Usage).GroupBy(pair => pair.Key, pair => pair.Value)
            .ToDictionary(parts => parts.Key.Id, parts => Stored(parts.Key, [.. parts]), StringComparer.Ordinal);
        await WalkAsync(usage, shares, log, supposed);
        return new ReplayedCalls(usage, Added(shares.Select(share => share.Late)), Differences(shares));
    }

    private static CallDifferences Differences(List<RateMonth> shares)
    {
        var changes = Added(shares.Select(share => share.Changes));
        return new CallDifferences(
            shares.Sum(share => share.Calls),
            shares.Sum(share => share.Late.Values.Sum()),
            changes.Values.Sum(),
            changes,
            shares.Aggregate(Yen.Zero, (sum, share) => sum + share.ChargeDifference));
    }

    private static SortedDictionary<string, long> Added(IEnumerable<Dictionary<string, long>> parts)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (key, count) in parts.SelectMany(part => part))
        {
            sums[key] = sums.GetValueOrDefault(key) + count;
        }

        return sums;
    }

    private StoredUsage Stored(Contract contract, MonthUsage[] parts) =>
        SummedUsage.Of(new ContractMonth(contract.Id, request.Month), BillingMonth.LimitOf(contract, request.Month), parts);

    /// <summary>Which calls lie beyond a limit is asked only of contracts that pass it with zero-rated calls.</summary>
    private async Task WalkAsync(Dictionary<string, StoredUsage> usage, List<RateMonth> shares, ReplayedLog log, SupposedCorrections supposed)
    {
        foreach (var group in usage.Where(pair => pair.Value.NeedsWalk).OrderBy(pair => pair.Key, StringComparer.Ordinal).Chunk(WalkedTogether))
        {
            var walked = group.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
            var streams = walked.Keys.Select(contract => UsageStreams.Of(contract, request.Month))
                .Concat(shares.SelectMany(share => walked.Keys.SelectMany(contract => share.Donors.GetValueOrDefault(contract) ?? [])))
                .ToHashSet(StringComparer.Ordinal);
            await _log.ReadAsync(
                await _log.OfStreamsAsync(streams),
                [.. Enumerable.Range(0, Threads).Select(_ => new WalkLimits(request, log, new OtherSide(other, request.AsOf, supposed), walked))],
                null);
        }
    }

    private async Task<Dictionary<string, long>> CutsAsync()
    {
        var cuts = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(Cuts, snapshot.Connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = request.Month.FirstDay.ToDateOnly() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            cuts.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return cuts;
    }
}
