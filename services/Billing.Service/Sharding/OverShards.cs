using Billing.Contracts;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>What came of something that is done in each of several databases.</summary>
public sealed record OfShard<T>(string Shard, T Result);

/// <summary>Whether files that went to several databases are in them whole.</summary>
/// <param name="Rows">Rows of the file, once it is taken in completely.</param>
/// <param name="Shares">Rows in the deliveries of each shard.</param>
public sealed record RoutedFile(string File, string Sha256, bool IsComplete, long Rows, IReadOnlyDictionary<string, long> Shares)
{
    public bool Holds => !IsComplete || Rows == Shares.Values.Sum();
}

/// <summary>The proof over all databases: that of each, and what is true between them.</summary>
public sealed record ReconciliationOverShards(UsageMonth? Month, IReadOnlyList<OfShard<Reconciliation>> Shards, IReadOnlyList<RoutedFile> Files, IReadOnlyList<ReconcileCheck> Checks)
{
    public bool Holds => Shards.All(shard => shard.Result.Holds) && Files.All(file => file.Holds) && Checks.All(check => check.Holds);
}

/// <summary>What finance does with a month, over all databases.</summary>
public static class OverShards
{
    private const string Schema = BillingStore.Schema;

    /// <summary>Issues the invoices of a month in every shard by what the main database knows; each contract in the one where it is.</summary>
    public static async Task<(IssueReport? Report, Refusal? Refusal)> IssueAsync(
        Shards shards, UsageMonth month, string? contract, InvoiceTerms terms, IClock clock, IProgress<int>? progress, CancellationToken cancel)
    {
        var all = await shards.RequireAsync(cancel);
        var places = await ContractPlaces.LoadAsync(all, cancel);
        IssueReport? whole = null;
        var before = 0;
        foreach (var shard in all.Where(shard => contract is null || places.Find(contract) is not { } no || no == shard.No))
        {
            if (shard.No != 0)
            {
                await InformShard.RunAsync(all[0].Database, shard.Database, cancel);
            }

            var done = 0;
            var counted = progress is null ? null : new Progress<int>(contracts => progress.Report(before + (done = contracts)));
            RatingKnowledge knowledge;
            await using (var connection = await shard.Database.OpenConnectionAsync(cancel))
            {
                knowledge = await shard.Knowledge.CurrentAsync(connection, cancel);
            }

            var (report, refusal) = await new IssueInvoices(shard.Database, knowledge, terms, clock).RunAsync(month, contract, counted, cancel);
            if (report is null)
            {
                return (null, refusal);
            }

            before += done;
            whole = whole?.With(report) ?? report;
        }

        // whoever moved meanwhile may have been in none of them when its turn came
        if (contract is null)
        {
            var now = await ContractPlaces.LoadAsync(all, cancel);
            foreach (var moved in now.MovedSince(places))
            {
                var (report, refusal) = await IssueAsync(shards, month, moved, terms, clock, null, cancel);
                if (report is null)
                {
                    return (null, refusal);
                }

                whole = whole!.With(report);
            }
        }

        var between = (await BetweenAsync(all, cancel)).Where(move => contract is null || move.Contract == contract)
            .Select(move => new ParkedInvoice(move.Contract, new Refusal("§1", $"its move to {move.To} was cut short: end it with billing shards move, then issue the month again")));
        return (whole! with { Parked = [.. whole.Parked, .. between] }, null);
    }

    /// <summary>Contracts that have left one database and count in no other yet, because their move was cut short or is at its end just now.</summary>
    private static async Task<List<(string Contract, string To)>> BetweenAsync(IReadOnlyList<Shard> all, CancellationToken cancel)
    {
        var moving = new List<(string Contract, int Shard, int To)>();
        await using (var command = all[0].Database.CreateCommand($"select contract, shard, moving_to from {Configuration.ContractShards} where moving_to is not null order by contract"))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                moving.Add((reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2)));
            }
        }

        var between = new List<(string, string)>();
        foreach (var (contract, no, to) in moving)
        {
            await using var connection = await all.Single(shard => shard.No == no).Database.OpenConnectionAsync(cancel);
            if (no == to || (await ShardPlace.ContractsElsewhereAsync(connection, cancel)).Contains(contract))
            {
                between.Add((contract, all.Single(shard => shard.No == to).Name));
            }
        }

        return between;
    }

    /// <summary>Proves that every row is accounted for, in each database and between them.</summary>
    public static async Task<ReconciliationOverShards> ReconcileAsync(Shards shards, UsageMonth? month, CancellationToken cancel)
    {
        var all = await shards.RequireAsync(cancel);

        // the files first: of one that was complete then, all parts are seen
        var files = await FilesAsync(shards.Main, cancel);
        var results = new List<OfShard<Reconciliation>>();
        var shares = new List<(string Shard, Dictionary<string, long> Rows)>();
        long cameIn = 0, wentOut = 0, astray = 0;
        foreach (var shard in all)
        {
            var result = await Reconcile.RunAsync(shard.Database, month, cancel);

            // every file has a delivery in the main database; another one has those only of which it got rows
            results.Add(new(shard.Name, shard.No == 0 ? result : result with { MissingFiles = [] }));
            shares.Add((shard.Name, await RowsOfFilesAsync(shard.Database, cancel)));
            cameIn += await CountAsync(shard.Database, $"select coalesce(sum(calls), 0)::bigint from {Configuration.MovedCalls} where direction = 'in'", cancel);
            wentOut += await CountAsync(shard.Database, $"select coalesce(sum(calls), 0)::bigint from {Configuration.MovedCalls} where direction = 'out'", cancel);
            astray += await CountAsync(shard.Database,
                $"""
                select count(*) from {Schema}.month_usage u join {Configuration.ContractShards} c using (contract)
                where c.shard <> coalesce((select no from {Configuration.ThisShard}), 0) and c.moving_to is null
                """, cancel);
        }

        var checks = new List<ReconcileCheck>
        {
            new("calls that left a shard = calls that came to one", wentOut, cameIn),
            new("months of contracts in a shard that is not theirs = 0", astray, 0),
            new("contracts between two shards, their move to be ended = 0", (await BetweenAsync(all, cancel)).Count, 0),
        };
        return new ReconciliationOverShards(month, results,
            [.. files.Select(file => file with { Shares = shares.Where(shard => shard.Rows.ContainsKey(file.Sha256)).ToDictionary(shard => shard.Shard, shard => shard.Rows[file.Sha256]) })], checks);
    }

    /// <summary>Tries suspended records again in this database, or in all over which contracts are spread.</summary>
    public static async Task<ReleaseResult> ReleaseAsync(
        NpgsqlDataSource database, Shards shards, KnowledgeCache knowledge, ReleaseRequest request, TimeProvider clock, CancellationToken cancel) =>
        await shards.ListAsync(cancel) is { Count: > 0 } all
            ? await ReleaseAsync(all, request, clock, cancel)
            : await new ReleaseSuspended(database, knowledge, clock).RunAsync(request, cancel);

    /// <summary>In every shard; a record whose contract is in another shard is recorded there.</summary>
    internal static async Task<ReleaseResult> ReleaseAsync(IReadOnlyList<Shard> all, ReleaseRequest request, TimeProvider clock, CancellationToken cancel)
    {
        var places = await ContractPlaces.LoadAsync(all, cancel);
        var stays = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var released = 0L;
        await InformShard.AllAsync(all, cancel);
        foreach (var shard in all)
        {
            var release = new ReleaseSuspended(shard.Database, shard.Knowledge, clock) { Elsewhere = contract => places.Find(contract) is { } no && no != shard.No ? all.Single(other => other.No == no) : null };
            var result = await release.RunAsync(request, cancel);
            released += result.Released;
            foreach (var (reason, count) in result.Remaining)
            {
                stays[reason] = stays.GetValueOrDefault(reason) + count;
            }
        }

        return new ReleaseResult(released, stays);
    }

    private static async Task<IReadOnlyList<RoutedFile>> FilesAsync(NpgsqlDataSource main, CancellationToken cancel)
    {
        await using var command = main.CreateCommand($"select file, sha256, completed_at is not null, rows from {Configuration.RoutedFiles} order by begun_at, sha256");
        var files = new List<RoutedFile>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            files.Add(new RoutedFile(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetInt64(3), new Dictionary<string, long>()));
        }

        return files;
    }

    /// <summary>The rows of the attempt that stands, of each file.</summary>
    private static async Task<Dictionary<string, long>> RowsOfFilesAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select distinct on (sha256) sha256, rows from {Schema}.deliveries where completed_at is not null and rolled_back_at is null order by sha256, attempt");
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return rows;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string query, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(query);
        command.CommandTimeout = 0;
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
