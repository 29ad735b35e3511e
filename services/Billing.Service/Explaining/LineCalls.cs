using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.EventLog;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.Explaining;

/// <summary>Which part of a list of calls is asked for.</summary>
/// <param name="Skip">How many to leave out at the beginning.</param>
/// <param name="Take">How many at most, up to <see cref="Most"/>.</param>
public sealed record Part(long Skip, int Take)
{
    public const int Most = 10_000;

    public static Part First { get; } = new(0, 100);
}

/// <summary>The calls on a usage stream between two of its versions.</summary>
internal sealed record StreamSpan(string Contract, UsageMonth Month, long After, long Before)
{
    public string Stream => UsageStreams.Of(Contract, Month);
}

/// <summary>Reads the calls that a line is made of: sums by the database, single calls a part at a time, so memory does not grow with the line.</summary>
internal sealed class LineCalls(NpgsqlConnection connection, bool isRevealed, CancellationToken cancel)
{
    private const string Order = "answered_at, source collate \"C\", record_id collate \"C\"";

    private const string OfSpan =
        $"""
        from {BillingStore.Schema}.rated_calls r
        join {BillingStore.Schema}.mt_events e on e.id = r.id and e.stream_id = $3 and e.version > $4 and e.version < $5
        where r.usage_month = $1 and r.contract = $2 and r.outcome = 'rated'
        """;

    private const string OfLine = $"{OfSpan} and r.class = $6 and r.carrier is not distinct from $7 and r.tax_category = $8";

    private const string LineSum = $"select count(*), coalesce(sum(r.chargeable_ms), 0)::bigint, coalesce(sum(r.charge), 0)::text {OfLine}";

    private const string LinePart =
        $"select r.source, r.record_id, r.answered_at, r.destination, r.chargeable_ms, r.charge::text, null, r.number {OfLine} order by {Order} offset $9 limit $10";

    /// <summary>The walk of the limit: what of each charge lies beyond it.</summary>
    private const string Walk =
        $"""
        with walk as (
          select r.source, r.record_id, r.answered_at, r.destination, r.chargeable_ms, r.charge, r.tax_category, r.number,
            greatest(0, least(r.charge, sum(r.charge) over (order by {Order} rows unbounded preceding) - $6::numeric)) as beyond
          {OfSpan} and r.charge <> 0)
        """;

    private const string WalkSums = $"{Walk} select tax_category, count(*), sum(beyond)::text from walk where beyond > 0 group by tax_category";

    private const string WalkPart =
        $"""
        {Walk}
        select source, record_id, answered_at, destination, chargeable_ms, charge::text, beyond::text, number
        from walk where beyond > 0 and tax_category = $7 order by {Order} offset $8 limit $9
        """;

    /// <summary>How many calls a usage line has, their chargeable time and the exact sum of their charges, as they stand now.</summary>
    public async Task<(long Calls, Seconds Chargeable, Yen Sum)> SumAsync(StreamSpan span, InvoiceLineDocument line)
    {
        await using var command = Command(LineSum, span, [line.Code, RowStatements.Text(line.Detail), line.TaxCategory]);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), new Seconds(reader.GetInt64(1)), Yen.Parse(reader.GetString(2)));
    }

    public Task<IReadOnlyList<LineCall>> ReadAsync(StreamSpan span, InvoiceLineDocument line, Part part) =>
        ReadAsync(Command(LinePart, span, [line.Code, RowStatements.Text(line.Detail), line.TaxCategory, part.Skip, part.Take]));

    /// <summary>What lies beyond a limit, by tax category.</summary>
    public async Task<IReadOnlyDictionary<string, (long Calls, Yen Overflow)>> OverflowAsync(StreamSpan span, Yen limit)
    {
        var overflow = new Dictionary<string, (long, Yen)>(StringComparer.Ordinal);
        await using var command = Command(WalkSums, span, [limit.ToString()]);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            overflow.Add(reader.GetString(0), (reader.GetInt64(1), Yen.Parse(reader.GetString(2))));
        }

        return overflow;
    }

    /// <summary>The calls of a tax category that lie beyond a limit, wholly or in part.</summary>
    public Task<IReadOnlyList<LineCall>> BeyondAsync(StreamSpan span, Yen limit, string category, Part part) =>
        ReadAsync(Command(WalkPart, span, [limit.ToString(), category, part.Skip, part.Take]));

    private NpgsqlCommand Command(string sql, StreamSpan span, object[] more)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in (object[])[span.Month.FirstDay.ToDateOnly(), span.Contract, span.Stream, span.After, span.Before, .. more])
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private async Task<IReadOnlyList<LineCall>> ReadAsync(NpgsqlCommand command)
    {
        await using var _ = command;
        var calls = new List<LineCall>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            calls.Add(new LineCall(
                reader.GetString(0), reader.GetString(1), Instant.FromDateTimeUtc(reader.GetDateTime(2)), reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.IsDBNull(3) ? null : isRevealed ? reader.GetString(3) : Masked.Number(reader.GetString(3)),
                new Seconds(reader.GetInt64(4)), Yen.Parse(reader.GetString(5)), reader.IsDBNull(6) ? null : Yen.Parse(reader.GetString(6))));
        }

        return calls;
    }
}
