using Billing.Contracts;
using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Evidence;
using Billing.Service.Hosting.Refusals;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>GET /api/v1/verification?month=YYYY-MM</c>: the evidence of the month, or without a month of the whole store, computed
/// anew. It answers 200 whatever it finds; <c>holds</c> says whether every link agrees.
/// </summary>
[Tags("Evidence")]
public static class ReadVerificationEndpoint
{
    [ForRoles(Roles.Auditor)]
    [WolverineGet(ApiRoutes.V1 + "/verification", OperationId = "verify", Summary = "The evidence of a month, or of everything, computed anew", Description = "It answers 200 whatever it finds; holds says whether every link agrees.")]
    [EnableRateLimiting(Limits.Heavy)]
    [RequestTimeout(Limits.LongWork)]
    [ProducesResponseType<Verification>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> Get(string? month, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (month is null)
        {
            return Results.Ok(await new VerifyStore(database).RunAsync(null, null, null, cancellation));
        }

        return UsageMonth.TryParse(month, out var usageMonth)
            ? Results.Ok(await new VerifyStore(database).RunAsync(usageMonth, null, null, cancellation))
            : Problems.BadRequest("month", "A month YYYY-MM is expected.");
    }
}
