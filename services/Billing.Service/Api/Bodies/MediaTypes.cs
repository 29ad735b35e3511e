using Microsoft.Net.Http.Headers;

namespace Billing.Service.Api.Bodies;

/// <summary>Which media types a body may have.</summary>
internal static class MediaTypes
{
    /// <summary>What files of call records come as; without a media type the bytes tell.</summary>
    public static readonly string[] CallRecords = ["text/csv", "application/x-ndjson", "application/jsonl", "application/gzip", "application/octet-stream"];

    /// <summary>What the files of switches come as besides, where a profile reads them.</summary>
    public static readonly string[] SwitchRecords = [.. CallRecords, "application/json", "application/xml", "text/xml", "text/plain"];

    /// <summary>What to answer when the body is of another media type, or compressed in another way than gzip; null when it is taken.</summary>
    public static IResult? RefuseOther(HttpRequest request, IReadOnlyCollection<string> taken)
    {
        var encodings = request.Headers.ContentEncoding;
        if (encodings.Count > 1 || (encodings.Count == 1 && encodings[0] is not ("gzip" or "identity")))
        {
            return Results.Problem(detail: "The body may be compressed with gzip only.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        return request.ContentType is null || (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && taken.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase))
            ? null
            : Refuse(taken);
    }

    public static IResult Refuse(IEnumerable<string> taken) =>
        Results.Problem(detail: $"One of {string.Join(", ", taken)} is expected.", statusCode: StatusCodes.Status415UnsupportedMediaType);
}
