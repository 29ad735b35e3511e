using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>
/// Checks the log of what became known when: its numbers have no holes, its instants never go back, and it names each change of a
/// contract, tariff or reference table once, up to the version of the stream.
/// </summary>
internal sealed class VerifyKnowledge(NpgsqlConnection connection, Findings findings, CancellationToken cancel)
{
    public const string Log = "the log of what became known is whole";

    private const string Schema = BillingStore.Schema;

    private const string Faults =
        $"""
        select 'knowledge_log, number ' || x.no as place, 'number ' || x.place as expected, 'number ' || x.no as found
          from (select no, row_number() over (order by no) as place from {Schema}.knowledge_log) x where x.no <> x.place
        union all
        select 'knowledge_counter', 'number ' || coalesce(max(l.no), 0), 'number ' || coalesce((select no from {Schema}.knowledge_counter where id = 1), 0)
          from {Schema}.knowledge_log l having coalesce(max(l.no), 0) <> coalesce((select no from {Schema}.knowledge_counter where id = 1), 0)
        union all
        select 'knowledge_log, number ' || x.no, 'an instant from ' || x.before || ' on', x.known_at::text
          from (select no, known_at, lag(known_at) over (order by no) as before from {Schema}.knowledge_log) x where x.known_at < x.before
        union all
        select x.stream_id || ', number ' || x.no, 'a version after ' || x.before, 'version ' || x.version
          from (select no, stream_id, version, lag(version, 1, 0::bigint) over (partition by stream_id order by no) as before from {Schema}.knowledge_log) x
          where x.version <= x.before
        union all
        select x.id, 'version ' || coalesce(x.known, 0) || ', the last that the knowledge log names', 'version ' || coalesce(x.version, 0)
          from (select coalesce(s.id, l.stream_id) as id, s.version, l.known
                from (select id, version from {Schema}.mt_streams where id like 'contract-%' or id like 'tariff-%' or id like 'reference-%') s
                full join (select stream_id, max(version) as known from {Schema}.knowledge_log group by stream_id) l on l.stream_id = s.id) x
          where x.version is distinct from x.known
        """;

    public async Task RunAsync()
    {
        await using (var count = new NpgsqlCommand($"select count(*) from {Schema}.knowledge_log", connection))
        {
            findings.Compared(Log, (long)(await count.ExecuteScalarAsync(cancel))!);
        }

        await using var command = new NpgsqlCommand(Faults, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            findings.Add(new BrokenLink(Log, reader.GetString(0), null, null, reader.GetString(1), reader.GetString(2)));
        }
    }
}
