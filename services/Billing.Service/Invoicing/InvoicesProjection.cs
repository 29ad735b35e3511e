using Billing.Contracts.Events;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>
/// Makes the tables of invoices, credit notes and adjustments from the events on <c>invoice-…</c> streams, for rebuilds and for
/// events appended by a session. The issue of invoices writes the same rows with the same code.
/// </summary>
internal sealed class InvoicesProjection : ProjectionBase, IProjection
{
    public const string ProjectionName = "invoices";

    public InvoicesProjection()
    {
        Name = ProjectionName;
        IncludeType<InvoiceIssued>();
        IncludeType<CreditNoteIssued>();
        IncludeType<AdjustmentGranted>();
        IncludeType<AdjustmentSettled>();
        IncludeArchivedEvents = true;
        Options.BatchSize = 1_000;
        Options.DeleteDataInTableOnTeardown($"{BillingStore.Schema}.invoices");
        Options.DeleteDataInTableOnTeardown($"{BillingStore.Schema}.invoiced_usage");
        Options.DeleteDataInTableOnTeardown($"{BillingStore.Schema}.credit_notes");
        Options.DeleteDataInTableOnTeardown($"{BillingStore.Schema}.adjustments");
    }

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var rows = new InvoiceRows();
        foreach (var happened in events)
        {
            switch (happened.Data)
            {
                case InvoiceIssued issued: rows.Add(issued); break;
                case CreditNoteIssued note: rows.Add(note); break;
                case AdjustmentGranted granted: rows.Add(granted); break;
                case AdjustmentSettled settled: rows.Add(settled); break;
            }
        }

        if (rows.Count > 0)
        {
            ((ITransactionParticipantRegistrar)operations).AddTransactionParticipant(new Write(rows));
        }

        return Task.CompletedTask;
    }

    private sealed class Write(InvoiceRows rows) : ITransactionParticipant
    {
        public Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token) => rows.SendAsync(connection, token);
    }
}
