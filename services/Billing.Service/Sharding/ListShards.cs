using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>What a database of several holds.</summary>
/// <param name="Calls">Rated and unanswered calls, counted by the months' usage.</param>
/// <param name="Known">The number of the last change of contracts, tariffs or reference that it knows.</param>
public sealed record ShardEntry(int No, string Name, bool TakesContracts, long Contracts, long Calls, long Known);

/// <summary>Lists the databases over which contracts are spread.</summary>
public static class ListShards
{
    public static async Task<IReadOnlyList<ShardEntry>> RunAsync(Shards shards, CancellationToken cancel)
    {
        var entries = new List<ShardEntry>();
        foreach (var shard in await shards.ListAsync(cancel))
        {
            await using var places = shards.Main.CreateCommand($"select count(*) from {Configuration.ContractShards} where shard = $1");
            places.Parameters.Add(new NpgsqlParameter { Value = shard.No });
            var contracts = (long)(await places.ExecuteScalarAsync(cancel))!;
            await using var command = shard.Database.CreateCommand(
                $"select (select coalesce(sum(calls), 0)::bigint from {BillingStore.Schema}.month_usage), (select coalesce(max(no), 0) from {BillingStore.Schema}.knowledge_log)");
            await using var reader = await command.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            entries.Add(new ShardEntry(shard.No, shard.Name, shard.TakesContracts, contracts, reader.GetInt64(0), reader.GetInt64(1)));
        }

        return entries;
    }
}
