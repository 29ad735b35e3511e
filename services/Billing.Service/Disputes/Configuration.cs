using Billing.Contracts.Events;
using JasperFx.Events.Projections;
using Marten;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Disputes;

/// <summary>Disputes: <c>dispute-{id}</c> streams and the table that lists them.</summary>
internal static class Configuration
{
    public const string DisputeOpened = "dispute_opened.v1";
    public const string DisputeResolved = "dispute_resolved.v1";

    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<DisputeOpened>(DisputeOpened);
        options.Events.MapEventType<DisputeEvidenceAdded>("dispute_evidence_added.v1");
        options.Events.MapEventType<DisputeReplayAttached>("dispute_replay_attached.v1");
        options.Events.MapEventType<DisputeComparisonAttached>("dispute_comparison_attached.v1");
        options.Events.MapEventType<DisputeResolved>(DisputeResolved);
        options.Events.MapEventType<DisputeWithdrawn>("dispute_withdrawn.v1");
        options.Events.MapEventType<DisputeNumbersRevealed>("dispute_numbers_revealed.v1");
        options.Projections.LiveStreamAggregation<Dispute>();
        options.Projections.Add(new DisputesProjection(), ProjectionLifecycle.Inline);
        options.Storage.ExtendedSchemaObjects.Add(Disputes());
    }

    private static Table Disputes()
    {
        var table = new Table($"{BillingStore.Schema}.disputes");
        table.AddColumn("id", "text").AsPrimaryKey();
        table.AddColumn("contract", "text").NotNull();
        table.AddColumn("invoice", "text").NotNull();
        table.AddColumn("state", "text").NotNull();
        table.AddColumn("amount", "numeric").NotNull();
        table.AddColumn("credited", "numeric").NotNull().DefaultValue(0);
        table.AddColumn("claim", "text").NotNull();
        table.AddColumn("opened_by", "text").NotNull();
        table.AddColumn("opened_on", "date").NotNull();
        table.AddColumn("deadline", "date").NotNull();
        table.AddColumn("closed_on", "date").AllowNulls();
        table.AddColumn("document", "text").AllowNulls();
        table.AddColumn("attachments", "integer").NotNull().DefaultValue(0);
        table.Indexes.Add(new IndexDefinition("ix_disputes_open") { Columns = ["deadline"], Predicate = "state = 'open'" });
        table.Indexes.Add(new IndexDefinition("ix_disputes_contract") { Columns = ["contract"] });
        table.Indexes.Add(new IndexDefinition("ix_disputes_invoice") { Columns = ["invoice"] });
        return table;
    }
}
