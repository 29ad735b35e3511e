using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.EventLog;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.Disputes;

/// <summary>Makes the table of disputes from their events; every value in it is one of an event, so a rebuild gives the same rows.</summary>
internal sealed class DisputesProjection : ProjectionBase, IProjection
{
    public const string ProjectionName = "disputes";

    private const string Open =
        $"""
        insert into {BillingStore.Schema}.disputes (id, contract, invoice, state, amount, claim, opened_by, opened_on, deadline)
        values ($1, $2, $3, '{DisputeStates.Open}', $4::numeric, $5, $6, $7, $8)
        """;

    private const string Attach = $"update {BillingStore.Schema}.disputes set attachments = attachments + 1 where id = $1";

    private const string Close =
        $"update {BillingStore.Schema}.disputes set state = $2, closed_on = $3, document = $4, credited = $5::numeric where id = $1";

    public DisputesProjection()
    {
        Name = ProjectionName;
        IncludeType<DisputeOpened>();
        IncludeType<DisputeEvidenceAdded>();
        IncludeType<DisputeReplayAttached>();
        IncludeType<DisputeComparisonAttached>();
        IncludeType<DisputeResolved>();
        IncludeType<DisputeWithdrawn>();
        IncludeArchivedEvents = true;
        Options.DeleteDataInTableOnTeardown($"{BillingStore.Schema}.disputes");
    }

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        RowStatements.Enlist(operations, [.. events.Select(Change).OfType<NpgsqlBatchCommand>()]);
        return Task.CompletedTask;
    }

    private static NpgsqlBatchCommand? Change(IEvent happened)
    {
        var id = happened.StreamKey![DisputeRules.Prefix.Length..];
        return happened.Data switch
        {
            DisputeOpened e => RowStatements.Of(
                Open, id, e.Contract, e.Invoice, e.Amount.ToString(), e.Claim, e.By, e.OpenedOn.ToDateOnly(), e.Deadline.ToDateOnly()),
            DisputeEvidenceAdded or DisputeReplayAttached or DisputeComparisonAttached => RowStatements.Of(Attach, id),
            DisputeResolved e => RowStatements.Of(Close, id, e.Outcome, e.On.ToDateOnly(), RowStatements.Text(e.Document), e.Credited.ToString()),
            DisputeWithdrawn e => RowStatements.Of(Close, id, DisputeStates.Withdrawn, e.On.ToDateOnly(), RowStatements.Text(null), Yen.Zero.ToString()),
            _ => null,
        };
    }
}
