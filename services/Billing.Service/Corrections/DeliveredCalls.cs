using Billing.Contracts;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>The calls and suspended records that attempts at a file brought in and that stand, from the read tables.</summary>
internal sealed class DeliveredCalls(NpgsqlConnection connection, long[] deliveries, CancellationToken cancel)
{
    private const string Schema = BillingStore.Schema;

    private const string Groups =
        $"""
        select usage_month, coalesce(contract, ''), count(*), trim_scale(sum(charge))::text from {Schema}.rated_calls
        where delivery = any($1) group by 1, 2 order by 1, coalesce(contract, '') collate "C"
        """;

    private const string CoveredCounts =
        $"""
        select e.stream_id, count(*) from unnest($2::text[], $3::text[], $4::date[], $5::bigint[]) as s(stream_id, contract, usage_month, closed)
        join {Schema}.rated_calls r on r.usage_month = s.usage_month and r.contract = s.contract and r.delivery = any($1)
        join {Schema}.mt_events e on e.id = r.id and e.version < s.closed group by 1
        """;

    /// <summary>Counts and charges by contract and month, and how many of them invoices cover.</summary>
    public async Task<IReadOnlyList<RollbackEffect>> EffectsAsync()
    {
        var effects = new List<RollbackEffect>();
        await using (var command = Command(Groups))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                var day = reader.GetFieldValue<DateOnly>(0);
                effects.Add(new RollbackEffect(reader.GetString(1), new UsageMonth(day.Year, day.Month), reader.GetInt64(2), Yen.Parse(reader.GetString(3)), 0));
            }
        }

        var covered = await CoveredAsync([.. effects.Where(effect => effect.Contract.Length > 0).Select(effect => UsageStreams.Of(effect.Contract, effect.Month))]);
        return [.. effects.Select(effect => effect with { OnInvoices = effect.Contract.Length > 0 ? covered.GetValueOrDefault(UsageStreams.Of(effect.Contract, effect.Month)) : 0 })];
    }

    /// <summary>How many records are suspended.</summary>
    public async Task<long> CountSuspendedAsync()
    {
        await using var command = Command($"select count(*) from {Schema}.suspense where delivery = any($1) and released_as is null");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The next suspended records, locked as their release locks them.</summary>
    public async Task<List<FoundCall>> LockSuspendedAsync(int most)
    {
        await using var command = Command(
            $"select id, stream_id from {Schema}.suspense where delivery = any($1) and released_as is null order by id limit {most} for update");
        var calls = new List<FoundCall>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            calls.Add(new FoundCall("", reader.GetGuid(0), reader.GetString(1), 0, IsSuspended: true));
        }

        return calls;
    }

    /// <summary>The next calls of some streams of a month by id, without those that invoices cover. Right as long as the streams are locked.</summary>
    /// <param name="contracts">Who pays; <c>[""]</c> for calls that nobody holds.</param>
    /// <returns>The calls, and the last id looked at when there may be more.</returns>
    public async Task<(List<FoundCall> Calls, Guid? Last)> ReadAsync(UsageMonth month, string[] contracts, InvoicedCalls invoiced, Guid after, int most)
    {
        var unassigned = contracts is [""];
        var read = new List<(Guid Id, string Stream)>();
        await using (var command = Command(
            $"""
            select id, contract from {Schema}.rated_calls
            where usage_month = $2 and {(unassigned ? "contract is null" : "contract = any($4)")} and delivery = any($1) and id > $3 order by id limit {most}
            """))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
            command.Parameters.Add(new NpgsqlParameter { Value = after });
            if (!unassigned)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = contracts });
            }

            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                read.Add((reader.GetGuid(0), unassigned ? UsageStreams.Unassigned(month) : UsageStreams.Of(reader.GetString(1), month)));
            }
        }

        var versions = await VersionsAsync([.. read.Where(call => invoiced.Of(call.Stream).Count > 0).Select(call => call.Id)]);
        var calls = read
            .Select(call => new FoundCall("", call.Id, call.Stream, versions.GetValueOrDefault(call.Id, long.MaxValue), IsSuspended: false))
            .Where(call => call.Version > invoiced.Last(call.Stream))
            .ToList();
        return (calls, read.Count == most ? read[^1].Id : null);
    }

    private async Task<Dictionary<Guid, long>> VersionsAsync(Guid[] ids)
    {
        var versions = new Dictionary<Guid, long>();
        if (ids.Length == 0)
        {
            return versions;
        }

        await using var command = new NpgsqlCommand($"select id, version from {Schema}.mt_events where id = any($1)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            versions.Add(reader.GetGuid(0), reader.GetInt64(1));
        }

        return versions;
    }

    private async Task<Dictionary<string, long>> CoveredAsync(string[] streams)
    {
        var invoiced = await InvoicedCalls.ReadAsync(connection, streams, cancel);
        var closed = invoiced.Streams.ToArray();
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        if (closed.Length == 0)
        {
            return counts;
        }

        await using var command = Command(CoveredCounts);
        command.Parameters.Add(new NpgsqlParameter { Value = closed });
        command.Parameters.Add(new NpgsqlParameter { Value = closed.Select(stream => UsageStreams.Read(stream).Contract!).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = closed.Select(stream => UsageStreams.Read(stream).Month.FirstDay.ToDateOnly()).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = closed.Select(invoiced.Last).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            counts.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return counts;
    }

    private NpgsqlCommand Command(string sql)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = deliveries });
        return command;
    }
}
