using Billing.Contracts;
using NodaTime;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>A contract's usage of one month so far, from the sums that are kept with every batch of calls.</summary>
/// <param name="Charge">The exact sum of the charges, before anything is rounded or limited.</param>
public sealed record UsageSoFar(long Calls, long Unanswered, Seconds Chargeable, Yen Charge, IReadOnlyList<ClassUsage> Classes)
{
    /// <summary>The rows of rated calls that stand behind it.</summary>
    public long Records => Calls + Unanswered;
}

/// <summary>The calls of one class and carrier.</summary>
public sealed record ClassUsage(string Class, string? Carrier, long Calls, Seconds Chargeable, Yen Charge);

/// <summary>A step of the usage limit, and when it was reached.</summary>
public sealed record ReachedStep(UsageMonth Month, int Percent, Instant At);

/// <summary>Reads a month so far: a handful of rows whatever the number of calls.</summary>
public static class ReadMonthUsage
{
    private const string Sums =
        $"""
        select class, carrier, sum(calls)::bigint, sum(chargeable_ms)::bigint, sum(charge)::text from {BillingStore.Schema}.month_usage
        where usage_month = $1 and contract = $2 group by class, carrier order by sum(charge) desc, class, carrier
        """;

    private const string Steps =
        $"select usage_month, percent, reached_at from {BillingStore.Schema}.usage_limit_alerts where contract = $1 order by reached_at desc, percent desc limit 24";

    public static async Task<UsageSoFar> RunAsync(NpgsqlDataSource database, string contract, UsageMonth month, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Sums);
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = contract });
        var classes = new List<ClassUsage>();
        var unanswered = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            // the row without a class counts the calls that were not answered
            if (reader.GetString(0) is not { Length: > 0 } callClass)
            {
                unanswered += reader.GetInt64(2);
                continue;
            }

            var carrier = reader.GetString(1);
            classes.Add(new ClassUsage(callClass, carrier.Length > 0 ? carrier : null, reader.GetInt64(2), new Seconds(reader.GetInt64(3)), Yen.Parse(reader.GetString(4))));
        }

        return new UsageSoFar(
            classes.Sum(group => group.Calls),
            unanswered,
            classes.Aggregate(new Seconds(0), (sum, group) => sum + group.Chargeable),
            classes.Aggregate(Yen.Zero, (sum, group) => sum + group.Charge),
            classes);
    }

    /// <summary>The latest steps of the limit that a contract reached, the latest first.</summary>
    public static async Task<IReadOnlyList<ReachedStep>> StepsAsync(NpgsqlDataSource database, string contract, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Steps);
        command.Parameters.Add(new NpgsqlParameter { Value = contract });
        var steps = new List<ReachedStep>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            steps.Add(new ReachedStep(UsageMonth.Of(LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(0))), reader.GetInt32(1), Instant.FromDateTimeUtc(reader.GetDateTime(2))));
        }

        return steps;
    }
}
