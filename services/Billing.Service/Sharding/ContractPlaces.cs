using System.IO.Hashing;
using System.Text;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>
/// Which contract is in which database. A contract gets its place when it is first asked for, by a hash of its id over the shards that take contracts then; it
/// keeps it until it is moved, whatever shards are added.
/// </summary>
internal sealed class ContractPlaces
{
    private const string Table = Configuration.ContractShards;

    private readonly Dictionary<string, int> _shards;

    private ContractPlaces(Dictionary<string, int> shards) => _shards = shards;

    /// <summary>The number of the contract's shard.</summary>
    public int Of(string contract) => _shards[contract];

    public int? Find(string contract) => _shards.TryGetValue(contract, out var shard) ? shard : null;

    /// <summary>The contracts that were elsewhere then.</summary>
    public IEnumerable<string> MovedSince(ContractPlaces then) =>
        _shards.Where(place => then.Find(place.Key) is { } before && before != place.Value).Select(place => place.Key).Order(StringComparer.Ordinal);

    /// <summary>The places of all contracts; those that have none get one.</summary>
    public static async Task<ContractPlaces> LoadAsync(IReadOnlyList<Shard> shards, CancellationToken cancel)
    {
        var contracts = (await shards[0].Knowledge.CurrentAsync(cancel)).Contracts;
        await using var connection = await shards[0].Database.OpenConnectionAsync(cancel);
        var places = await ReadAsync(connection, cancel);
        var missing = contracts.Contracts.Select(contract => contract.Id).Where(contract => !places.ContainsKey(contract)).ToArray();
        if (missing.Length > 0)
        {
            var open = shards.Where(shard => shard.TakesContracts).ToList();
            if (open.Count == 0)
            {
                open.Add(shards[0]);
            }

            await AssignAsync(connection, missing, [.. missing.Select(contract => open[(int)(Hash(contract) % (ulong)open.Count)].No)], cancel);
            places = await ReadAsync(connection, cancel);
        }

        return new ContractPlaces(places);
    }

    /// <summary>Gives contracts that have no place the ones named.</summary>
    public static async Task AssignAsync(NpgsqlConnection connection, string[] contracts, int[] shards, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(
            $"""
            select pg_advisory_xact_lock(hashtextextended('{Table}', 0));
            insert into {Table} (contract, shard, changed)
            select contract, shard, (select coalesce(max(changed), 0) + 1 from {Table}) from unnest(@contracts, @shards) as given (contract, shard) on conflict do nothing
            """, connection);
        command.Parameters.AddWithValue("contracts", contracts);
        command.Parameters.AddWithValue("shards", shards);
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Does not change with the program, the machine or the day.</summary>
    private static ulong Hash(string contract) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(contract));

    private static async Task<Dictionary<string, int>> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select contract, shard from {Table}", connection);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            places.Add(reader.GetString(0), reader.GetInt32(1));
        }

        return places;
    }
}
