using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Contracts.Json;
using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Corrections;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>POST /api/v1/calls/corrections?reason=…&amp;by=…&amp;evidence=…&amp;invoiceAs=…&amp;dispute=…&amp;write=true</c>: the body is <c>corrections.json</c>. Without
/// <c>write</c> it answers the effect and changes nothing. Calls on issued invoices are refused unless <c>invoiceAs</c> says which document
/// carries the difference: <c>credit-note</c> or <c>adjustment</c>.
/// </summary>
[Tags("Corrections")]
public static class CorrectCallsEndpoint
{
    private const long LargestBody = 64L << 20;

    [ForRoles(Roles.Finance)]
    [WolverinePost(ApiRoutes.V1 + "/calls/corrections", OperationId = "correctCalls", Summary = "Voids calls, or sets their facts right, all or none", Description = "Without write the effect is answered and nothing changes. Calls on issued invoices are refused unless invoiceAs says which document carries the difference.")]
    [RequestTimeout(Limits.LongWork)]
    [RequestSizeLimit(LargestBody)]
    [Takes(typeof(CorrectionsDocument))]
    [ProducesResponseType<CorrectionReport>(StatusCodes.Status200OK)]
    [Refuses(400, 409, 413, 422)]
    public static async Task<IResult> Post(
        string? reason, string? by, string? evidence, string? invoiceAs, string? dispute, bool? write, HttpContext http, [NotBody] NpgsqlDataSource database, [NotBody] BillingSettings settings, [NotBody] KnowledgeCache knowledge, [NotBody] TimeProvider clock,
        CancellationToken cancellation)
    {
        if (!InvoicedCorrection.TryParse(invoiceAs, dispute, settings, out var invoiced))
        {
            return Problems.BadRequest("invoiceAs", InvoicedCorrection.Expected);
        }

        if (http.Request.ContentLength > LargestBody)
        {
            return Results.Problem(detail: "The document is larger than 64 MB.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, cancellation);
        var (document, fault) = DocumentReader.Read<CorrectionsDocument>(body.GetBuffer().AsSpan(0, (int)body.Length));
        var corrections = (IReadOnlyList<CallCorrection>?)null;
        if (document is not null)
        {
            (corrections, fault) = CallCorrections.Check(document);
        }

        if (corrections is null)
        {
            return Results.Problem(
                detail: fault!.ToString(), statusCode: StatusCodes.Status422UnprocessableEntity, title: "The document is refused",
                extensions: new Dictionary<string, object?> { ["path"] = fault.Path });
        }

        var terms = new CorrectionTerms(new CorrectionGrounds(reason ?? "", ChangeDisputesEndpoint.Who(http, by), evidence), write == true, invoiced);
        var (report, refusal) = await new CorrectCalls(database, knowledge, clock).RunAsync(
            [.. corrections.Select(one => new CallToCorrect(one.Call, one.Facts))], terms, cancellation);
        return report is null ? Problems.Of(refusal!) : Results.Ok(report);
    }
}
