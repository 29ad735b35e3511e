using System.Text.Json;
using Billing.Contracts.Json;
using Billing.Service.Hosting.Refusals;
using Microsoft.AspNetCore.Http.Features;

namespace Billing.Service.Api.Bodies;

/// <summary>Reads a JSON body as strictly as documents are read: what does not belong there is refused with its path.</summary>
internal static class JsonBody
{
    /// <summary>The largest body taken.</summary>
    private const int Largest = 64 << 20;

    private static readonly JsonSerializerOptions Strict = CreateStrict();

    /// <summary>The body, or what to answer: 415 for another media type, 413 beyond 64 MB, 400 with the path of what is wrong.</summary>
    public static async Task<(T? Body, IResult? Wrong)> ReadAsync<T>(HttpContext http, CancellationToken cancellation)
        where T : class
    {
        if (!http.Request.HasJsonContentType() || http.Request.Headers.ContentEncoding.Count > 0)
        {
            return (null, MediaTypes.Refuse(["application/json"]));
        }

        if (http.Request.ContentLength > Largest)
        {
            return (null, TooLarge());
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size && !(size.MaxRequestBodySize < Largest))
        {
            size.MaxRequestBodySize = Largest;
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

    private static IResult Malformed(DocumentFault fault) => Results.Problem(
        detail: fault.ToString(),
        statusCode: StatusCodes.Status400BadRequest,
        title: "The body is not what is expected",
        extensions: new Dictionary<string, object?> { ["path"] = fault.Path });

    private static IResult TooLarge() =>
        Results.Problem(detail: $"The body is larger than {Largest >> 20} MB.", statusCode: StatusCodes.Status413PayloadTooLarge);

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
