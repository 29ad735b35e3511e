using Npgsql;

namespace Billing.Faults.Tests.Running;

/// <summary>
/// A server on which the user may create databases. New databases are copies of a template that the command itself has set
/// up: schema, reference, tariff and the made-up contracts.
/// </summary>
internal sealed class DatabaseServer(string connectionString)
{
    private static readonly Lazy<DatabaseServer> SharedServer = new(() =>
    {
        var server = new DatabaseServer(
            Environment.GetEnvironmentVariable("BILLING_TEST_DB") is { Length: > 0 } address
                ? address
                : throw new InvalidOperationException("BILLING_TEST_DB is not set: `make test` sets it, or take the answer of `deploy/postgres.sh url --name test`."));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DropTemplateAsync().Wait();
        return server;
    });

    private readonly Lock _lock = new();
    private Task<string>? _template;

    /// <summary>The server of the whole test run.</summary>
    public static DatabaseServer Shared => SharedServer.Value;

    public string ConnectionString => connectionString;

    public string Named(string database) => new NpgsqlConnectionStringBuilder(connectionString) { Database = database, MaxPoolSize = 10 }.ConnectionString;

    /// <summary>A database ready for calls.</summary>
    public async Task<FaultDatabase> CreateAsync()
    {
        var name = NewName();
        var template = await Template;
        await ExecuteAsync($"create database {name} template {template}");
        return new FaultDatabase(this, name);
    }

    /// <summary>A database with nothing in it.</summary>
    public async Task<FaultDatabase> CreateEmptyAsync()
    {
        var name = NewName();
        await ExecuteAsync($"create database {name}");
        return new FaultDatabase(this, name);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Not by force: that fails while the server itself is vacuuming, but a plain drop makes the server stop.</summary>
    public async Task DropAsync(string database)
    {
        await ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}' and usename is not null and pg_has_role(usename, 'member')");
        await ExecuteAsync($"drop database if exists {database}");
    }

    public async Task DropTemplateAsync()
    {
        if (_template is not null)
        {
            await DropAsync(await _template);
        }
    }

    private Task<string> Template
    {
        get
        {
            lock (_lock)
            {
                return _template ??= CreateTemplateAsync();
            }
        }
    }

    private static string NewName() => $"billing_faults_{Guid.NewGuid():N}";

    private async Task<string> CreateTemplateAsync()
    {
        var name = NewName();
        await ExecuteAsync($"create database {name}");
        var database = new FaultDatabase(this, name);
        await database.DoneAsync("db-apply");
        await database.PrepareAsync();
        return name;
    }
}
