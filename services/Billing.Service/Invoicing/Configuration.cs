using Billing.Contracts.Events;
using Marten;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Invoicing;

/// <summary>Invoices: <c>invoice-{contract}-{month}</c> streams and the tables that list them.</summary>
internal static class Configuration
{
    public const string InvoiceIssued = "invoice_issued.v1";

    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<InvoiceIssued>(InvoiceIssued);
        options.Storage.ExtendedSchemaObjects.Add(Invoices());
        options.Storage.ExtendedSchemaObjects.Add(InvoicedUsage());
        options.Storage.ExtendedSchemaObjects.Add(Parked());
    }

    /// <summary>Issued invoices, to list and to search by date, amount and customer.</summary>
    private static Table Invoices()
    {
        var table = new Table($"{BillingStore.Schema}.invoices");
        table.AddColumn("number", "text").AsPrimaryKey();
        table.AddColumn("contract", "text").NotNull();
        table.AddColumn("month", "date").NotNull();
        table.AddColumn("customer", "text").NotNull();
        table.AddColumn("issued_at", "timestamptz").NotNull();
        table.AddColumn("due_on", "date").NotNull();
        table.AddColumn("total", "numeric").NotNull();
        table.AddColumn("digest", "text").NotNull();
        table.Indexes.Add(new IndexDefinition("ux_invoices_contract_month") { Columns = ["contract", "month"], IsUnique = true });
        table.Indexes.Add(new IndexDefinition("ix_invoices_month") { Columns = ["month", "contract"] });
        return table;
    }

    /// <summary>What has been billed of each month so far, in exact sums; what the month's usage has beyond it is late.</summary>
    private static Table InvoicedUsage()
    {
        var table = new Table($"{BillingStore.Schema}.invoiced_usage");
        table.AddColumn("contract", "text").AsPrimaryKey();
        table.AddColumn("usage_month", "date").AsPrimaryKey();
        table.AddColumn("invoice", "text").AsPrimaryKey();
        table.AddColumn("class", "text").AsPrimaryKey();
        table.AddColumn("carrier", "text").AsPrimaryKey();
        table.AddColumn("tax_category", "text").AsPrimaryKey();
        table.AddColumn("calls", "bigint").NotNull();
        table.AddColumn("chargeable_ms", "bigint").NotNull();
        table.AddColumn("charge", "numeric").NotNull();
        table.AddColumn("amount", "numeric").NotNull();
        table.AddColumn("limit_change", "numeric").NotNull();
        return table;
    }

    /// <summary>Contracts whose invoice could not be made in the last run, and why.</summary>
    private static Table Parked()
    {
        var table = new Table($"{BillingStore.Schema}.parked_invoices");
        table.AddColumn("contract", "text").AsPrimaryKey();
        table.AddColumn("month", "date").AsPrimaryKey();
        table.AddColumn("rule", "text").NotNull();
        table.AddColumn("reason", "text").NotNull();
        table.AddColumn("parked_at", "timestamptz").NotNull();
        return table;
    }
}
