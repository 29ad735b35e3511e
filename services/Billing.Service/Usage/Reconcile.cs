using Billing.Contracts;
using Billing.Service.Invoicing;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>One check of the reconciliation: two counts that must be equal.</summary>
public sealed record ReconcileCheck(string Check, long Left, long Right)
{
    public bool Holds => Left == Right;
}

/// <summary>The rows of one attempt at a file and what became of them. The last three are of rows that came by a profile: halves of calls, and rows that are no calls.</summary>
public sealed record ReconciledDelivery(
    long Delivery, string File, string Sha256, int Attempt, bool IsComplete, long Rows, long Rated, long Unanswered, long Suspended, long Duplicate, long Rejected,
    long Joined = 0, long Waiting = 0, long Skipped = 0)
{
    public bool Holds => Rows == Rated + Unanswered + Suspended + Duplicate + Rejected + Joined + Waiting + Skipped;
}

/// <summary>The proof, or the difference: every row received is accounted for, and the read tables hold what the log holds.</summary>
/// <param name="MissingFiles">Gaps in the numbering of the files delivered so far. The proof holds with them: it is of what was received.</param>
public sealed record Reconciliation(
    UsageMonth? Month, IReadOnlyList<ReconciledDelivery> Deliveries, IReadOnlyList<ReconcileCheck> Checks, IReadOnlyList<MissingFiles> MissingFiles)
{
    public bool Holds => Deliveries.All(delivery => delivery.Holds) && Checks.All(check => check.Holds);
}

/// <summary>Compares what was received with what is in the log, and the log with the read tables.</summary>
public static class Reconcile
{
    private const string Schema = BillingStore.Schema;

    /// <summary>Calls that rows of this database's files became and that are elsewhere now, and the other way round.</summary>
    private const string Moved =
        $"(select coalesce(sum(case direction when 'out' then -accepted else accepted end), 0) from {Sharding.Configuration.MovedCalls})::bigint";

    /// <param name="month">Restricts the comparison of log and read tables to one usage month; deliveries are compared in all.</param>
    public static async Task<Reconciliation> RunAsync(NpgsqlDataSource database, UsageMonth? month, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);

        // one snapshot: what commits meanwhile is in all counts or in none
        await using var transaction = await connection.BeginSnapshotAsync(cancel);
        var deliveries = await DeliveriesAsync(connection, cancel);
        var spread = (await Sharding.ShardPlace.OfAsync(connection, cancel)).IsSpread;
        var checks = new List<ReconcileCheck>
        {
            await CheckAsync($"rows accepted from files{(spread ? ", with calls of other shards that came and without those that left" : "")} = calls and suspensions in the log",
                $"select (select coalesce(sum(rated + unanswered + suspended), 0) from {Schema}.deliveries)::bigint + {Moved}",
                $"select count(*) from {Schema}.mt_events where type in ('call_recorded.v1', 'call_suspended.v1') and not exists (select 1 from {Schema}.suspense s where s.released_as = mt_events.id)"),
            await CheckAsync("rows suspended = records in suspense, released ones included, and voided ones",
                $"select coalesce(sum(suspended), 0)::bigint from {Schema}.deliveries",
                $"select (select count(*) from {Schema}.suspense) + (select count(*) from {Schema}.call_corrections where kind = 'void' and starts_with(stream_id, 'suspense-'))"),
            await CheckAsync("rows rejected = rejects kept",
                $"select coalesce(sum(rejected), 0)::bigint from {Schema}.deliveries",
                $"select count(*) from {Schema}.rejects"),
            await CheckAsync("halves of calls put to wait = halves waiting, joined, timed out and rolled back",
                $"select coalesce(sum(waiting), 0)::bigint from {Schema}.deliveries",
                $"select count(*) from {Schema}.call_halves where state <> 'made'"),
            await CheckAsync("halves resolved by a delivery that stands = halves joined and timed out",
                $"select count(*) from {Schema}.call_halves h join {Schema}.deliveries d on d.no = h.resolved_delivery where d.rolled_back_at is null",
                $"select count(*) from {Schema}.call_halves where state in ('joined', 'timed-out')"),
            await CheckAsync("calls and records voided in the log = voided ones listed",
                $"select count(*) from {Schema}.mt_events where type = '{EventTypes.CallVoided}' {OfStreams(month)}",
                $"select count(*) from {Schema}.call_corrections where kind = 'void' {OfStreams(month)}"),
            await CheckAsync("calls in the log = rated calls and voided ones",
                $"select count(*) from {Schema}.mt_events where type = 'call_recorded.v1' {OfStreams(month)}",
                $"""
                select (select count(*) from {Schema}.rated_calls {OfMonth(month)})
                  + (select count(*) from {Schema}.call_corrections where kind = 'void' and not starts_with(stream_id, 'suspense-') {OfStreams(month)})
                """),
            await CheckAsync("rated calls = calls added up in the month's usage",
                $"select count(*) from {Schema}.rated_calls {OfMonth(month)}",
                $"select coalesce(sum(calls), 0)::bigint from {Schema}.month_usage {OfMonth(month)}"),
            await CheckAsync("groups whose charge differs between rated calls and the month's usage = 0",
                $"""
                select count(*) from
                  (select usage_month, coalesce(contract, '') contract, coalesce(class, '') class, coalesce(carrier, '') carrier, coalesce(tax_category, '') tax_category,
                          sum(charge) charge, sum(chargeable_ms) ms from {Schema}.rated_calls {OfMonth(month)} group by 1, 2, 3, 4, 5) r
                  full join (select * from {Schema}.month_usage {OfMonth(month)}) m using (usage_month, contract, class, carrier, tax_category)
                where r.charge is distinct from m.charge or r.ms is distinct from m.chargeable_ms
                """,
                "select 0::bigint"),
        };
        return new Reconciliation(month, deliveries, checks, MissingFiles.In(deliveries.Select(delivery => delivery.File)));

        async Task<ReconcileCheck> CheckAsync(string name, string left, string right) =>
            new(name, await CountAsync(connection, left, cancel), await CountAsync(connection, right, cancel));
    }

    private static string OfMonth(UsageMonth? month) => month is { } m ? $"where usage_month = '{m}-01'" : "";

    private static string OfStreams(UsageMonth? month) => month is { } m ? $"and right(stream_id, 7) = '{m}'" : "";

    private static async Task<long> CountAsync(NpgsqlConnection connection, string query, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(query, connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<List<ReconciledDelivery>> DeliveriesAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select no, file, sha256, attempt, completed_at is not null, rows, rated, unanswered, suspended, duplicate, rejected, joined, waiting, skipped from {Schema}.deliveries order by no",
            connection);
        var deliveries = new List<ReconciledDelivery>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            deliveries.Add(new ReconciledDelivery(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetBoolean(4), reader.GetInt64(5),
                reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9), reader.GetInt64(10), reader.GetInt64(11), reader.GetInt64(12), reader.GetInt64(13)));
        }

        return deliveries;
    }
}
