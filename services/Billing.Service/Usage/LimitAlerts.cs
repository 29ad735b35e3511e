using System.Numerics;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>Notices, in the batch that does it, that a contract reaches 50, 80 or 100 per cent of its limit (R14).</summary>
internal static class LimitAlerts
{
    public static IReadOnlyList<int> Steps { get; } = [50, 80, 100];

    /// <summary>The usage of those who are near enough: most are not, and are not sent.</summary>
    private const string ReadUsage =
        $"""
        select contract, usage_month, sum(m.charge)::text
        from unnest($1::text[], $2::date[], $3::text[]::numeric[]) as limits(contract, usage_month, amount)
        join {BillingStore.Schema}.month_usage m using (contract, usage_month)
        group by contract, usage_month, limits.amount
        having sum(m.charge) > 0 and sum(m.charge) * 2 >= limits.amount
        """;

    private const string Note =
        $"""
        insert into {BillingStore.Schema}.usage_limit_alerts (contract, usage_month, percent, reached_at)
        select *, $4 from unnest($1::text[], $2::date[], $3::int[])
        on conflict do nothing returning contract, usage_month, percent
        """;

    /// <param name="limits">The limit of each contract and month that the batch touched; contracts without one are left out.</param>
    public static async Task RaiseAsync(
        NpgsqlConnection connection, IReadOnlyDictionary<(string Contract, UsageMonth Month), Yen> limits, DateTime now, CancellationToken cancel)
    {
        if (limits.Count == 0)
        {
            return;
        }

        var usage = await ReadUsageAsync(connection, limits, cancel);
        var reached = usage
            .SelectMany(entry => Steps.Where(step => Reaches(entry.Value, limits[entry.Key], step)).Select(step => (entry.Key, Step: step)))
            .OrderBy(alert => alert.Key.Contract, StringComparer.Ordinal).ThenBy(alert => alert.Key.Month).ThenBy(alert => alert.Step).ToArray();
        if (reached.Length == 0)
        {
            return;
        }

        var events = new EventBuffer();
        await using var command = new NpgsqlCommand(Note, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = reached.Select(alert => alert.Key.Contract).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = reached.Select(alert => alert.Key.Month.FirstDay.ToDateOnly()).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = reached.Select(alert => alert.Step).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = now });
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                var date = reader.GetFieldValue<DateOnly>(1);
                var key = (Contract: reader.GetString(0), Month: new UsageMonth(date.Year, date.Month));
                var alert = new UsageLimitReached(key.Contract, key.Month, reader.GetInt32(2), limits[key], usage[key]);
                events.Add(events.Stream(UsageStreams.Of(key.Contract, key.Month)), Guid.NewGuid(), "usage_limit_reached.v1"u8,
                    JsonSerializer.SerializeToUtf8Bytes(alert, BillingStore.Json), new DateTimeOffset(now).ToUnixTimeMilliseconds());
            }
        }

        await EventAppend.WriteAsync(connection, events, cancel);
    }

    private static bool Reaches(Yen usage, Yen limit, int percent) =>
        !usage.IsZero && (BigInteger)usage.Units * 100 >= (BigInteger)limit.Units * percent;

    private static async Task<Dictionary<(string Contract, UsageMonth Month), Yen>> ReadUsageAsync(
        NpgsqlConnection connection, IReadOnlyDictionary<(string Contract, UsageMonth Month), Yen> limits, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(ReadUsage, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = limits.Keys.Select(key => key.Contract).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = limits.Keys.Select(key => key.Month.FirstDay.ToDateOnly()).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = limits.Values.Select(limit => limit.ToString()).ToArray() });
        var usage = new Dictionary<(string, UsageMonth), Yen>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var date = reader.GetFieldValue<DateOnly>(1);
            usage.Add((reader.GetString(0), new UsageMonth(date.Year, date.Month)), Yen.Parse(reader.GetString(2)));
        }

        return usage;
    }
}
