using Billing.Contracts.Events;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>
/// Makes the tables of invoices from <see cref="InvoiceIssued"/>, for rebuilds and for events appended by a session. The issue writes the
/// same rows with the same code.
/// </summary>
internal sealed class InvoicesProjection : ProjectionBase, IProjection
{
    public const string ProjectionName = "invoices";

    public InvoicesProjection()
    {
        Name = ProjectionName;
        IncludeType<InvoiceIssued>();
        IncludeArchivedEvents = true;
        Options.BatchSize = 1_000;
        Options.DeleteDataInTableOnTeardown($"{BillingStore.Schema}.invoices");
        Options.DeleteDataInTableOnTeardown($"{BillingStore.Schema}.invoiced_usage");
    }

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var rows = new InvoiceRows();
        foreach (var issued in events.Select(happened => happened.Data).OfType<InvoiceIssued>())
        {
            rows.Add(issued);
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
