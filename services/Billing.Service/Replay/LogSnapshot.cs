using System.Data;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Replay;

/// <summary>One state of the database that several connections read: what commits meanwhile is seen by none of them.</summary>
internal sealed class LogSnapshot : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly NpgsqlTransaction _transaction;
    private readonly string _name;

    private LogSnapshot(NpgsqlDataSource database, NpgsqlConnection connection, NpgsqlTransaction transaction, string name)
    {
        (_database, Connection, _transaction, _name) = (database, connection, transaction, name);
    }

    /// <summary>The connection that holds the snapshot, for queries of whoever opened it.</summary>
    public NpgsqlConnection Connection { get; }

    public static async Task<LogSnapshot> OpenAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        try
        {
            var transaction = await connection.BeginSnapshotAsync(cancel);
            await using var export = new NpgsqlCommand("select pg_export_snapshot()", connection);
            return new LogSnapshot(database, connection, transaction, (string)(await export.ExecuteScalarAsync(cancel))!);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another connection that sees the same; whoever asks for it closes it.</summary>
    public async Task<NpgsqlConnection> JoinAsync(CancellationToken cancel)
    {
        var connection = await _database.OpenConnectionAsync(cancel);
        try
        {
            _ = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);

            // a piece of the log is a piece of a key, whatever the statistics say
            await using var join = new NpgsqlCommand($"set transaction snapshot '{_name}'; set local enable_seqscan = off", connection);
            await join.ExecuteNonQueryAsync(cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
