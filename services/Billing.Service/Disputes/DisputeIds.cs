using System.Globalization;
using NodaTime;
using Npgsql;

namespace Billing.Service.Disputes;

/// <summary>
/// Gives ids to disputes, one command at a time until its commit. Should a repeat of the transaction lose its turn, the
/// stream of the other dispute is in the way and the command is decided anew.
/// </summary>
internal static class DisputeIds
{
    private const string Turn = $"select pg_advisory_xact_lock(hashtextextended('{BillingStore.Schema}.dispute_ids', 0))";

    private const string Last =
        $"""
        select coalesce(max(substring(id from $1)::bigint), (select no from {Sharding.Configuration.ThisShard}) * {NumbersOfAShard}, 0)
        from (select id from {BillingStore.Schema}.disputes union all select id from {Sharding.Configuration.MovedDisputes}) given
        where id ~ $1 and substring(id from $1)::bigint between coalesce((select no from {Sharding.Configuration.ThisShard}), 0) * {NumbersOfAShard}
          and (coalesce((select no from {Sharding.Configuration.ThisShard}), 0) + 1) * {NumbersOfAShard} - 1
        """;

    /// <summary>Each shard counts for itself, and what was opened there keeps its id when it moves.</summary>
    private const string NumbersOfAShard = "1000000";

    private const string Taken =
        $"select exists (select from {BillingStore.Schema}.mt_streams where id = $1) or exists (select from {Sharding.Configuration.MovedDisputes} where 'dispute-' || id = $1)";

    /// <summary>The id given, or the next of the month, and whether a dispute has it already.</summary>
    public static async Task<(string Id, bool IsTaken)> TakeAsync(NpgsqlConnection connection, string? given, LocalDate on, CancellationToken cancel)
    {
        await using (var turn = new NpgsqlCommand(Turn, connection))
        {
            await turn.ExecuteNonQueryAsync(cancel);
        }

        if (given is null)
        {
            var month = string.Create(CultureInfo.InvariantCulture, $"D-{on.Year:D4}{on.Month:D2}-");
            var last = (long)await ScalarAsync(connection, Last, $"^{month}([0-9]{{1,9}})$", cancel);
            return (string.Create(CultureInfo.InvariantCulture, $"{month}{last + 1}"), false);
        }

        return (given, (bool)await ScalarAsync(connection, Taken, DisputeRules.Stream(given), cancel));
    }

    private static async Task<object> ScalarAsync(NpgsqlConnection connection, string sql, string value, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (await command.ExecuteScalarAsync(cancel))!;
    }
}
