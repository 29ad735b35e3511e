using System.Globalization;
using Billing.Service.Hosting.Refusals;

namespace Billing.Service.Api;

/// <summary>ETags are the versions of streams: a change says for which one it was made (RFC 9110).</summary>
internal static class Preconditions
{
    /// <summary>The tag of a version.</summary>
    public static string Tag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The version that a change was made for: that of If-Match, or 0 for <c>If-None-Match: *</c>.</summary>
    /// <returns>What to answer when neither is there (428) or one is no tag of ours (400).</returns>
    public static (long Version, IResult? Wrong) Required(HttpRequest request)
    {
        var (version, wrong) = Optional(request);
        return wrong is null && version is null
            ? (0, Results.Problem(
                detail: "Say with If-Match for which state the change was made (the ETag of what was read), or with If-None-Match: * that there is none yet.",
                statusCode: StatusCodes.Status428PreconditionRequired))
            : (version ?? 0, wrong);
    }

    /// <summary>The same where a change may go without.</summary>
    public static (long? Version, IResult? Wrong) Optional(HttpRequest request)
    {
        if (request.Headers.IfNoneMatch is [var none])
        {
            return none == "*" ? (0, null) : (null, Problems.BadRequest("If-None-Match", "* is expected."));
        }

        return request.Headers.IfMatch switch
        {
            [] => (null, null),
            [{ } tag] when Read(tag) is { } version => (version, null),
            _ => (null, Problems.BadRequest("If-Match", "One ETag as it was answered is expected.")),
        };
    }

    /// <summary>Answers a state with its tag; 304 to who knows it already.</summary>
    public static IResult Answer<T>(HttpContext http, long version, T body)
    {
        var tag = Tag(version);
        http.Response.Headers.ETag = tag;
        return http.Request.Method == HttpMethods.Get && http.Request.Headers.IfNoneMatch == tag ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Ok(body);
    }

    private static long? Read(string tag) =>
        tag is ['"', .. var text, '"'] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
