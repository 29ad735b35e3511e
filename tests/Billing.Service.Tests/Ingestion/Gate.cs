using Billing.Service.Tests.Hosting;
using Npgsql;

namespace Billing.Service.Tests.Ingestion;

/// <summary>Holds back whoever begins a delivery.</summary>
internal sealed class Gate(NpgsqlConnection connection) : IAsyncDisposable
{
    public static async Task<Gate> CloseAsync(DatabaseFixture database)
    {
        var connection = await database.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("begin; lock table billing.deliveries in exclusive mode", connection);
        await command.ExecuteNonQueryAsync();
        return new Gate(connection);
    }

    public Task UntilWaitingAsync(int count) => Poll.UntilAsync($"{count} wait", async () =>
    {
        await using var command = new NpgsqlCommand("select count(distinct pid) from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())", connection);
        return (long)(await command.ExecuteScalarAsync())! == count;
    });

    public async ValueTask DisposeAsync()
    {
        await using var command = new NpgsqlCommand("rollback", connection);
        await command.ExecuteNonQueryAsync();
        await connection.DisposeAsync();
    }
}
