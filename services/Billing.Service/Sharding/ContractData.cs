using Billing.Contracts;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>How many events and calls streams hold, and a digest of all they say.</summary>
internal readonly record struct ContractContents(long Events, long Calls, string Digest);

/// <summary>All that a database holds of a contract: the streams of its usage, invoices and disputes, and the rows of the read tables that were made of them.</summary>
internal static class ContractData
{
    private const string Schema = BillingStore.Schema;

    /// <summary>Tables whose rows name the contract.</summary>
    private static readonly string[] Tables =
        ["rated_calls", "month_usage", "usage_limit_alerts", "invoices", "invoiced_usage", "credit_notes", "adjustments", "parked_invoices", "disputes"];

    /// <summary>Voided calls too: they are explained as well.</summary>
    public const string DeliveriesOfCalls =
        $"select distinct (data ->> 'delivery')::bigint from {Schema}.mt_events where stream_id in (select id from leaving) and type = '{EventTypes.CallRecorded}'";

    /// <summary>The streams of the contract, in the temporary table <c>leaving</c>.</summary>
    public static async Task ListStreamsAsync(NpgsqlConnection connection, string contract, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            drop table if exists leaving;
            create temp table leaving on commit drop as
            select s.id from {Schema}.mt_streams s
            where (s.id ~ '-[0-9]{"{4}"}-[0-9]{"{2}"}$' and left(s.id, -8) in ('usage-' || @contract, 'invoice-' || @contract))
              or s.id = 'limit-alerts-' || @contract
              or s.id in (select 'dispute-' || d.id from {Schema}.disputes d where d.contract = @contract);
            analyze leaving
            """, connection)
        { CommandTimeout = 0 };
        command.Parameters.AddWithValue("contract", contract);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What the listed streams hold.</summary>
    public static async Task<ContractContents> DigestAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select count(*), count(*) filter (where type = '{EventTypes.CallRecorded}'),
              coalesce(encode(sha256(string_agg(sha256(convert_to(concat_ws(chr(10), e.id, e.stream_id, e.version, e.type, extract(epoch from e.timestamp), e.is_archived, e.data), 'UTF8')), ''
                order by e.stream_id collate "C", e.version)), 'hex'), '')
            from {Schema}.mt_events e where e.stream_id in (select id from leaving)
            """, connection)
        { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new ContractContents(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2));
    }

    /// <summary>The usage months of the listed streams.</summary>
    public static async Task<IReadOnlyList<UsageMonth>> MonthsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select distinct right(id, 7) from leaving where starts_with(id, 'usage-')", connection);
        var months = new List<UsageMonth>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            months.Add(UsageMonth.TryParse(reader.GetString(0), out var month) ? month : throw new InvalidDataException($"{reader.GetString(0)} is no month"));
        }

        return months;
    }

    /// <summary>Copies the events of the streams that are listed in the database that they leave, and the rows of the contract, as they are.</summary>
    public static async Task CopyAsync(NpgsqlConnection from, NpgsqlConnection to, string contract, CancellationToken cancel)
    {
        await CopyEventsAsync(from, to, cancel);
        foreach (var table in Tables)
        {
            await CopyRows.TableAsync(from, $"{Schema}.{table}", $"contract = {CopyRows.Quoted(contract)}", to, $"{Schema}.{table}", cancel);
        }

        await CopyRows.TableAsync(from, $"{Schema}.call_corrections", "stream_id in (select id from leaving)", to, $"{Schema}.call_corrections", cancel);
    }

    private static async Task CopyEventsAsync(NpgsqlConnection from, NpgsqlConnection to, CancellationToken cancel)
    {
        await CopyRows.TableAsync(from, $"{Schema}.mt_streams", "id in (select id from leaving)", to, $"{Schema}.mt_streams", cancel);
        var columns = await CopyRows.ColumnsAsync(from, $"{Schema}.mt_events", cancel);
        var named = string.Join(", ", columns);
        var others = string.Join(", ", columns.Where(column => column != "\"seq_id\""));
        await CopyRows.ExecuteAsync(to, $"create temp table arrived on commit drop as select {named} from {Schema}.mt_events with no data", cancel);
        await CopyRows.SendAsync(from, $"select {named} from {Schema}.mt_events where stream_id in (select id from leaving)", to, $"arrived ({named})", cancel);

        // what was told to the outside where it happened is not told again; what was not yet is told here
        await CopyRows.ExecuteAsync(to, "create temp table told (id uuid primary key) on commit drop", cancel);
        await CopyRows.SendAsync(from,
            $"""
            select id from {Schema}.mt_events where stream_id in (select id from leaving) and type in ('{Invoicing.Configuration.InvoiceIssued}', '{EventTypes.UsageLimitReached}')
              and (seq_id <= (select last_seq_id from {Schema}.mt_event_progression where name = '{Notices.PublishNotices.Subscription}:All')
                or seq_id in (select seq_id from {Configuration.ToldElsewhere}))
            """, to, "told", cancel);

        // the numbers of the log as late as can be
        await CopyRows.ExecuteAsync(to,
            $"""
            with written as (
              insert into {Schema}.mt_events (seq_id, {others})
              select nextval('{Schema}.mt_events_sequence'), {others} from (select * from arrived order by seq_id offset 0) a
              returning seq_id, id)
            insert into {Configuration.ToldElsewhere} (seq_id) select seq_id from written join told using (id)
            """, cancel);
    }

    /// <summary>Takes the listed streams and the rows of the contract out.</summary>
    public static async Task DeleteAsync(NpgsqlConnection connection, string contract, CancellationToken cancel)
    {
        foreach (var table in Tables)
        {
            await CopyRows.ExecuteAsync(connection, $"delete from {Schema}.{table} where contract = {CopyRows.Quoted(contract)}", cancel);
        }

        await CopyRows.ExecuteAsync(connection,
            $"""
            delete from {Schema}.call_corrections where stream_id in (select id from leaving);
            delete from {Schema}.mt_events where stream_id in (select id from leaving);
            delete from {Schema}.mt_streams where id in (select id from leaving)
            """, cancel);
    }
}
