using System.Text.Json;
using Billing.Contracts.Events;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Explaining;

/// <summary>An event that stored a record: the call itself, a suspended one, or a copy with other contents.</summary>
/// <param name="Reason">Why it was suspended; null of a recorded call.</param>
/// <param name="File">The file of the delivery.</param>
internal sealed record StoredRecord(
    Guid Id, string Stream, long Version, Instant At, CallRecord Call, string? Reason, long Delivery, string? File, string? Sha256, long Line, long Known);

/// <summary>An event that came after a record was stored and changes what is made of it.</summary>
/// <param name="Body">CallReleased, CallVoided, CallCorrected or UsageRerated.</param>
internal sealed record LaterEvent(Guid Id, string Stream, long Version, Instant At, object Body);

/// <summary>
/// Everything the log holds about one identity (source, record id). The ids of its records lie side by side, so the unique
/// index on event ids finds them; what happened to them later is on their own streams.
/// </summary>
internal sealed class CallEvents(NpgsqlConnection connection, CancellationToken cancel)
{
    /// <summary>The records of one batch have one instant and are numbered stream by stream: their lines tell which came first.</summary>
    private const string Records =
        $"""
        select e.id, e.stream_id, e.version, e.timestamp, e.type, e.data::text, coalesce(d.file, m.file), coalesce(d.sha256, m.sha256)
        from {BillingStore.Schema}.mt_events e left join {BillingStore.Schema}.deliveries d on d.no = (e.data ->> 'delivery')::bigint
          left join {Sharding.Configuration.MovedDeliveries} m on m.no = (e.data ->> 'delivery')::bigint
        where e.id between $1 and $2 and e.type in ('{EventTypes.CallRecorded}', '{EventTypes.CallSuspended}')
          and e.data -> 'call' ->> 'source' = $3 and e.data -> 'call' ->> 'recordId' = $4
        order by e.timestamp, (e.data ->> 'delivery')::bigint, (e.data ->> 'line')::bigint, e.seq_id
        """;

    /// <summary>The records of the identity in the order in which they were stored.</summary>
    public async Task<IReadOnlyList<StoredRecord>> RecordsAsync(CallName name)
    {
        var (first, last) = CallEventId.RangeOf(name.SourceUtf8, name.RecordIdUtf8);
        await using var command = new NpgsqlCommand(Records, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = first });
        command.Parameters.Add(new NpgsqlParameter { Value = last });
        command.Parameters.Add(new NpgsqlParameter { Value = name.Source });
        command.Parameters.Add(new NpgsqlParameter { Value = name.RecordId });
        var records = new List<StoredRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var suspended = reader.GetString(4) == EventTypes.CallSuspended ? Read<CallSuspended>(reader.GetString(5)) : null;
            var recorded = suspended is null ? Read<CallRecorded>(reader.GetString(5)) : null;
            records.Add(new StoredRecord(
                reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), At(reader, 3),
                suspended?.Call ?? recorded!.Call, suspended?.Reason, suspended?.Delivery ?? recorded!.Delivery,
                reader.IsDBNull(6) ? null : reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetString(7),
                suspended?.Line ?? recorded!.Line, suspended?.Known ?? recorded!.Known));
        }

        return records;
    }

    /// <summary>What happened to these records after they were stored, in order.</summary>
    public async Task<IReadOnlyList<LaterEvent>> LaterAsync(IReadOnlyList<StoredRecord> records)
    {
        var streams = records.GroupBy(record => record.Stream, StringComparer.Ordinal).Select(stream => (stream.Key, stream.Min(record => record.Version)));
        await using var command = Later([.. streams], records.Select(record => record.Id));
        command.Connection = connection;
        var later = new List<LaterEvent>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var data = reader.GetString(5);
            object body = reader.GetString(4) switch
            {
                EventTypes.CallVoided => Read<CallVoided>(data),
                EventTypes.CallCorrected => Read<CallCorrected>(data),
                EventTypes.UsageRerated => Read<UsageRerated>(data),
                _ => Read<CallReleased>(data),
            };
            later.Add(new LaterEvent(reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), At(reader, 3), body));
        }

        return later;
    }

    /// <summary>The query for the events that change what is made of some calls; those of the streams that come after a version, with the help of <see cref="ChangesIndex"/>.</summary>
    internal static NpgsqlCommand Later(IReadOnlyList<(string Stream, long After)> streams, IEnumerable<Guid> calls)
    {
        var command = new NpgsqlCommand(
            $"""
            select e.id, e.stream_id, e.version, e.timestamp, e.type, e.data::text
            from unnest($1::text[], $2::bigint[]) as held(stream_id, version)
            join {BillingStore.Schema}.mt_events e on e.stream_id = held.stream_id and e.version > held.version
            where e.type in ({EventTypes.ChangesOfCalls}) and (e.type = '{EventTypes.UsageRerated}'
               or e.data ->> 'call' = any($3) or (e.type = '{EventTypes.CallReleased}' and e.data ->> 'suspended' = any($3)))
            order by e.seq_id
            """)
        { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = streams.Select(stream => stream.Stream).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = streams.Select(stream => stream.After).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = calls.Select(call => call.ToString()).ToArray() });
        return command;
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, BillingStore.Json)!;

    private static Instant At(NpgsqlDataReader reader, int column) => Instant.FromDateTimeUtc(reader.GetDateTime(column));
}
