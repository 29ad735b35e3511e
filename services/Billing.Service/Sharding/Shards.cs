using Billing.Contracts;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Marten;
using Marten.Storage;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>One of the databases over which contracts are spread. Its name is its tenant in Marten.</summary>
/// <param name="No">0 is the main database.</param>
public sealed record Shard(int No, string Name, bool TakesContracts, NpgsqlDataSource Database, KnowledgeCache Knowledge);

/// <summary>
/// The databases over which contracts are spread: one Marten store, a tenant for each shard, with the addresses in Marten's own table of tenants in
/// the main database. Shards that are added while this runs are found when they are asked for.
/// </summary>
public sealed class Shards(BillingSettings settings, NpgsqlDataSource main) : IAsyncDisposable
{
    public const string MainName = "main";

    /// <summary>Where Marten keeps its table of tenants, <c>mt_tenant_databases</c>.</summary>
    public const string TenantsSchema = "billing_shards";

    private const string Tenants = "mt_tenant_databases";

    private readonly SemaphoreSlim _opening = new(1);

    /// <summary>The store closes no connections of its tenants.</summary>
    private readonly HashSet<NpgsqlDataSource> _opened = [];

    /// <summary>One for all: a number of knowledge means the same in every database.</summary>
    private readonly KnowledgeCache _knowledge = new(main);
    private readonly Lazy<DocumentStore> _store = new(() => CreateStore(settings.Database));

    internal NpgsqlDataSource Main => main;

    /// <summary>The store over all shards; the main database is not one of its tenants.</summary>
    internal DocumentStore Store => _store.Value;

    internal MasterTableTenancy Tenancy => (MasterTableTenancy)Store.Options.Tenancy;

    /// <summary>All of them, the main database first; empty when nothing is spread.</summary>
    public async Task<IReadOnlyList<Shard>> ListAsync(CancellationToken cancel)
    {
        var rows = new List<(int No, string Name, bool Takes)>();
        await using (var command = main.CreateCommand($"select no, name, takes_contracts from {Configuration.Shards} order by no"))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                rows.Add((reader.GetInt32(0), reader.GetString(1), reader.GetBoolean(2)));
            }
        }

        var shards = new List<Shard>(rows.Count);
        foreach (var (no, name, takes) in rows)
        {
            shards.Add(new Shard(no, name, takes, no == 0 ? main : await DatabaseAsync(name), _knowledge));
        }

        return shards;
    }

    /// <summary>The shards, or the refusal of what only makes sense with several.</summary>
    internal async Task<IReadOnlyList<Shard>> RequireAsync(CancellationToken cancel) =>
        await ListAsync(cancel) is { Count: > 0 } shards ? shards : throw new RefusedException(new Refusal("§1", "contracts are not spread: there are no shards"));

    /// <summary>The connections of a shard.</summary>
    private async Task<NpgsqlDataSource> DatabaseAsync(string name)
    {
        // two who ask at once would make two pools of it
        await _opening.WaitAsync();
        try
        {
            var database = ((MartenDatabase)(await Tenancy.GetTenantAsync(name)).Database).DataSource;
            _opened.Add(database);
            return database;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>The settings of a command that is told a shard: its database in place of the main one.</summary>
    /// <exception cref="SettingException">There is no such shard.</exception>
    public static async Task<BillingSettings> ResolveAsync(BillingSettings settings, CancellationToken cancel)
    {
        if (settings.Shard is not { } name || name == MainName)
        {
            return settings;
        }

        return (await AddressesAsync(settings, cancel)).GetValueOrDefault(name) is { } address
            ? settings.OfShard(address)
            : throw new SettingException($"there is no shard {name}; billing shards list names them");
    }

    /// <summary>The settings for each of the databases, by name, the main one first: for what is done to the databases themselves.</summary>
    public static async Task<IReadOnlyList<(string Name, BillingSettings Settings)>> OfEachAsync(BillingSettings settings, CancellationToken cancel) =>
        [(MainName, settings), .. (await AddressesAsync(settings, cancel)).Select(shard => (shard.Key, settings.OfShard(shard.Value)))];

    /// <summary>Where the shards are, by name; none where nothing is spread.</summary>
    private static async Task<SortedDictionary<string, string>> AddressesAsync(BillingSettings settings, CancellationToken cancel)
    {
        var addresses = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using var connection = new NpgsqlConnection(settings.Database);
        await connection.OpenAsync(cancel);
        await using (var exists = new NpgsqlCommand($"select to_regclass('{TenantsSchema}.{Tenants}') is not null", connection))
        {
            if (await exists.ExecuteScalarAsync(cancel) is not true)
            {
                return addresses;
            }
        }

        await using var command = new NpgsqlCommand($"select tenant_id, connection_string from {TenantsSchema}.{Tenants}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            addresses.Add(reader.GetString(0), reader.GetString(1));
        }

        return addresses;
    }

    public async ValueTask DisposeAsync()
    {
        _knowledge.Dispose();
        _opening.Dispose();
        if (_store.IsValueCreated)
        {
            await _store.Value.DisposeAsync();
            foreach (var database in _opened)
            {
                await database.DisposeAsync();
            }
        }
    }

    private static DocumentStore CreateStore(string mainAddress)
    {
        var options = new StoreOptions();
        options.MultiTenantedDatabasesWithMasterDatabaseTable(tenants =>
        {
            tenants.ConnectionString = mainAddress;
            tenants.SchemaName = TenantsSchema;
            tenants.ApplicationName = "billing";
        });
        BillingStore.Configure(options, createSchema: false);
        return new DocumentStore(options);
    }
}
