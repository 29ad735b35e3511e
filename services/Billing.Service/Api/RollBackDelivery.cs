using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Corrections;
using Billing.Service.Hosting.Refusals;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>POST /api/v1/deliveries/{file}/rollback?reason=…&amp;by=…&amp;evidence=…&amp;write=true</c>: takes back what the file brought in. Without
/// <c>write</c> it answers the effect and changes nothing. A request that was cut short can be repeated: it goes on.
/// </summary>
[Tags("Corrections")]
public static class RollBackDeliveryEndpoint
{
    [ForRoles(Roles.Finance)]
    [WolverinePost(ApiRoutes.V1 + "/deliveries/{file}/rollback", OperationId = "rollBackDelivery", Summary = "Takes back what a file brought in", Description = "Without write the effect is answered and nothing changes. A request that was cut short can be repeated: it goes on.")]
    [RequestTimeout(Limits.LongWork)]
    [ProducesResponseType<RollbackReport>(StatusCodes.Status200OK)]
    [Refuses(409, 422)]
    public static async Task<IResult> Post(
        string file, string? reason, string? by, string? evidence, bool? write, HttpContext http, [NotBody] NpgsqlDataSource database, [NotBody] TimeProvider clock, CancellationToken cancellation)
    {
        var (report, refusal) = await new RollBackDelivery(database, clock).RunAsync(
            file, new CorrectionGrounds(reason ?? "", ChangeDisputesEndpoint.Who(http, by), evidence), write == true, progress: null, cancellation);
        return report is null ? Problems.Of(refusal!) : Results.Ok(report);
    }
}
