using Marten;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Notices;

/// <summary>What the outside is told: notices, the subscriptions of webhooks, and their deliveries.</summary>
internal static class Configuration
{
    public static void Configure(StoreOptions options)
    {
        options.Schema.For<WebhookSubscription>().DocumentAlias("webhook_subscription");
        options.Storage.ExtendedSchemaObjects.Add(Notices());
        options.Storage.ExtendedSchemaObjects.Add(Deliveries());
        options.Storage.ExtendedSchemaObjects.Add(Mails());
    }

    /// <summary>A notice per event that is told; its number is that of the event in the log, so their order is one.</summary>
    private static Table Notices()
    {
        var table = new Table($"{BillingStore.Schema}.notices");
        table.AddColumn("no", "bigint").AsPrimaryKey();
        table.AddColumn("type", "text").NotNull();
        table.AddColumn("contract", "text").AllowNulls();
        table.AddColumn("at", "timestamptz").NotNull();
        table.AddColumn("data", "jsonb").NotNull();
        table.Indexes.Add(new IndexDefinition("ix_notices_contract") { Columns = ["contract", "no"], Predicate = "contract is not null" });
        return table;
    }

    /// <summary>One notice on its way to one subscription, or to the broker (<see cref="EventExchange.Target"/>).</summary>
    private static Table Deliveries()
    {
        var table = new Table(WebhookDeliveries.Table);
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("subscription", "uuid").NotNull();
        table.AddColumn("notice", "bigint").NotNull();
        table.AddColumn("type", "text").NotNull();
        table.AddColumn("state", "text").NotNull();
        table.AddColumn("attempts", "integer").NotNull().DefaultValue(0);
        table.AddColumn("created_at", "timestamptz").NotNull();
        table.AddColumn("last_attempt_at", "timestamptz").AllowNulls();
        table.AddColumn("next_attempt_at", "timestamptz").AllowNulls();
        table.AddColumn("status", "integer").AllowNulls();
        table.AddColumn("error", "text").AllowNulls();
        table.Indexes.Add(new IndexDefinition("ix_webhook_deliveries_subscription") { Columns = ["subscription", "id"] });
        // few are not delivered: those that wait and those that were given up
        table.Indexes.Add(new IndexDefinition("ix_webhook_deliveries_open") { Columns = ["state", "id"], Predicate = "state <> 'delivered'" });
        return table;
    }

    /// <summary>One limit alert on its way to one address.</summary>
    private static Table Mails()
    {
        var table = new Table(LimitMails.Table);
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("notice", "bigint").NotNull();
        table.AddColumn("contract", "text").NotNull();
        table.AddColumn("address", "text").NotNull();
        table.AddColumn("state", "text").NotNull();
        table.AddColumn("attempts", "integer").NotNull().DefaultValue(0);
        table.AddColumn("created_at", "timestamptz").NotNull();
        table.AddColumn("last_attempt_at", "timestamptz").AllowNulls();
        table.AddColumn("next_attempt_at", "timestamptz").AllowNulls();
        table.AddColumn("error", "text").AllowNulls();
        table.Indexes.Add(new IndexDefinition("ix_limit_mails_contract") { Columns = ["contract", "id"] });
        table.Indexes.Add(new IndexDefinition("ix_limit_mails_open") { Columns = ["state"], Predicate = "state <> 'sent'" });
        return table;
    }
}
