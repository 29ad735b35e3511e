using System.Globalization;
using Billing.Contracts;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>Checks that every stream's events are numbered 1, 2, 3 … without holes, up to the version of the stream.</summary>
internal sealed class VerifyStreams(NpgsqlConnection connection, Findings findings, CancellationToken cancel)
{
    public const string Dense = "events are numbered without holes up to the version of their stream";

    /// <summary>
    /// Where the event store notes sequence numbers that a rolled-back append had drawn, numbered as those. It is no stream of
    /// ours; an event that was moved there is missing from its own.
    /// </summary>
    private const string Tombstones = "mt_tombstone";

    private const string Holes =
        $"""
        select s.id, coalesce(s.version, 0), count(e.version), coalesce(min(e.version), 0), coalesce(max(e.version), 0), count(*) over ()
        from {BillingStore.Schema}.mt_streams s
        left join {BillingStore.Schema}.mt_events e on e.stream_id = s.id
        where s.id <> '{Tombstones}' and ($1::text is null or right(s.id, 7) = $1)
        group by s.id
        having count(e.version) <> coalesce(s.version, 0) or coalesce(max(e.version), 0) <> coalesce(s.version, 0) or coalesce(min(e.version), 1) <> 1
        order by s.id collate "C"
        limit 100
        """;

    private const string FirstHole =
        $"""
        select min(v) from generate_series(1, $2) v
        where not exists (select from {BillingStore.Schema}.mt_events e where e.stream_id = $1 and e.version = v)
        """;

    private const string Count = $"select count(*) from {BillingStore.Schema}.mt_streams where id <> '{Tombstones}' and ($1::text is null or right(id, 7) = $1)";

    private const string Homeless =
        $"""
        select e.stream_id, count(*) from {BillingStore.Schema}.mt_events e
        where not exists (select from {BillingStore.Schema}.mt_streams s where s.id = e.stream_id) and ($1::text is null or right(e.stream_id, 7) = $1)
        group by e.stream_id order by e.stream_id collate "C"
        """;

    public async Task RunAsync(UsageMonth? month)
    {
        await using (var count = new NpgsqlCommand(Count, connection) { CommandTimeout = 0 })
        {
            count.Parameters.Add(VerifyChains.MonthText(month));
            findings.Compared(Dense, (long)(await count.ExecuteScalarAsync(cancel))!);
        }

        var broken = new List<(string Stream, long Version, long Events, long Max, long All)>();
        await using (var command = new NpgsqlCommand(Holes, connection) { CommandTimeout = 0 })
        {
            command.Parameters.Add(VerifyChains.MonthText(month));
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                broken.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(4), reader.GetInt64(5)));
            }
        }

        foreach (var (stream, version, events, max, all) in broken)
        {
            // of more than are listed, the last one listed stands for the rest
            var count = stream == broken[^1].Stream ? all - broken.Count + 1 : 1;
            findings.Add(await HoleAsync(stream, version, events, max), count);
        }

        await HomelessAsync(month);
    }

    private async Task<BrokenLink> HoleAsync(string stream, long version, long events, long max)
    {
        await using var command = new NpgsqlCommand(FirstHole, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = stream });
        command.Parameters.Add(new NpgsqlParameter { Value = Math.Max(version, max) });
        var hole = await command.ExecuteScalarAsync(cancel) as long?;
        return new BrokenLink(
            Dense,
            stream,
            1,
            version,
            string.Create(CultureInfo.InvariantCulture, $"{version} events"),
            string.Create(CultureInfo.InvariantCulture, $"{events} events up to {max}{(hole is null ? "" : $" (event {hole} is missing)")}"));
    }

    private async Task HomelessAsync(UsageMonth? month)
    {
        await using var command = new NpgsqlCommand(Homeless, connection) { CommandTimeout = 0 };
        command.Parameters.Add(VerifyChains.MonthText(month));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            findings.Add(new BrokenLink(Dense, reader.GetString(0), null, null, "a stream", string.Create(CultureInfo.InvariantCulture, $"none, and {reader.GetInt64(1)} events of it")));
        }
    }
}
