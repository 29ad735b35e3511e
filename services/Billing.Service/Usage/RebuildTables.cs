using System.Collections.Concurrent;
using Billing.Contracts;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>
/// The tables that a rebuild fills before they take the place of the read tables: nobody reads them until then. A month's
/// calls become its new partition as they are; of usage, suspense and corrections what differs is written over, so that the
/// tables keep their rights, and nobody waits for rows that were right before.
/// </summary>
internal sealed class RebuildTables(NpgsqlDataSource database, UsageMonth? only)
{
    private const string Schema = BillingStore.Schema;
    private const string Calls = $"{Schema}.rebuilt_calls";

    public const string Usage = $"{Schema}.rebuilt_usage";
    public const string Suspense = $"{Schema}.rebuilt_suspense";
    public const string Released = $"{Schema}.rebuilt_released";
    public const string Corrections = $"{Schema}.rebuilt_corrections";

    /// <summary>The streams whose calls are to be taken again; a contract of "" stands for calls that nobody holds, none for suspense.</summary>
    public const string Again = $"{Schema}.rebuilt_again";

    private const string Sums = $"{Schema}.rebuilt_sums";
    private const string UsageKey = "usage_month, contract, class, carrier, tax_category";

    /// <summary>Puts one row for each key in the place of the increments.</summary>
    private const string SumUsage =
        $"""
        create unlogged table {Sums} (like {Schema}.month_usage);
        insert into {Sums}
        select {UsageKey}, sum(calls), sum(chargeable_ms), trim_scale(sum(charge)), sum(tail_ms), trim_scale(sum(tail_charge)) from {Usage} group by {UsageKey};
        drop table {Usage};
        alter table {Sums} rename to rebuilt_usage
        """;

    private readonly ConcurrentDictionary<UsageMonth, Lazy<string>> _months = new();

    public IReadOnlyCollection<UsageMonth> Months => [.. _months.Keys];

    /// <summary>The table for a month's calls; made when it is first asked for.</summary>
    public string OfMonth(UsageMonth month) => _months.GetOrAdd(month, key => new Lazy<string>(() => Create(key))).Value;

    /// <summary>Begins anew, with an empty table for each month that there is: one without calls becomes empty.</summary>
    public async Task CreateAsync(CancellationToken cancel)
    {
        await DropAsync(cancel);
        await ExecuteAsync(
            $"""
            create table {Calls} (like {Schema}.rated_calls including all excluding indexes);
            create unlogged table {Usage} (like {Schema}.month_usage);
            create unlogged table {Suspense} (like {Schema}.suspense);
            create unlogged table {Released} (suspended uuid not null, recorded uuid not null);
            create unlogged table {Corrections} (like {Schema}.call_corrections);
            create unlogged table {Again} (stream_id text primary key, contract text, month date not null)
            """,
            cancel);
        await using var command = database.CreateCommand(
            $"select right(inhrelid::regclass::text, 6) from pg_inherits where inhparent = '{Schema}.rated_calls'::regclass");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var month = UsageMonth.Parse(reader.GetString(0).Insert(4, "-"));
            if (only is null || only == month)
            {
                OfMonth(month);
            }
        }
    }

    /// <summary>Adds the indexes, and sums up usage meanwhile.</summary>
    public Task FinishAsync(CancellationToken cancel) => Task.WhenAll(
        ExecuteAsync($"set maintenance_work_mem = '256MB'; {string.Join(';', Months.Select(month => $"create index on {OfMonth(month)} (contract, answered_at)"))}", cancel),
        ExecuteAsync($"set work_mem = '256MB'; set jit = off; {SumUsage}", cancel));

    /// <summary>Notes the streams to be done again, and takes out what was made of them; returns the calls and suspended records taken out.</summary>
    public async Task<(long RatedCalls, long Suspended)> ForgetAsync(IReadOnlyCollection<string> streams, CancellationToken cancel)
    {
        var places = streams.Select(UsageStreams.Read).ToArray();
        await ExecuteAsync($"truncate {Again}", cancel);
        await using var note = database.CreateCommand($"insert into {Again} select * from unnest($1::text[], $2::text[], $3::date[])");
        note.Parameters.Add(new NpgsqlParameter { Value = streams.ToArray() });
        note.Parameters.Add(new NpgsqlParameter { Value = places.Select(place => place.Contract).ToArray() });
        note.Parameters.Add(new NpgsqlParameter { Value = places.Select(place => place.Month.FirstDay.ToDateOnly()).ToArray() });
        await note.ExecuteNonQueryAsync(cancel);

        var calls = 0L;
        foreach (var month in places.Where(place => place.Contract is not null).Select(place => place.Month).Distinct())
        {
            calls += await ExecuteAsync($"delete from {OfMonth(month)} r using {Again} a where a.month = '{month}-01' and a.contract = coalesce(r.contract, '')", cancel);
        }

        await ExecuteAsync($"delete from {Usage} u using {Again} a where a.month = u.usage_month and a.contract = u.contract", cancel);
        return (calls, await ExecuteAsync($"delete from {Suspense} s using {Again} a where a.stream_id = s.stream_id", cancel));
    }

    /// <summary>Puts the tables in place, in the caller's transaction, which keeps writers and readers away.</summary>
    public async Task ReplaceAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var (ofUsage, ofSuspense, ofStreams) = only is { } month
            ? ($"where usage_month = '{month}-01'", $"where month = '{month}-01'", $"where right(stream_id, 7) = '{month}'")
            : ("", "", "");
        var statements = Months.Select(Replace)
            .Append($"set local work_mem = '256MB'; set local jit = off; {SumUsage}")
            .Append($"update {Suspense} s set released_as = r.recorded from {Released} r where s.id = r.suspended")
            .Append(MakeEqual($"{Schema}.month_usage", Usage, UsageKey, ofUsage))
            .Append(MakeEqual($"{Schema}.suspense", Suspense, "id", ofSuspense))
            .Append(MakeEqual($"{Schema}.call_corrections", Corrections, "call_id, stream_id, version", ofStreams));
        await using var command = new NpgsqlCommand(string.Join(';', statements), connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Leaves nothing behind, of this run or of one that was cut short.</summary>
    public async Task DropAsync(CancellationToken cancel)
    {
        var left = new List<string>();
        await using (var command = database.CreateCommand(
            $@"select oid::regclass::text from pg_class where relnamespace = '{Schema}'::regnamespace and relkind = 'r' and relname like 'rebuilt\_%'"))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                left.Add(reader.GetString(0));
            }
        }

        if (left.Count > 0)
        {
            await ExecuteAsync($"drop table {string.Join(", ", left)}", cancel);
        }
    }

    /// <summary>Takes out the rows that were not rebuilt just so, and puts in those that are not there just so.</summary>
    private static string MakeEqual(string table, string rebuilt, string key, string rows) =>
        $"""
        delete from {table} where ({key}) in (select {key} from (select * from {table} {rows} except select * from {rebuilt}) other);
        insert into {table} select * from {rebuilt} except select * from {table}
        """;

    private static string TableOf(UsageMonth month) => $"{Calls}_{month.Year:D4}{month.Month:D2}";

    private static string Replace(UsageMonth month)
    {
        var (rebuilt, table) = (TableOf(month), MonthPartitions.TableOf(month));
        return $"""
            drop table if exists {table};
            alter table {rebuilt} rename to {table[(Schema.Length + 1)..]};
            alter table {Schema}.rated_calls attach partition {table} for values in ('{month}-01');
            alter table {table} drop constraint if exists rebuilt_month;
            alter index if exists {rebuilt}_contract_answered_at_idx rename to {table[(Schema.Length + 1)..]}_contract_answered_at_idx
            """;
    }

    /// <summary>
    /// Made from the first of these tables, not from the read table, which may be locked. The constraint spares a partition a
    /// look at every row when it is attached.
    /// </summary>
    private string Create(UsageMonth month)
    {
        using var command = database.CreateCommand($"create table {TableOf(month)} (like {Calls} including all, constraint rebuilt_month check (usage_month = '{month}-01'))");
        command.ExecuteNonQuery();
        return TableOf(month);
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
