using Billing.Contracts;
using NodaTime;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>What a class and carrier came to in a month and in the month before, all contracts together.</summary>
public sealed record RevenueRow(string Class, string? Carrier, long Calls, Yen Charge, long CallsBefore, Yen ChargeBefore);

/// <summary>Compares a month's rated charges with those of the month before, from the sums of each contract.</summary>
public static class CompareRevenue
{
    private const string Query =
        $"""
        select class, carrier,
          coalesce(sum(calls) filter (where usage_month = $1), 0)::bigint, coalesce(sum(charge) filter (where usage_month = $1), 0)::text,
          coalesce(sum(calls) filter (where usage_month = $2), 0)::bigint, coalesce(sum(charge) filter (where usage_month = $2), 0)::text
        from {BillingStore.Schema}.month_usage where usage_month in ($1, $2) and class <> '' and contract <> ''
        group by class, carrier order by sum(charge) filter (where usage_month = $1) desc nulls last, class, carrier
        """;

    public static async Task<IReadOnlyList<RevenueRow>> RunAsync(NpgsqlDataSource database, UsageMonth month, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Query);
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = month.Plus(-1).FirstDay.ToDateOnly() });
        var rows = new List<RevenueRow>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var carrier = reader.GetString(1);
            rows.Add(new RevenueRow(
                reader.GetString(0), carrier.Length > 0 ? carrier : null, reader.GetInt64(2), Yen.Parse(reader.GetString(3)), reader.GetInt64(4), Yen.Parse(reader.GetString(5))));
        }

        return rows;
    }
}
