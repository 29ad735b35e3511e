using System.Globalization;
using System.Security.Claims;
using Marten;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using NodaTime;
using NodaTime.Text;

namespace Billing.Service.Access;

/// <summary>
/// Where the forms of the sign-in page go: <c>POST /station/session</c> (name, password, returnUrl),
/// <c>/station/session/second-factor</c> (code, returnUrl) and <c>/station/session/end</c>. They lead on to the page that was asked for, or
/// back to <c>/station/sign-in?outcome=…</c> with <c>refused</c>, <c>second-factor</c> or <c>locked</c> (and <c>until</c>). All need the form's token.
/// </summary>
internal static class SignInEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/station/session", BeginAsync).AllowAnonymous().RequireRateLimiting(Limits.SignIn).WithMetadata(new RequireAntiforgeryTokenAttribute());
        routes.MapPost("/station/session/second-factor", SecondFactorAsync).AllowAnonymous().RequireRateLimiting(Limits.SignIn).WithMetadata(new RequireAntiforgeryTokenAttribute());
        IdentityProvider.Map(routes, routes.ServiceProvider.GetRequiredService<IdentitySettings>());
        routes.MapPost("/station/session/end", EndAsync).WithMetadata(new ForRolesAttribute([.. Roles.All]), new RequireAntiforgeryTokenAttribute());
    }

    private static async Task<IResult> BeginAsync(HttpContext http, SignIn signIn)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var result = await signIn.WithPasswordAsync(form["name"].ToString(), form["password"].ToString(), ClientAddress.Of(http), http.RequestAborted);
        if (result is SecondFactorNeeded needed)
        {
            var pending = new ClaimsIdentity(
                [new(AccessClaims.Name, needed.Name), new(AccessClaims.Stamp, needed.Stamp.ToString(CultureInfo.InvariantCulture))], AccessSchemes.SecondStep);
            await http.SignInAsync(AccessSchemes.SecondStep, new ClaimsPrincipal(pending));
        }

        return await LeadOnAsync(http, result, form["returnUrl"].ToString());
    }

    private static async Task<IResult> SecondFactorAsync(HttpContext http, SignIn signIn)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var first = await http.AuthenticateAsync(AccessSchemes.SecondStep);
        var result = first.Principal is { } pending
            && int.TryParse(pending.FindFirstValue(AccessClaims.Stamp), NumberStyles.None, CultureInfo.InvariantCulture, out var stamp)
            ? await signIn.WithCodeAsync(pending.FindFirstValue(AccessClaims.Name)!, stamp, form["code"].ToString(), ClientAddress.Of(http), http.RequestAborted)
            : new SignInRefused();
        return await LeadOnAsync(http, result, form["returnUrl"].ToString(), first.Principal is not null);
    }

    private static async Task<IResult> EndAsync(HttpContext http, IDocumentStore store, IClock clock)
    {
        if (http.User.FindFirstValue(AccessClaims.Session) is { } id && http.User.FindFirstValue(AccessClaims.Subject) is { } account)
        {
            await using var session = store.LightweightSession();
            session.Events.Append(account, new SignedOut(id, clock.GetCurrentInstant()));
            await session.SaveChangesAsync(http.RequestAborted);
        }

        await http.SignOutAsync(AccessSchemes.Station);
        return SeeOther(StationSessions.SignInPath);
    }

    /// <summary>Begins the session and leads to the page that was asked for, or back to the sign-in page with what came of it.</summary>
    private static async Task<IResult> LeadOnAsync(HttpContext http, SignInResult result, string returnUrl, bool isSecondStep = false)
    {
        if (result is SignInDone done)
        {
            await http.SignInAsync(AccessSchemes.Station, done.Caller);
            await http.SignOutAsync(AccessSchemes.SecondStep);
            return SeeOther(IsOurs(returnUrl) ? returnUrl : "/station");
        }

        var outcome = result switch
        {
            SecondFactorNeeded => "second-factor",
            SignInLocked => "locked",
            _ => isSecondStep ? "code-refused" : "refused",
        };
        var query = QueryString.Create("outcome", outcome);
        if (result is SignInLocked { Until: { } until })
        {
            query = query.Add("until", InstantPattern.General.Format(until));
        }

        return SeeOther(StationSessions.SignInPath + (IsOurs(returnUrl) ? query.Add("returnUrl", returnUrl) : query));
    }

    /// <summary>True for a path of this service, and not for an address elsewhere that looks like one.</summary>
    internal static bool IsOurs(string url) =>
        url.Length > 0 && url[0] == '/' && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl);

    /// <summary>303: the browser asks for the page with GET, and reloading it sends no form again.</summary>
    private static Redirect SeeOther(string url) => new(url);

    private sealed class Redirect(string url) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = url;
            return Task.CompletedTask;
        }
    }
}
