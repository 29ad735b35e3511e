using Billing.Rating;
using Billing.Service.Access;
using Billing.Service.Disputes;
using Billing.Service.Hosting.Refusals;
using Marten;
using Microsoft.AspNetCore.RateLimiting;
using NodaTime;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>Disputes by id.</summary>
/// <param name="Next">The id to go on behind; null at the end.</param>
public sealed record DisputeList(IReadOnlyList<DisputeEntry> Disputes, string? Next);

/// <summary>
/// <c>GET /api/v1/disputes?contract=&amp;invoice=&amp;state=&amp;overdue=true</c>, a thousand at a time (<c>after</c> is the id to go on
/// behind), <c>GET /api/v1/disputes/{id}</c>, and <c>GET /api/v1/disputes/{id}/file</c>: the archive, numbers masked.
/// </summary>
public static class ReadDisputesEndpoint
{
    private const int PageSize = 1000;

    [WolverineGet(ApiRoutes.V1 + "/disputes")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor)]
    public static async Task<IResult> List(
        string? contract, string? invoice, string? state, bool? overdue, string? after, NpgsqlDataSource database, IClock clock, CancellationToken cancellation)
    {
        if (state is not null && !DisputeStates.All.Contains(state))
        {
            return Problems.BadRequest("state", $"One of {string.Join(", ", DisputeStates.All)} is expected.");
        }

        var today = Today(clock);
        var filter = new DisputeFilter(contract, invoice, state, overdue == true ? today : null, after, PageSize);
        var disputes = await ListDisputes.RunAsync(database, filter, today, cancellation);
        return Results.Ok(new DisputeList(disputes, disputes.Count == PageSize ? disputes[^1].Id : null));
    }

    [WolverineGet(ApiRoutes.V1 + "/disputes/{id}")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor)]
    public static async Task<IResult> Get(string id, IQuerySession session, IClock clock, CancellationToken cancellation) =>
        await ShowDispute.FindAsync(session, id, Today(clock), cancellation) is { } dispute
            ? Results.Ok(dispute)
            : Problems.NotFound($"There is no dispute {id}.");

    [WolverineGet(ApiRoutes.V1 + "/disputes/{id}/file")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor)]
    [EnableRateLimiting(Limits.Heavy)]
    public static async Task<IResult> File(string id, NpgsqlDataSource database, IDocumentStore store, CancellationToken cancellation) =>
        await new ExportDispute(database, store, ExportDispute.Exhibits(database)).RunAsync(id, isRevealed: false, cancellation) is { } archive
            ? Results.File(archive, "application/zip", $"{id}.zip")
            : Problems.NotFound($"There is no dispute {id}.");

    /// <summary>The date in Tokyo.</summary>
    internal static LocalDate Today(IClock clock) => Tokyo.Date(Tokyo.DayOf(clock.GetCurrentInstant().ToUnixTimeMilliseconds()));
}
