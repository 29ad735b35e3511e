using System.Text.Json;
using Billing.Contracts.Json;
using Billing.Service.Hosting.Refusals;

namespace Billing.Service.Api.Bodies;

/// <summary>Reads a JSON body as strictly as documents are read: what does not belong there is refused with its path.</summary>
internal static class JsonBody
{
    /// <summary>The largest document; an endpoint that takes documents allows it with <c>[RequestSizeLimit]</c>.</summary>
    public const int LargestDocument = 64 << 20;

    private static readonly JsonSerializerOptions Strict = CreateStrict();

    /// <summary>The body, or what to answer: 415 for another media type, 413 beyond the size that the endpoint allows, 400 with the path of what is wrong.</summary>
    public static async Task<(T? Body, IResult? Wrong)> ReadAsync<T>(HttpContext http, CancellationToken cancellation)
        where T : class
    {
        if (!http.Request.HasJsonContentType() || http.Request.Headers.ContentEncoding.Count > 0)
        {
            return (null, MediaTypes.Refuse(["application/json"]));
        }

        using var bytes = new MemoryStream();
        try
        {
            await http.Request.Body.CopyToAsync(bytes, cancellation);
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, TooLarge());
        }

        var (document, wrong) = DocumentReader.Read<T>(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), Strict);
        return document is null ? (null, Malformed(wrong!)) : (document, null);
    }

    /// <summary>What an endpoint makes of its body, or what to answer to one that is none; <c>null</c> is none.</summary>
    public static async Task<IResult> WithAsync<T>(HttpContext http, Func<T, Task<IResult>> answer, CancellationToken cancellation)
        where T : class
    {
        var (body, wrong) = await ReadAsync<T>(http, cancellation);
        return body is null ? wrong! : await answer(body);
    }

    private static IResult Malformed(DocumentFault fault) => Results.Problem(
        detail: fault.ToString(),
        statusCode: StatusCodes.Status400BadRequest,
        title: "The body is not what is expected",
        extensions: new Dictionary<string, object?> { ["path"] = fault.Path });

    private static IResult TooLarge() =>
        Results.Problem(detail: "The body is larger than may be.", statusCode: StatusCodes.Status413PayloadTooLarge);

    private static JsonSerializerOptions CreateStrict()
    {
        var options = new JsonSerializerOptions
        {
            UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
        };
        BillingJson.Apply(options);
        options.MakeReadOnly();
        return options;
    }
}
