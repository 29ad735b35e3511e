using System.Text.Json;
using Billing.Contracts.Events;
using Billing.Service.Evidence;
using Billing.Service.Replay;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Scenarios;

/// <summary>What an auditor asks of a world, whatever happened in it.</summary>
internal static class AuditedWorld
{
    /// <summary>
    /// Usage of a contract, month and class beside all that documents covered of it, where they differ. Each document rounds its
    /// lines down for itself, so each further one may cost less than a yen of the whole.
    /// </summary>
    private const string BilledOtherwise =
        """
        with usage as (
          select contract, usage_month, class, carrier, tax_category, calls, chargeable_ms, charge
          from billing.month_usage where contract <> '' and class <> ''),
        billed as (
          select i.contract, i.usage_month, l->>'class' class, coalesce(l->>'carrier', '') carrier, l->>'taxCategory' tax_category, count(*) documents,
                 sum((l->>'calls')::bigint) calls, sum((l->>'chargeableMs')::bigint) chargeable_ms, sum((l->>'sum')::numeric) charge, sum((l->>'amount')::numeric) amount
          from billing.invoiced_usage i cross join jsonb_array_elements(i.covered->'lines') l group by 1, 2, 3, 4, 5)
        select coalesce(string_agg(format('%s %s %s: %s calls, %s yen used; %s calls, %s yen exact, %s yen billed by %s documents',
          contract, usage_month, class, usage.calls, usage.charge, billed.calls, billed.charge, billed.amount, documents), E'\n'), '')
        from usage full join billed using (contract, usage_month, class, carrier, tax_category)
        where (coalesce(usage.calls, 0), coalesce(usage.chargeable_ms, 0), coalesce(usage.charge, 0))
            is distinct from (coalesce(billed.calls, 0), coalesce(billed.chargeable_ms, 0), coalesce(billed.charge, 0))
          or trunc(coalesce(usage.charge, 0)) - coalesce(billed.amount, 0) not between 0 and coalesce(documents, 1) - 1
        """;

    /// <summary>Streams whose events are not numbered 1 to their version. What was rolled back leaves a tombstone, which belongs to no stream of ours.</summary>
    private const string GappyStreams =
        """
        select coalesce(string_agg(format('%s is at %s with %s', s.id, s.version, e.versions), E'\n'), '')
        from billing.mt_streams s
        left join lateral (select array_agg(version order by version) versions from billing.mt_events where stream_id = s.id) e on true
        where s.id <> 'mt_tombstone' and coalesce(e.versions, '{}') <> array(select generate_series(1, s.version))
        """;

    private const string CoveredSums =
        "select contract, to_char(usage_month, 'YYYY-MM'), sum(amount), sum(limit_change) from billing.invoiced_usage group by 1, 2 order by 1, 2";

    private const string Documents =
        "select id::text, type, data::text from billing.mt_events where type in ('invoice_issued.v1', 'credit_note_issued.v1', 'adjustment_granted.v1') order by seq_id";

    /// <summary>The documents issued so far, as their events hold them.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> IssuedDocumentsAsync(this BilledWorld world) =>
        (await RowsAsync(world, Documents)).ToDictionary(row => (string)row[0], row => (string)row[2]);

    /// <summary>Documents that were issued are there still, and are the same.</summary>
    public static async Task ShouldHaveKeptAsync(this BilledWorld world, IReadOnlyDictionary<string, string> issued)
    {
        var now = await world.IssuedDocumentsAsync();
        foreach (var (id, document) in issued)
        {
            now[id].ShouldBe(document);
        }
    }

    /// <summary>Log, tables and documents agree with each other, and every invoice can be made again.</summary>
    public static async Task ShouldStandAuditAsync(this BilledWorld world)
    {
        (await world.Database.ScalarAsync<string>(GappyStreams)).ShouldBe("");
        var reconciled = await Reconcile.RunAsync(world.Database.Database, null, default);
        reconciled.Checks.Where(check => !check.Holds).ShouldBeEmpty();
        reconciled.Deliveries.Where(delivery => !delivery.Holds).ShouldBeEmpty();
        (await new VerifyStore(world.Database.Database).RunAsync(null, null, null, default)).Links.ShouldBeEmpty();
        var documents = await ReadAsync(world);
        foreach (var month in documents.Invoices.Select(issued => issued.Invoice.Month).Distinct())
        {
            var proof = await MonthProof.OfAsync(month, new ProveInvoices(world.Database.Database).OfMonthAsync(month, null, default), default);
            proof.Differing.ShouldBeEmpty();
            proof.Equal.ShouldBe(documents.Invoices.Count(issued => issued.Invoice.Month == month));
        }

        documents.ShouldAddUp();
        documents.ShouldNeverGiveBackMoreThanWasBilled();
        documents.ShouldSettleAdjustmentsOnce();
        await ShouldCarryWhatTheyCoverAsync(world, documents);
    }

    /// <summary>
    /// After a last invoice run: all usage is covered by documents exactly once, in calls, time and exact charge, the yen that were billed
    /// are those, and no month was billed beyond its limit.
    /// </summary>
    public static async Task ShouldBeBilledOnceAsync(this BilledWorld world, params (string Contract, long Limit)[] limits)
    {
        (await world.Database.ScalarAsync<string>(BilledOtherwise)).ShouldBe("");
        (await world.Database.ScalarAsync<long>("select count(*) from billing.adjustments where settled_by is null")).ShouldBe(0);
        foreach (var row in await RowsAsync(world, CoveredSums))
        {
            var limit = limits.Where(entry => entry.Contract == (string)row[0]).Select(entry => (decimal)entry.Limit).DefaultIfEmpty(decimal.MaxValue).Single();
            ((decimal)row[3]).ShouldBe(-Math.Max(0, (decimal)row[2] - limit), $"{row[0]} {row[1]}");
        }
    }

    /// <summary>The lines that documents carry of a usage month are what they cover of it, beyond the limit or not.</summary>
    private static async Task ShouldCarryWhatTheyCoverAsync(BilledWorld world, IssuedDocuments documents)
    {
        foreach (var row in await RowsAsync(world, CoveredSums))
        {
            var (contract, month) = ((string)row[0], (string)row[1]);
            documents.Carried(contract, month).ShouldBe((decimal)row[2] + (decimal)row[3], $"{contract} {month}");
        }
    }

    private static async Task<IssuedDocuments> ReadAsync(BilledWorld world)
    {
        var documents = new IssuedDocuments();
        foreach (var row in await RowsAsync(world, Documents))
        {
            var data = (string)row[2];
            switch ((string)row[1])
            {
                case Service.Invoicing.Configuration.InvoiceIssued:
                    documents.Invoices.Add(JsonSerializer.Deserialize<InvoiceIssued>(data, BillingStore.Json)!);
                    break;
                case Service.Invoicing.Configuration.CreditNoteIssued:
                    documents.Notes.Add(JsonSerializer.Deserialize<CreditNoteIssued>(data, BillingStore.Json)!);
                    break;
                default:
                    documents.Adjustments.Add(JsonSerializer.Deserialize<AdjustmentGranted>(data, BillingStore.Json)!);
                    break;
            }
        }

        return documents;
    }

    private static async Task<List<object[]>> RowsAsync(BilledWorld world, string sql)
    {
        await using var command = world.Database.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}
