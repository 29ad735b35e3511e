using Billing.Service.Hosting;
using Npgsql;

namespace Billing.Bench.Ratios;

/// <summary>Databases on the server that BILLING_TEST_DB names: one that is prepared once, and copies of it to measure in.</summary>
internal sealed class BenchServer(string server) : IAsyncDisposable
{
    private readonly string _name = $"billing_bench_{Guid.NewGuid():N}";
    private readonly List<string> _made = [];

    public static BenchServer FromEnvironment() => new(
        Environment.GetEnvironmentVariable("BILLING_TEST_DB") is { Length: > 0 } server
            ? server
            : throw new InvalidOperationException("BILLING_TEST_DB is not set: `make bench` sets it, or take the answer of `deploy/postgres.sh url --name bench`."));

    /// <summary>The connection string of the prepared database.</summary>
    public string Prepared => ConnectionString(_name);

    /// <summary>Makes the database to be copied, which knows these documents.</summary>
    public async Task PrepareAsync(BillingProgram program, string contracts, string tariff)
    {
        await MakeAsync(_name, "");
        await program.RunAsync(Prepared, "db-apply");
        await program.RunAsync(Prepared, "tariffs", "publish", tariff, "--yes");
        await program.RunAsync(Prepared, "contracts", "import", contracts);
    }

    /// <summary>A fresh copy of the prepared database.</summary>
    public async Task<BenchDatabase> CopyAsync()
    {
        var name = $"{_name}_{_made.Count}";
        await MakeAsync(name, $"template {_name}");
        return new BenchDatabase(this, name, ConnectionString(name));
    }

    /// <summary>A database with nothing in it.</summary>
    public async Task<BenchDatabase> EmptyAsync()
    {
        var name = $"{_name}_{_made.Count}";
        await MakeAsync(name, "");
        return new BenchDatabase(this, name, ConnectionString(name));
    }

    public async Task DropAsync(string name)
    {
        // not by force: that would have to end an autovacuum too, which takes a superuser; a plain drop sends it away
        await ExecuteAsync($"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{name}' and usename is not null and pg_has_role(usename, 'member')");
        await ExecuteAsync($"drop database if exists {name}");
        _made.Remove(name);
    }

    public async Task<string> VersionAsync()
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        return connection.PostgreSqlVersion.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        foreach (var name in _made.ToList())
        {
            await DropAsync(name);
        }
    }

    private async Task MakeAsync(string name, string from)
    {
        await ExecuteAsync($"create database {name} {from}");
        _made.Add(name);
    }

    private string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder(server) { Database = database, MaxPoolSize = 20 }.ConnectionString;

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A database to measure in, gone afterwards.</summary>
internal sealed class BenchDatabase(BenchServer server, string name, string connectionString) : IAsyncDisposable
{
    public string ConnectionString => connectionString;

    public NpgsqlDataSource Source { get; } = BillingHost.CreateDataSource(
        BillingSettings.Load(new Dictionary<string, string> { ["db"] = connectionString, ["log"] = "None" }), HostMode.OneShot);

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await server.DropAsync(name);
    }
}
