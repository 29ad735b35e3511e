using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Usage;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary><c>GET /api/v1/reconciliation?month=YYYY-MM</c>: proves that every row received is accounted for, or shows the difference.</summary>
[Tags("Evidence")]
public static class ReconciliationEndpoint
{
    [WolverineGet(ApiRoutes.V1 + "/reconciliation", OperationId = "reconcile", Summary = "Whether every row received is accounted for",
        Description = "It counts everything anew, which takes its time; log and read tables are compared of one usage month when one is named.")]
    [EnableRateLimiting(Limits.Heavy)]
    [RequestTimeout(Limits.LongWork)]
    [ForRoles(Roles.Finance, Roles.Auditor, Roles.Pipeline)]
    [ProducesResponseType<Reconciliation>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> Get(string? month, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var asked = new Asked();
        var of = asked.Month(month);
        return asked.Wrong ?? Results.Ok(await Reconcile.RunAsync(database, of, cancellation));
    }
}
