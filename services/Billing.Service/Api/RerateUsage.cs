using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Corrections;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>POST /api/v1/usage/reratings?month=YYYY-MM&amp;reason=…&amp;by=…&amp;contract=…&amp;evidence=…&amp;invoiceAs=…&amp;dispute=…&amp;write=true</c>: rates a
/// month's calls anew with what is known now. Without <c>write</c> it answers the effect and changes nothing. Contracts that are
/// refused are listed with their rule; the others are written.
/// </summary>
[Tags("Corrections")]
public static class RerateUsageEndpoint
{
    [ForRoles(Roles.Finance)]
    [WolverinePost(ApiRoutes.V1 + "/usage/reratings", OperationId = "rerateUsage", Summary = "Rates a month's calls anew with what is known now", Description = "Without write the effect is answered and nothing changes. Contracts that are refused are listed with their rule; the others are written.")]
    [EnableRateLimiting(Limits.Heavy)]
    [RequestTimeout(Limits.LongWork)]
    [ProducesResponseType<ReratingReport>(StatusCodes.Status200OK)]
    [Refuses(400, 409, 422)]
    public static async Task<IResult> Post(
        string? month, string? contract, string? reason, string? by, string? evidence, string? invoiceAs, string? dispute, bool? write, HttpContext http,
        [NotBody] NpgsqlDataSource database, [NotBody] BillingSettings settings, [NotBody] KnowledgeCache knowledge, [NotBody] TimeProvider clock, CancellationToken cancellation)
    {
        if (!UsageMonth.TryParse(month, out var rated))
        {
            return Problems.BadRequest("month", "A month YYYY-MM is expected.");
        }

        if (!InvoicedCorrection.TryParse(invoiceAs, dispute, settings, out var invoiced))
        {
            return Problems.BadRequest("invoiceAs", InvoicedCorrection.Expected);
        }

        var terms = new CorrectionTerms(new CorrectionGrounds(reason ?? "", ChangeDisputesEndpoint.Who(http, by), evidence), write == true, invoiced);
        var (report, refusal) = await new RerateUsage(database, knowledge, clock).RunAsync(rated, contract, terms, progress: null, cancellation);
        return report is null ? Problems.Of(refusal!) : Results.Ok(report);
    }
}
