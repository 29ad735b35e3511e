using System.Diagnostics;
using Billing.Contracts;
using Billing.Rating.Invoicing;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Replay;

/// <summary>
/// Computes a month again with other knowledge and says what would differ from what was recorded and billed: per call, line,
/// tax and total, for one contract or all. Reads one snapshot and writes nothing to the database.
/// </summary>
/// <remarks>
/// What was billed is the issued invoice; of a contract without one, the draft. Calls that came after the invoice are left
/// out on both sides. With an instant, only what was recorded, corrected and known by then counts on the other side.
/// </remarks>
public sealed class ReplayMonth(NpgsqlDataSource database)
{
    /// <summary>So many differing contracts are listed at most; the files hold all.</summary>
    public int MostContracts { get; init; } = int.MaxValue;

    /// <param name="files">Where every difference is written; put in place only when all went well.</param>
    /// <param name="progress">Told the call events read so far.</param>
    public async Task<(ReplayResult? Result, Refusal? Refusal)> RunAsync(ReplayRequest request, ReplayFiles? files, IProgress<long>? progress, CancellationToken cancel)
    {
        if (request.Refuse() is { } fault)
        {
            return (null, fault);
        }

        var clock = Stopwatch.StartNew();
        var loader = new KnowledgeLoader(database);
        var now = await loader.LoadAsync(null, cancel);
        var other = await request.LoadAsync(loader, now, cancel);
        if (request.Contract is { } contract && now.Contracts.Find(contract) is null && other.Contracts.Find(contract) is null)
        {
            return (null, new Refusal("§8", $"there is no contract {contract}"));
        }

        var (month, refusal) = BillingMonth.Prepare(request.Month, other.Tariffs, other.Contracts);
        if (month is null)
        {
            return (null, request.AsOf is { } at ? new Refusal(refusal!.Rule, $"{refusal.Message}, by what was known at {InstantText.InTokyo(at)} Tokyo time") : refusal);
        }

        try
        {
            await using var snapshot = await LogSnapshot.OpenAsync(database, cancel);
            var supposed = new SupposedCorrections(request.Corrections is null ? [] : CallCorrections.Check(request.Corrections).Corrections!);
            var calls = await new ReplayCalls(snapshot, request, now, other, cancel)
                .RunAsync(new RebuildKnowledge(loader, now), supposed, files, progress);
            if (supposed.FirstFault($"of {request.Month}{(request.Contract is null ? "" : $" that may concern contract {request.Contract}")}") is { } unfit)
            {
                return (null, ReplayRequest.Refuse("corrections", unfit));
            }

            var compared = await new CompareContracts(snapshot, request, now, other, month, calls, cancel).RunAsync(files, MostContracts);
            files?.Complete();
            return (compared.ToResult(request, other, month.Tariff.Version, calls.Differences, clock.Elapsed), null);
        }
        catch (OverflowException)
        {
            return (null, new Refusal("§1", "an amount is larger than can be held"));
        }
    }
}
