using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>
/// Digests with which usage streams are closed, computed by the database for many streams at a time. They are final only
/// while the streams are locked.
/// </summary>
internal sealed class ReadChains(NpgsqlConnection connection, CancellationToken cancel)
{
    // the lateral query keeps the plan at one index look-up per stream; nearly all streams have no closing before
    private const string FromTheStart =
        $"""
        select s.id, encode(sha256(convert_to({StreamChain.StartSql}, 'UTF8') || link.digests), 'hex'), link.closings
        from unnest($1::varchar[], $2::bigint[]) as s(id, closing)
        cross join lateral (
          select coalesce(string_agg(event.digest, ''::bytea order by event.version), ''::bytea) as digests, count(*) filter (where event.is_closing) as closings
          from (select e.version, e.type = '{EventTypes.UsageMonthClosed}' as is_closing, {EventDigest.Sql} as digest
                from {BillingStore.Schema}.mt_events e where e.stream_id = s.id and e.version < s.closing offset 0) event) link
        """;

    private const string FromTheClosingBefore =
        $"""
        select s.id, encode(sha256(convert_to(before.digest, 'UTF8') || link.digests), 'hex')
        from unnest($1::varchar[], $2::bigint[]) as s(id, closing)
        cross join lateral (
          select c.version, coalesce(c.data->>'digest', '') as digest from {BillingStore.Schema}.mt_events c
          where c.stream_id = s.id and c.version < s.closing and c.type = '{EventTypes.UsageMonthClosed}' order by c.version desc limit 1) before
        cross join lateral (
          select string_agg(event.digest, ''::bytea order by event.version) as digests
          from (select e.version, {EventDigest.Sql} as digest
                from {BillingStore.Schema}.mt_events e where e.stream_id = s.id and e.version >= before.version and e.version < s.closing offset 0) event) link
        """;

    /// <summary>The digest that the closing at a version of a stream seals, in hexadecimal.</summary>
    public async Task<string> OfAsync(string stream, long closing) =>
        (await OfAsync(new Dictionary<string, long> { [stream] = closing }))[stream];

    /// <param name="closings">Streams with the version that their closing event has or will have.</param>
    /// <returns>The digest that each closing seals, by stream.</returns>
    public async Task<Dictionary<string, string>> OfAsync(IReadOnlyDictionary<string, long> closings)
    {
        var digests = new Dictionary<string, string>(closings.Count, StringComparer.Ordinal);
        var closedBefore = new List<string>();
        await using (var reader = await QueryAsync(FromTheStart, closings.Keys, closings))
        {
            while (await reader.ReadAsync(cancel))
            {
                digests[reader.GetString(0)] = reader.GetString(1);
                if (reader.GetInt64(2) > 0)
                {
                    closedBefore.Add(reader.GetString(0));
                }
            }
        }

        if (closedBefore.Count > 0)
        {
            await using var reader = await QueryAsync(FromTheClosingBefore, closedBefore, closings);
            while (await reader.ReadAsync(cancel))
            {
                digests[reader.GetString(0)] = reader.GetString(1);
            }
        }

        return digests;
    }

    private async Task<NpgsqlDataReader> QueryAsync(string sql, IEnumerable<string> streams, IReadOnlyDictionary<string, long> closings)
    {
        var asked = streams.ToArray();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = asked });
        command.Parameters.Add(new NpgsqlParameter { Value = asked.Select(stream => closings[stream]).ToArray() });
        return await command.ExecuteReaderAsync(cancel);
    }
}
