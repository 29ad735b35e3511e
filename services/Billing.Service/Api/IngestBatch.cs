using Billing.Contracts.Json;
using Billing.Service.Access;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Ingestion;
using Microsoft.AspNetCore.Http.Timeouts;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>POST /api/v1/cdr-batches?file=NAME</c>: the body is a file of call records, CSV or JSON lines, plain or gzip. It answers
/// the receipt when everything is committed; the same body sent again changes nothing and gets the same receipt.
/// </summary>
public static class IngestBatchEndpoint
{
    [ForRoles(Roles.Pipeline)]
    [WolverinePost(ApiRoutes.V1 + "/cdr-batches")]
    [RequestTimeout(Limits.LongWork)]
    public static async Task<IResult> Post(string? file, HttpContext http, [NotBody] IngestFile ingest, CancellationToken cancellation)
    {
        try
        {
            await using var spool = await SpooledBody.SaveAsync(http, cancellation);
            var name = Path.GetFileName(file) is { Length: > 0 } given ? given : "http";
            var result = await ingest.RunAsync(spool.Name, name, progress: null, cancellation);
            return result.Refused is { } fault ? Refused(fault) : Results.Ok(result.Receipt);
        }
        catch (IOException fault) when (SpooledBody.IsFullDisk(fault))
        {
            return SpooledBody.FullDisk();
        }
    }

    private static IResult Refused(DocumentFault fault) => Results.Problem(
        detail: fault.ToString(),
        statusCode: StatusCodes.Status422UnprocessableEntity,
        title: "The file is refused",
        extensions: new Dictionary<string, object?> { ["path"] = fault.Path });
}
