using Weasel.Postgresql.Tables;

namespace Billing.Service.Invoicing;

/// <summary>The tables of what was given back on invoices.</summary>
internal static class CreditTables
{
    /// <summary>Issued credit notes; amounts are 0 or less. <c>month</c> is that of the original invoice.</summary>
    public static Table Notes()
    {
        var table = new Table($"{BillingStore.Schema}.credit_notes");
        table.AddColumn("number", "text").AsPrimaryKey();
        table.AddColumn("invoice", "text").NotNull();
        table.AddColumn("contract", "text").NotNull();
        table.AddColumn("month", "date").NotNull();
        table.AddColumn("customer", "text").NotNull();
        table.AddColumn("issued_at", "timestamptz").NotNull();
        table.AddColumn("subtotal", "numeric").NotNull();
        table.AddColumn("tax", "numeric").NotNull();
        table.AddColumn("total", "numeric").NotNull();
        table.AddColumn("dispute", "text").AllowNulls();
        table.AddColumn("reason", "text").NotNull();
        table.AddColumn("digest", "text").NotNull();
        table.Indexes.Add(new IndexDefinition("ix_credit_notes_invoice") { Columns = ["invoice"] });
        return table;
    }

    /// <summary>Granted adjustments; <c>settled_by</c> is the invoice that carries one, null while it is pending.</summary>
    public static Table Adjustments()
    {
        var table = new Table($"{BillingStore.Schema}.adjustments");
        table.AddColumn("number", "text").AsPrimaryKey();
        table.AddColumn("invoice", "text").NotNull();
        table.AddColumn("contract", "text").NotNull();
        table.AddColumn("month", "date").NotNull();
        table.AddColumn("amount", "numeric").NotNull();
        table.AddColumn("granted_at", "timestamptz").NotNull();
        table.AddColumn("dispute", "text").AllowNulls();
        table.AddColumn("reason", "text").NotNull();
        table.AddColumn("lines", "jsonb").NotNull();
        table.AddColumn("settled_by", "text").AllowNulls();
        table.Indexes.Add(new IndexDefinition("ix_adjustments_invoice") { Columns = ["invoice"] });
        table.Indexes.Add(new IndexDefinition("ix_adjustments_pending") { Columns = ["contract"], Predicate = "settled_by is null" });
        return table;
    }
}
