using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests.Proof;

/// <summary>
/// What a database holds of calls, in a form that two databases can be compared by: whatever does not depend on the
/// deliveries that the records came with.
/// </summary>
internal sealed record Contents(long Calls, string RatedCalls, string MonthUsage, string Suspense, string Events)
{
    private const string Rated =
        """
        r.usage_month, r.id, r.contract, r.number, r.source, r.record_id, r.outcome, r.answered_at, r.class, r.carrier, r.destination, r.stripped_prefix,
        r.tax_category, r.chargeable_ms, r.units, trim_scale(r.charge), r.tail_ms, trim_scale(r.tail_charge), r.tail_over_limit, r.tariff_version
        """;

    /// <param name="isServed">True: the accounts and keys of those who use its servers are left out.</param>
    public static async Task<Contents> OfAsync(FaultDatabase database, bool isServed = false) => new(
        await database.CountAsync("select count(*) from billing.rated_calls"),
        await database.TextAsync(Digest(Rated, "billing.rated_calls r")),
        await database.TextAsync(Digest("m.usage_month, m.contract, m.class, m.carrier, m.tax_category, m.calls, m.chargeable_ms, trim_scale(m.charge), m.tail_ms, trim_scale(m.tail_charge)", "billing.month_usage m")),
        await database.TextAsync(Digest("s.id, s.stream_id, s.source, s.record_id, s.reason, s.month, s.released_as", "billing.suspense s")),
        await database.TextAsync(
            $$"""
            select string_agg(type || ' ' || n, ', ' order by type) from
              (select type, count(*) n from billing.mt_events where type not like 'file_%' {{(isServed ? "and type not like 'account_%' and type not like 'api_key_%'" : "")}} group by type) e
            """));

    /// <summary>What several databases hold together of calls; knowledge, which each of them has, is left out.</summary>
    public static async Task<Contents> OfAllAsync(params FaultDatabase[] databases)
    {
        var parts = new List<Contents>();
        foreach (var database in databases)
        {
            parts.Add(await OfAsync(database));
        }

        return new Contents(
            parts.Sum(part => part.Calls), Sum(parts.Select(part => part.RatedCalls)), Sum(parts.Select(part => part.MonthUsage)), Sum(parts.Select(part => part.Suspense)),
            string.Join(", ", parts.SelectMany(part => part.Events.Split(", ")).Where(events => events.StartsWith("call_", StringComparison.Ordinal))
                .GroupBy(events => events.Split(' ')[0], events => long.Parse(events.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))
                .OrderBy(type => type.Key, StringComparer.Ordinal).Select(type => $"{type.Key} {type.Sum()}")));
    }

    /// <summary>The digests of parts add up to that of the whole.</summary>
    private static string Sum(IEnumerable<string> digests)
    {
        var parts = digests.Select(digest => digest.Split(" rows ")).ToList();
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return $"{parts.Sum(part => long.Parse(part[0], culture))} rows {parts.Aggregate(System.Numerics.BigInteger.Zero, (sum, part) => sum + System.Numerics.BigInteger.Parse(part[1], culture))}";
    }

    /// <summary>Count and sum of the rows' hashes, which no order changes.</summary>
    private static string Digest(string columns, string table) =>
        $"select count(*) || ' rows ' || coalesce(sum(hashtextextended(row({columns})::text, 0)::numeric), 0) from {table}";
}
