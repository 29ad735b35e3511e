using Billing.Rating;
using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Disputes;
using Billing.Service.Hosting.Refusals;
using Marten;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>GET /api/v1/disputes?contract=&amp;invoice=&amp;state=&amp;overdue=true</c>,
/// <c>GET /api/v1/disputes/{id}</c>, and <c>GET /api/v1/disputes/{id}/file</c>: the archive, numbers masked.
/// </summary>
[Tags("Disputes")]
public static class ReadDisputesEndpoint
{
    [WolverineGet(ApiRoutes.V1 + "/disputes", OperationId = "listDisputes", Summary = "Disputes by id")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [ProducesResponseType<Page<DisputeEntry>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> List(
        string? contract, string? invoice, string? state, string? overdue, string? limit, string? cursor,
        HttpContext http, NpgsqlDataSource database, IClock clock, CancellationToken cancellation)
    {
        var asked = new Asked();
        var today = Today(clock);
        var most = asked.Limit(limit);
        var filter = new DisputeFilter(
            Visible.Contracts(http, asked.Text(contract, "contract")),
            asked.Text(invoice, "invoice"),
            asked.Word(state, "state", DisputeStates.All),
            asked.Flag(overdue, "overdue") ? today : null,
            asked.Cursor(cursor, 1)?[0],
            most + 1);
        return asked.Wrong ?? Results.Ok(Page.Of(await ListDisputes.RunAsync(database, filter, today, cancellation), most, entry => [entry.Id]));
    }

    [WolverineGet(ApiRoutes.V1 + "/disputes/{id}", OperationId = "getDispute", Summary = "One dispute")]
    [ProducesResponseType<DisputeView>(StatusCodes.Status200OK)]
    [Refuses(404)]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    public static async Task<IResult> Get(string id, HttpContext http, IQuerySession session, IClock clock, CancellationToken cancellation) =>
        await ShowDispute.FindAsync(session, id, Today(clock), cancellation) is { } dispute && Visible.Whole(http, dispute.Opened.Contract)
            ? Results.Ok(Caller.Of(http).IsCustomer ? dispute with { Evidence = [], Replays = [], Comparisons = [], Revealed = [] } : dispute)
            : Problems.NotFound($"There is no dispute {id}.");

    [WolverineGet(ApiRoutes.V1 + "/disputes/{id}/file", OperationId = "exportDispute", Summary = "The archive of a dispute, called numbers masked")]
    [RequestTimeout(Limits.LongWork)]
    [AnswersText("application/zip")]
    [Refuses(404)]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor)]
    public static async Task<IResult> File(string id, NpgsqlDataSource database, IDocumentStore store, CancellationToken cancellation) =>
        await new ExportDispute(database, store, ExportDispute.Exhibits(database)).RunAsync(id, isRevealed: false, cancellation) is { } archive
            ? Results.File(archive, "application/zip", $"{id}.zip")
            : Problems.NotFound($"There is no dispute {id}.");

    /// <summary>The date in Tokyo.</summary>
    internal static LocalDate Today(IClock clock) => Tokyo.At(clock.GetCurrentInstant()).Date;
}
