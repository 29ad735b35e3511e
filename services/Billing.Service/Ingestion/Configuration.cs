using Billing.Contracts.Events;
using Marten;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Ingestion;

/// <summary>Deliveries (<c>delivery-{sha256}</c>), their counts, and the rows that were rejected.</summary>
internal static class Configuration
{
    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<FileReceived>("file_received.v1");
        options.Events.MapEventType<FileCompleted>("file_completed.v1");
        options.Events.MapEventType<DeliveryRolledBack>(Deliveries.RolledBack);

        // one row per attempt at a file; the counts change with each part of a batch, in its transaction
        var deliveries = new Table($"{BillingStore.Schema}.deliveries");
        deliveries.AddColumn("no", "bigint").AsPrimaryKey();
        deliveries.AddColumn("sha256", "text").NotNull();
        deliveries.AddColumn("attempt", "integer").NotNull();
        deliveries.AddColumn("file", "text").NotNull();
        deliveries.AddColumn("received_at", "timestamptz").NotNull();
        deliveries.AddColumn("completed_at", "timestamptz").AllowNulls();
        deliveries.AddColumn("rows", "bigint").NotNull().DefaultValue(0);
        deliveries.AddColumn("rated", "bigint").NotNull().DefaultValue(0);
        deliveries.AddColumn("unanswered", "bigint").NotNull().DefaultValue(0);
        deliveries.AddColumn("suspended", "bigint").NotNull().DefaultValue(0);
        deliveries.AddColumn("duplicate", "bigint").NotNull().DefaultValue(0);
        deliveries.AddColumn("rejected", "bigint").NotNull().DefaultValue(0);
        deliveries.AddColumn("joined", "bigint").NotNull().DefaultValue(0);
        deliveries.AddColumn("waiting", "bigint").NotNull().DefaultValue(0);
        deliveries.AddColumn("skipped", "bigint").NotNull().DefaultValue(0);
        deliveries.AddColumn("trace", "text").AllowNulls();
        deliveries.AddColumn("profile", "text").AllowNulls();
        deliveries.AddColumn("profile_document", "jsonb").AllowNulls();
        deliveries.AddColumn("last_lines", "bigint[]").AllowNulls();
        deliveries.AddColumn("receipt", "jsonb").AllowNulls();
        deliveries.AddColumn("rollback_begun_at", "timestamptz").AllowNulls();
        deliveries.AddColumn("rolled_back_at", "timestamptz").AllowNulls();
        deliveries.Indexes.Add(new IndexDefinition("ux_deliveries_attempt") { Columns = ["sha256", "attempt"], IsUnique = true });
        // which files are being taken back is asked with every batch and line: hardly ever one is
        deliveries.Indexes.Add(new IndexDefinition("ix_deliveries_rolling_back") { Columns = ["no"], Predicate = "rollback_begun_at is not null and rolled_back_at is null" });

        var rejects = new Table($"{BillingStore.Schema}.rejects");
        rejects.AddColumn("delivery", "bigint").AsPrimaryKey();
        rejects.AddColumn("line", "bigint").AsPrimaryKey();
        rejects.AddColumn("reason", "text").NotNull();
        rejects.AddColumn("source", "text").NotNull();
        rejects.AddColumn("record_id", "text").NotNull();
        rejects.AddColumn("field", "text").NotNull().DefaultValueByExpression("''");
        rejects.AddColumn("detail", "text").NotNull().DefaultValueByExpression("''");
        rejects.Indexes.Add(new IndexDefinition("ix_rejects_record") { Columns = ["record_id", "source"] });

        options.Storage.ExtendedSchemaObjects.Add(deliveries);
        options.Storage.ExtendedSchemaObjects.Add(rejects);
        options.Storage.ExtendedSchemaObjects.Add(BatchReceipts.Table());
        options.Storage.ExtendedSchemaObjects.Add(CallHalves.Table());
    }
}
