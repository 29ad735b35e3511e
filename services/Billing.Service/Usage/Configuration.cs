using Billing.Contracts.Events;
using JasperFx.Events.Projections;
using Marten;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Usage;

/// <summary>Calls: <c>usage-{contract}-{month}</c>, <c>unassigned-{month}</c> and <c>suspense-{source}-{month}</c> streams, and their read tables.</summary>
internal static class Configuration
{
    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<CallRecorded>(EventTypes.CallRecorded);
        options.Events.MapEventType<CallSuspended>(EventTypes.CallSuspended);
        options.Events.MapEventType<CallReleased>(EventTypes.CallReleased);
        options.Events.MapEventType<UsageMonthClosed>(EventTypes.UsageMonthClosed);
        options.Events.MapEventType<UsageLimitReached>(EventTypes.UsageLimitReached);
        options.Events.MapEventType<CallVoided>(EventTypes.CallVoided);
        options.Events.MapEventType<CallCorrected>(EventTypes.CallCorrected);
        options.Events.MapEventType<UsageRerated>(EventTypes.UsageRerated);
        options.Events.MapEventType<LimitAlertAddressesSet>(EventTypes.LimitAlertAddressesSet);

        options.Projections.Add(new RatedCallsProjection(), ProjectionLifecycle.Inline);

        options.Storage.ExtendedSchemaObjects.Add(RatedCalls());
        options.Storage.ExtendedSchemaObjects.Add(MonthUsageTable());
        options.Storage.ExtendedSchemaObjects.Add(Suspense());
        options.Storage.ExtendedSchemaObjects.Add(LimitAlerts());
        options.Storage.ExtendedSchemaObjects.Add(Corrections());
        options.Events.IgnoreIndex(ChangesIndex.Name);
        options.Storage.Add(new ChangesIndex());
    }

    /// <summary>One row per recorded call, rated or unanswered; a partition per usage month, added when its first call comes.</summary>
    private static Table RatedCalls()
    {
        var table = new Table($"{BillingStore.Schema}.rated_calls");
        table.AddColumn("usage_month", "date").NotNull();
        table.AddColumn("id", "uuid").NotNull();
        table.AddColumn("contract", "text").AllowNulls();
        table.AddColumn("number", "text").AllowNulls();
        table.AddColumn("source", "text").NotNull();
        table.AddColumn("record_id", "text").NotNull();
        table.AddColumn("outcome", "text").NotNull();
        table.AddColumn("answered_at", "timestamptz").NotNull();
        table.AddColumn("class", "text").AllowNulls();
        table.AddColumn("carrier", "text").AllowNulls();
        table.AddColumn("destination", "text").AllowNulls();
        table.AddColumn("stripped_prefix", "text").AllowNulls();
        table.AddColumn("tax_category", "text").AllowNulls();
        table.AddColumn("chargeable_ms", "bigint").NotNull();
        table.AddColumn("units", "bigint").NotNull();
        table.AddColumn("charge", "numeric").NotNull();
        table.AddColumn("tail_ms", "bigint").AllowNulls();
        table.AddColumn("tail_charge", "numeric").AllowNulls();
        table.AddColumn("tail_over_limit", "boolean").NotNull();
        table.AddColumn("tariff_version", "text").AllowNulls();
        table.AddColumn("delivery", "bigint").NotNull();
        table.AddColumn("line", "bigint").NotNull();
        table.Indexes.Add(new IndexDefinition("ix_rated_calls_contract") { Columns = ["contract", "answered_at"] });
        table.PartitionByList("usage_month").DisableDefaultPartition();
        table.IgnorePartitionsInMigration = true;
        return table;
    }

    /// <summary>
    /// The month so far, per contract and group; <c>contract</c> and <c>carrier</c> are empty where there is none, and
    /// unanswered calls are counted in the row with an empty class.
    /// </summary>
    private static Table MonthUsageTable()
    {
        var table = new Table($"{BillingStore.Schema}.month_usage");
        table.AddColumn("usage_month", "date").AsPrimaryKey();
        table.AddColumn("contract", "text").AsPrimaryKey();
        table.AddColumn("class", "text").AsPrimaryKey();
        table.AddColumn("carrier", "text").AsPrimaryKey();
        table.AddColumn("tax_category", "text").AsPrimaryKey();
        table.AddColumn("calls", "bigint").NotNull();
        table.AddColumn("chargeable_ms", "bigint").NotNull();
        table.AddColumn("charge", "numeric").NotNull();
        table.AddColumn("tail_ms", "bigint").NotNull();
        table.AddColumn("tail_charge", "numeric").NotNull();
        return table;
    }

    /// <summary>Suspended records; <c>released_as</c> names the event that a record became when it left suspense.</summary>
    private static Table Suspense()
    {
        var table = new Table($"{BillingStore.Schema}.suspense");
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("stream_id", "text").NotNull();
        table.AddColumn("source", "text").NotNull();
        table.AddColumn("record_id", "text").NotNull();
        table.AddColumn("reason", "text").NotNull();
        table.AddColumn("month", "date").NotNull();
        table.AddColumn("delivery", "bigint").NotNull();
        table.AddColumn("line", "bigint").NotNull();
        table.AddColumn("released_as", "uuid").AllowNulls();
        table.Indexes.Add(new IndexDefinition("ix_suspense_open") { Columns = ["month", "reason", "id"], Predicate = "released_as is null" });
        table.Indexes.Add(new IndexDefinition("ix_suspense_oldest") { Columns = ["delivery"], Predicate = "released_as is null" });
        return table;
    }

    /// <summary>
    /// What was corrected: a row per event of a correction. <c>call_id</c> is the id of the event that recorded or suspended the call, of a
    /// rerating of a whole stream it is empty (all zeroes).
    /// </summary>
    private static Table Corrections()
    {
        var table = new Table($"{BillingStore.Schema}.call_corrections");
        table.AddColumn("call_id", "uuid").AsPrimaryKey();
        table.AddColumn("stream_id", "text").AsPrimaryKey();
        table.AddColumn("version", "bigint").AsPrimaryKey();
        table.AddColumn("kind", "text").NotNull();
        table.AddColumn("reason", "text").NotNull();
        table.AddColumn("made_by", "text").NotNull();
        table.AddColumn("evidence", "text").AllowNulls();
        table.AddColumn("document", "text").AllowNulls();
        return table;
    }

    /// <summary>Which steps of its limit a contract has reached in a month.</summary>
    private static Table LimitAlerts()
    {
        var table = new Table($"{BillingStore.Schema}.usage_limit_alerts");
        table.AddColumn("contract", "text").AsPrimaryKey();
        table.AddColumn("usage_month", "date").AsPrimaryKey();
        table.AddColumn("percent", "integer").AsPrimaryKey();
        table.AddColumn("reached_at", "timestamptz").NotNull();
        return table;
    }
}
