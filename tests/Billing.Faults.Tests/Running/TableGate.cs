using Npgsql;

namespace Billing.Faults.Tests.Running;

/// <summary>Holds processes back at a table until all of them are there, so that they run at once however slowly one starts.</summary>
internal sealed class TableGate : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly Watch _watch;
    private readonly string _table;

    private TableGate(NpgsqlConnection connection, string table) => (_connection, _watch, _table) = (connection, new Watch(connection), table);

    /// <param name="mode">What it keeps them from: everything, unless a weaker lock is named.</param>
    public static async Task<TableGate> CloseAsync(FaultDatabase database, string table, string mode = "access exclusive")
    {
        var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await ExecuteAsync(connection, $"begin; lock table {table} in {mode} mode");
        return new TableGate(connection, table);
    }

    /// <summary>Until as many processes wait, at it or for one another; false when one of them has ended instead.</summary>
    public Task<bool> ReachedAsync(params BillingProcess[] processes) => Poll.UntilAsync(
        $"{processes.Length} processes wait for {_table}",
        () => _watch.HoldsAsync(
            $"""
            select count(distinct pid) >= {processes.Length} from pg_locks
            where not granted and database = (select oid from pg_database where datname = current_database())
            """),
        () => processes.Any(process => process.HasEnded));

    /// <summary>Opens as soon as all of them are there or one of them has ended.</summary>
    public async Task OpenAsync(params BillingProcess[] processes)
    {
        await ReachedAsync(processes);
        await ExecuteAsync(_connection, "commit");
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
