using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Wolverine;

namespace Billing.Service.Tests;

/// <summary>
/// A database of its own for a test class, with the whole schema, dropped afterwards. BILLING_TEST_DB names a server on which
/// the user may create databases.
/// </summary>
public sealed class DatabaseFixture : IAsyncLifetime
{
    private static readonly Lazy<Task<string>> Template = new(CreateTemplateAsync);

    private readonly string _name = $"billing_test_{Guid.NewGuid():N}";
    private readonly SemaphoreSlim _starting = new(1);
    private Task<string> _template = Template.Value;
    private IHost? _host;

    public BillingSettings Settings { get; private set; } = null!;

    public string ConnectionString { get; private set; } = "";

    public NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>The event store without message handling.</summary>
    public DocumentStore Store { get; private set; } = null!;

    /// <summary>A database that begins with what this one holds. Nothing may be at work on this one.</summary>
    public async Task<DatabaseFixture> CopyAsync()
    {
        Database.Clear();
        var copy = new DatabaseFixture { _template = Task.FromResult(_name) };
        await copy.InitializeAsync();
        return copy;
    }

    public async Task InitializeAsync()
    {
        await ExecuteAsync(Server, $"create database {_name} template {await _template}");
        ConnectionString = Named(_name);
        Settings = SettingsOf(ConnectionString);
        Database = BillingHost.CreateDataSource(Settings, HostMode.OneShot);
        Store = new DocumentStore(BillingHost.CreateStoreOptions(Database));
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }

        Store.Dispose();
        await Database.DisposeAsync();
        _starting.Dispose();
        await DropAsync(Server, _name);
    }

    /// <summary>The started host, one for all tests of the class.</summary>
    public async Task<IHost> HostAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_host is null)
            {
                _host = BillingHost.Build(Settings, HostMode.OneShot);
                await _host.StartAsync();
            }

            return _host;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Invokes a command and gives its answer.</summary>
    public Task<CommandResult> InvokeAsync(object command) => InvokeAsync<CommandResult>(command);

    /// <inheritdoc cref="InvokeAsync(object)"/>
    public async Task<T> InvokeAsync<T>(object command)
    {
        await using var scope = (await HostAsync()).Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync<T>(command);
    }

    /// <summary>The value of a query that gives one.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Executes a statement; the number of rows it touched.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    private static string Server => Environment.GetEnvironmentVariable("BILLING_TEST_DB") is { Length: > 0 } server
        ? server
        : throw new InvalidOperationException("BILLING_TEST_DB is not set: `make test` sets it, or take the answer of `deploy/postgres.sh url --name test`.");

    private static BillingSettings SettingsOf(string connection) =>
        BillingSettings.Load(new Dictionary<string, string> { ["db"] = connection, ["log"] = "None" });

    // connections are not kept: a template, and a database to drop, must have none
    private static string Named(string database, bool pooling = true) =>
        new NpgsqlConnectionStringBuilder(Server) { Database = database, Pooling = pooling, MaxPoolSize = 20 }.ConnectionString;

    /// <summary>The schema is applied once per run; each database is a copy.</summary>
    private static async Task<string> CreateTemplateAsync()
    {
        var name = $"billing_test_template_{Guid.NewGuid():N}";
        await ExecuteAsync(Server, $"create database {name}");
        using (var host = BillingHost.Build(SettingsOf(Named(name, pooling: false)), HostMode.Framework))
        {
            await Schema.ApplyAsync(host, CancellationToken.None);
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => DropAsync(Server, name).Wait();
        return name;
    }

    /// <summary>
    /// Drops a database and ends what is connected to it. A vacuum of the server's own may not be ended by force; a plain drop
    /// asks it to stop and waits, once the connections that are ours are gone.
    /// </summary>
    internal static async Task DropAsync(string server, string name)
    {
        try
        {
            await ExecuteAsync(server, $"drop database if exists {name} with (force)");
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            await ExecuteAsync(server, $"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{name}' and usename is not null and pg_has_role(usename, 'member')");
            await ExecuteAsync(server, $"drop database if exists {name}");
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
