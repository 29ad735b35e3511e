using Billing.Contracts.Json;
using Billing.Service.Ingestion;
using Billing.Service.Hosting.Refusals;
using Microsoft.AspNetCore.Http.Features;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>POST /api/v1/cdr-batches?file=NAME</c>: the body is a file of call records, CSV or JSON lines, plain or gzip. It answers
/// the receipt when everything is committed; the same body sent again changes nothing and gets the same receipt.
/// </summary>
public static class IngestBatchEndpoint
{
    /// <summary>The largest body taken; the disk holds it while it is read.</summary>
    private const long LargestBody = 4L << 30;

    private const int NoSpaceLeft = 28;

    [WolverinePost(ApiRoutes.V1 + "/cdr-batches")]
    public static async Task<IResult> Post(string? file, HttpContext http, [NotBody] IngestFile ingest, CancellationToken cancellation)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestBody;
        }

        try
        {
            await using var spool = await SpoolAsync(http.Request.Body, cancellation);
            var name = Path.GetFileName(file) is { Length: > 0 } given ? given : "http";
            var result = await ingest.RunAsync(spool.Name, name, progress: null, cancellation);
            return result.Refused is { } fault ? Refused(fault) : Results.Ok(result.Receipt);
        }
        catch (IOException fault) when ((fault.HResult & 0xFFFF) == NoSpaceLeft)
        {
            return Results.Problem(detail: "The disk is full; nothing was taken in.", statusCode: StatusCodes.Status507InsufficientStorage);
        }
    }

    private static IResult Refused(DocumentFault fault) => Results.Problem(
        detail: fault.ToString(),
        statusCode: StatusCodes.Status422UnprocessableEntity,
        title: "The file is refused",
        extensions: new Dictionary<string, object?> { ["path"] = fault.Path });

    /// <summary>A file is read twice, so the body goes to the disk first; it is gone when it is closed.</summary>
    private static async Task<FileStream> SpoolAsync(Stream body, CancellationToken cancellation)
    {
        var spool = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await body.CopyToAsync(spool, cancellation);
            await spool.FlushAsync(cancellation);
            return spool;
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }
}
