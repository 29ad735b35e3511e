using Npgsql;

namespace Billing.Faults.Tests.Running;

/// <summary>Holds processes back at a table until all of them are there, so that they run at once however slowly one starts.</summary>
internal sealed class StartingGate : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly Watch _watch;
    private readonly string _table;

    private StartingGate(NpgsqlConnection connection, string table) => (_connection, _watch, _table) = (connection, new Watch(connection), table);

    public static async Task<StartingGate> CloseAsync(FaultDatabase database, string table)
    {
        var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await ExecuteAsync(connection, $"begin; lock table {table} in access exclusive mode");
        return new StartingGate(connection, table);
    }

    /// <summary>Opens as soon as as many processes wait, at it or for one another, or one of them has ended.</summary>
    public async Task OpenAsync(params BillingProcess[] processes)
    {
        await Poll.UntilAsync(
            $"{processes.Length} processes wait for {_table}",
            () => _watch.HoldsAsync(
                $"""
                select count(distinct pid) >= {processes.Length} from pg_locks
                where not granted and database = (select oid from pg_database where datname = current_database())
                """),
            () => processes.Any(process => process.HasEnded));
        await ExecuteAsync(_connection, "commit");
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
