using Billing.Contracts;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>What a database is among several: nothing of the kind, the main one, or a shard.</summary>
/// <param name="Name">The shard's name; null of the main database and of one that is alone.</param>
/// <param name="IsSpread">True when contracts are spread over several databases.</param>
internal sealed record ShardPlace(int No, string? Name, bool IsSpread)
{
    /// <summary>Deliveries, disputes and whatever else is counted begins so high in each shard: a number then means one thing in all of them.</summary>
    public const long NumbersOfAShard = 1_000_000_000;

    private const string Read =
        $"""
        select coalesce((select no from {Configuration.ThisShard}), 0), (select name from {Configuration.ThisShard}),
          exists (select from {Configuration.ThisShard}) or exists (select from {Configuration.Shards})
        """;

    private const string Elsewhere =
        $"select contract from {Configuration.ContractShards} where shard <> coalesce((select no from {Configuration.ThisShard}), 0)";

    private const string NamedElsewhere =
        $"""
        select case when c.shard = 0 then '{Shards.MainName}' else s.name end
        from {Configuration.ContractShards} c left join {Configuration.Shards} s on s.no = c.shard
        where c.contract = $1 and c.shard <> coalesce((select no from {Configuration.ThisShard}), 0)
        """;

    public static async Task<ShardPlace> OfAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Read, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new ShardPlace(reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetBoolean(2));
    }

    /// <summary>The contracts whose calls and invoices are in other databases; none where nothing is spread.</summary>
    public static async Task<HashSet<string>> ContractsElsewhereAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Elsewhere, connection);
        var contracts = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            contracts.Add(reader.GetString(0));
        }

        return contracts;
    }

    /// <summary>The name of the database in which a contract is; null when it is this one, or none that is known.</summary>
    public static async Task<string?> OfContractElsewhereAsync(NpgsqlDataSource database, string contract, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(NamedElsewhere);
        command.Parameters.AddWithValue(contract);
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    /// <summary>Why something that belongs to the main database is not done in this one; null when it may be.</summary>
    public Refusal? RefuseInShard(string what) =>
        Name is null ? null : new Refusal("§1", $"this is the shard {Name}: {what} in the main database");
}
