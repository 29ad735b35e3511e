using Billing.Service.Hosting.Refusals;
using Microsoft.AspNetCore.Antiforgery;

namespace Billing.Service.Access;

/// <summary>
/// Another site may make a browser send a request with the session's cookie, but does not know the token of the form. So every
/// request that changes something and comes with a session needs one, pages and API alike: as the form's hidden field, or as
/// a header. Requests with a key need none: no browser adds a key by itself.
/// </summary>
internal sealed class CookieAntiforgery(RequestDelegate next, IAntiforgery antiforgery)
{
    /// <summary>Carries the token where there is no form.</summary>
    public const string Header = "X-Request-Token";

    public async Task InvokeAsync(HttpContext http)
    {
        if (IsToBeChecked(http) && !await antiforgery.IsRequestValidAsync(http))
        {
            await Problems.BadRequest(Header, "The form is too old or comes from elsewhere; open the page again and repeat.").ExecuteAsync(http);
            return;
        }

        await next(http);
    }

    private static bool IsToBeChecked(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && !HttpMethods.IsOptions(http.Request.Method)
        && (http.User.Identities.Any(identity => identity is { IsAuthenticated: true, AuthenticationType: AccessSchemes.Station })
            || http.GetEndpoint()?.Metadata.GetMetadata<IAntiforgeryMetadata>() is { RequiresValidation: true });
}
