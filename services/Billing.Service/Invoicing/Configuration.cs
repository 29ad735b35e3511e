using System.Text;
using Billing.Contracts.Events;
using Billing.Service.Usage;
using JasperFx.Events.Projections;
using Marten;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Invoicing;

/// <summary>Invoices: <c>invoice-{contract}-{month}</c> streams and the tables that list them.</summary>
internal static class Configuration
{
    public const string InvoiceIssued = "invoice_issued.v1";
    public const string CreditNoteIssued = "credit_note_issued.v1";
    public const string AdjustmentGranted = "adjustment_granted.v1";
    public const string AdjustmentSettled = "adjustment_settled.v1";

    /// <summary>The event names as the bulk append writes them.</summary>
    public static byte[] InvoiceIssuedUtf8 { get; } = Encoding.UTF8.GetBytes(InvoiceIssued);

    public static byte[] CreditNoteIssuedUtf8 { get; } = Encoding.UTF8.GetBytes(CreditNoteIssued);

    public static byte[] AdjustmentGrantedUtf8 { get; } = Encoding.UTF8.GetBytes(AdjustmentGranted);

    public static byte[] AdjustmentSettledUtf8 { get; } = Encoding.UTF8.GetBytes(AdjustmentSettled);

    public static byte[] UsageMonthClosedUtf8 { get; } = Encoding.UTF8.GetBytes(EventTypes.UsageMonthClosed);

    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<InvoiceIssued>(InvoiceIssued);
        options.Events.MapEventType<MonthApproved>("month_approved.v1");
        options.Events.MapEventType<CreditNoteIssued>(CreditNoteIssued);
        options.Events.MapEventType<AdjustmentGranted>(AdjustmentGranted);
        options.Events.MapEventType<AdjustmentSettled>(AdjustmentSettled);
        options.Projections.LiveStreamAggregation<InvoiceLedger>();
        options.Projections.Add(new InvoicesProjection(), ProjectionLifecycle.Inline);
        options.Storage.ExtendedSchemaObjects.Add(Invoices());
        options.Storage.ExtendedSchemaObjects.Add(InvoicedUsage());
        options.Storage.ExtendedSchemaObjects.Add(CreditTables.Notes());
        options.Storage.ExtendedSchemaObjects.Add(CreditTables.Adjustments());
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
        table.AddColumn("subtotal", "numeric").NotNull();
        table.AddColumn("tax", "numeric").NotNull();
        table.AddColumn("total", "numeric").NotNull();
        table.AddColumn("digest", "text").NotNull();
        table.Indexes.Add(new IndexDefinition("ux_invoices_contract_month") { Columns = ["contract", "month"], IsUnique = true });
        table.Indexes.Add(new IndexDefinition("ix_invoices_month") { Columns = ["month", "contract"] });
        table.Indexes.Add(new IndexDefinition("ix_invoices_issued") { Columns = ["issued_at", "number"] });
        table.Indexes.Add(new IndexDefinition("ix_invoices_total") { Columns = ["total", "number"] });
        table.Indexes.Add(new IndexDefinition("ix_invoices_customer") { Columns = ["customer"], Collation = "C" });
        return table;
    }

    /// <summary>
    /// What each invoice billed of each usage month; what a month has beyond the sum of its rows is late. <c>covered</c> is
    /// the whole of it with its lines and exact sums, as in the event.
    /// </summary>
    private static Table InvoicedUsage()
    {
        var table = new Table($"{BillingStore.Schema}.invoiced_usage");
        table.AddColumn("contract", "text").AsPrimaryKey();
        table.AddColumn("usage_month", "date").AsPrimaryKey();
        table.AddColumn("invoice", "text").AsPrimaryKey();
        table.AddColumn("calls", "bigint").NotNull();
        table.AddColumn("unanswered", "bigint").NotNull();
        table.AddColumn("charge", "numeric").NotNull();
        table.AddColumn("amount", "numeric").NotNull();
        table.AddColumn("limit_change", "numeric").NotNull();
        table.AddColumn("covered", "jsonb").NotNull();
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
