using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Invoicing;
using Npgsql;

namespace Billing.Service.Station.Customer;

/// <summary>An issued document, for somebody who may see it. Who sees some departments sees no invoices: they are of the whole contract.</summary>
internal static class VisibleInvoice
{
    public static async Task<InvoiceIssued?> FindAsync(NpgsqlDataSource database, Caller caller, string number, CancellationToken cancel) =>
        await ShowInvoice.FindAsync(database, number, cancel) is { } issued && caller.MaySeeWhole(issued.Invoice.Contract) ? issued : null;

    public static async Task<CreditNoteIssued?> CreditNoteAsync(NpgsqlDataSource database, Caller caller, string number, CancellationToken cancel) =>
        await ShowCreditNote.FindAsync(database, number, cancel) is { } issued && caller.MaySeeWhole(issued.Note.Contract) ? issued : null;
}
