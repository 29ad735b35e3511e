using System.Globalization;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests.Proof;

/// <summary>What must hold in every database after anything that may happen.</summary>
internal static class Soundness
{
    private static readonly (string What, string Violations)[] Laws =
    [
        // Marten marks numbers that a failed append had drawn on a stream of its own, at whatever version
        ("versions of each stream are 1 to n without a hole, and the stream knows n",
            """
            select count(*) from
              (select stream_id, count(*) n, min(version) first, max(version) last from billing.mt_events where stream_id <> 'mt_tombstone' group by stream_id) e
              full join (select id, version from billing.mt_streams where id <> 'mt_tombstone') s on s.id = e.stream_id
            where e.stream_id is null or s.id is null or e.first <> 1 or e.last <> e.n or s.version <> e.n
            """),
        ("each recorded call has its row, and each row its event",
            """
            select count(*) from (select id from billing.mt_events where type = 'call_recorded.v1') e
              full join billing.rated_calls r using (id) where e.id is null or r.id is null
            """),
        ("a call has one row",
            "select count(*) - count(distinct (source, record_id)) from billing.rated_calls"),
        ("each suspended record has its row, and each row its event",
            """
            select count(*) from (select id from billing.mt_events where type = 'call_suspended.v1') e
              full join billing.suspense s using (id) where e.id is null or s.id is null
            """),
        ("an invoice of a contract and month is there once, with its event",
            """
            select count(*) from (select stream_id from billing.mt_events where type = 'invoice_issued.v1') e
              full join billing.invoices i on e.stream_id = 'invoice-' || i.contract || '-' || to_char(i.month, 'YYYY-MM')
            where e.stream_id is null or i.number is null
            """),
        ("a finished file was taken in completely",
            """
            select count(*) from billing.deliveries d where completed_at is not null
              and (rows <> (receipt ->> 'rows')::bigint or rows <> rated + unanswered + suspended + duplicate + rejected)
            """),
    ];

    public static async Task ShouldBeSoundAsync(this FaultDatabase database)
    {
        foreach (var (what, violations) in Laws)
        {
            (await database.CountAsync(violations)).ShouldBe(0, what);
        }

        (await database.RunAsync("reconcile")).Code.ShouldBe(0, "billing reconcile");
    }

    /// <summary>All attempts at all files together.</summary>
    public static async Task<Receipt> AllDeliveriesAsync(this FaultDatabase database)
    {
        var row = (await database.RowAsync(
            """
            select coalesce(sum(rows), 0)::bigint, coalesce(sum(rated), 0)::bigint, coalesce(sum(unanswered), 0)::bigint,
              coalesce(sum(suspended), 0)::bigint, coalesce(sum(duplicate), 0)::bigint, coalesce(sum(rejected), 0)::bigint from billing.deliveries
            """))!.Select(value => Convert.ToInt64(value, CultureInfo.InvariantCulture)).ToArray();
        return new Receipt(row[0], row[1], row[2], row[3], row[4], row[5]);
    }
}
