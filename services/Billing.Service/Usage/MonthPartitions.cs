using System.Collections.Concurrent;
using Billing.Contracts;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>Adds the partition of a usage month to <c>rated_calls</c> when its first call comes; blocks no writer.</summary>
internal sealed class MonthPartitions(NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<UsageMonth, bool> _present = new();

    public async Task EnsureAsync(IEnumerable<UsageMonth> months, CancellationToken cancel)
    {
        foreach (var month in months)
        {
            if (!_present.ContainsKey(month))
            {
                await AddAsync(month, cancel);
                _present.TryAdd(month, true);
            }
        }
    }

    /// <summary>The table that holds a month's calls.</summary>
    public static string TableOf(UsageMonth month) => FormattableString.Invariant($"{BillingStore.Schema}.rated_calls_{month.Year:D4}{month.Month:D2}");

    private async Task AddAsync(UsageMonth month, CancellationToken cancel)
    {
        var table = TableOf(month);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        // attaching a table locks less than creating a partition would
        await using var command = new NpgsqlCommand(
            $"""
            select pg_advisory_xact_lock(hashtextextended('{BillingStore.Schema}.partitions', 0));
            do $$ begin
              if to_regclass('{table}') is null then
                create table {table} (like {BillingStore.Schema}.rated_calls including all);
                alter table {BillingStore.Schema}.rated_calls attach partition {table} for values in ('{month}-01');
              end if;
            end $$;
            """,
            connection);
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }
}
