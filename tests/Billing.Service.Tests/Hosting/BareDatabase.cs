using Npgsql;

namespace Billing.Service.Tests.Hosting;

/// <summary>A database with nothing in it, dropped afterwards.</summary>
internal sealed class BareDatabase : IAsyncDisposable
{
    private readonly string _name = $"billing_test_{Guid.NewGuid():N}";

    private BareDatabase() => ConnectionString = new NpgsqlConnectionStringBuilder(Server) { Database = _name, Pooling = false }.ConnectionString;

    public string ConnectionString { get; }

    private static string Server => Environment.GetEnvironmentVariable("BILLING_TEST_DB")
        ?? throw new InvalidOperationException("BILLING_TEST_DB is not set: `make test` sets it.");

    public static async Task<BareDatabase> CreateAsync()
    {
        var database = new BareDatabase();
        await ExecuteAsync(Server, $"create database {database._name}");
        return database;
    }

    public Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Every table, index and function of the service's schemas.</summary>
    public Task<string> ContentsAsync() => ScalarAsync<string>(
        """
        select coalesce(string_agg(x, E'\n' order by x), '') from (
          select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname like 'billing%'
          union all select n.nspname || '.' || p.proname || '()' from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname like 'billing%') x(x)
        """);

    public async ValueTask DisposeAsync() => await DatabaseFixture.DropAsync(Server, _name);

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
