using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Corrections;
using Billing.Service.Hosting.Refusals;
using Microsoft.AspNetCore.Http.Timeouts;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>POST /api/v1/deliveries/{file}/rollback?reason=…&amp;by=…&amp;evidence=…&amp;write=true</c>: takes back what the file brought in. Without
/// <c>write</c> it answers the effect and changes nothing. A request that was cut short can be repeated: it goes on.
/// </summary>
public static class RollBackDeliveryEndpoint
{
    [ForRoles(Roles.Finance)]
    [WolverinePost(ApiRoutes.V1 + "/deliveries/{file}/rollback")]
    [RequestTimeout(Limits.LongWork)]
    public static async Task<IResult> Post(
        string file, string? reason, string? by, string? evidence, bool? write, HttpContext http, [NotBody] NpgsqlDataSource database, [NotBody] TimeProvider clock, CancellationToken cancellation)
    {
        var (report, refusal) = await new RollBackDelivery(database, clock).RunAsync(
            file, new CorrectionGrounds(reason ?? "", ChangeDisputesEndpoint.Who(http, by), evidence), write == true, progress: null, cancellation);
        return report is null ? Problems.Of(refusal!) : Results.Ok(report);
    }
}
