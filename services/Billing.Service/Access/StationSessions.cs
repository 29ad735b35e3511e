using System.Globalization;
using System.Security.Claims;
using Marten;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using NodaTime;

namespace Billing.Service.Access;

/// <summary>
/// The sessions of people. The cookie says which account and since when; what the account may is read anew with every request,
/// so that a session ends with the password or the roles that it began with.
/// </summary>
internal sealed class StationSessions(IDocumentStore store, IClock clock, AccessSettings settings) : CookieAuthenticationEvents
{
    public const string SignInPath = "/station/sign-in";

    private const string Begun = "begun";

    public static void Configure(CookieAuthenticationOptions options, AccessSettings settings)
    {
        Harden(options, "station");
        options.ExpireTimeSpan = settings.SessionIdle;
        options.SlidingExpiration = true;
        options.LoginPath = SignInPath;
        options.ReturnUrlParameter = "returnUrl";
        options.EventsType = typeof(StationSessions);
    }

    public static void ConfigureSecondStep(CookieAuthenticationOptions options)
    {
        Harden(options, "station-second-step");
        options.ExpireTimeSpan = TimeSpan.FromMinutes(5);
        options.SlidingExpiration = false;
    }

    public override Task SigningIn(CookieSigningInContext context)
    {
        context.Properties.Items[Begun] = clock.GetCurrentInstant().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        if (IsYoung(context.Properties) && await CurrentAsync(context.Principal!, context.HttpContext.RequestAborted) is { } principal)
        {
            context.ReplacePrincipal(principal);
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(AccessSchemes.Station);
    }

    /// <summary>A person is shown the way to sign in, a program is told that it did not.</summary>
    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context) =>
        context.Request.Path.StartsWithSegments("/station") ? base.RedirectToLogin(context) : Answer(context, StatusCodes.Status401Unauthorized);

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context) => Answer(context, StatusCodes.Status403Forbidden);

    /// <summary>The session as the account allows it now; null when it is over.</summary>
    private async Task<ClaimsPrincipal?> CurrentAsync(ClaimsPrincipal principal, CancellationToken cancellation)
    {
        if (principal.FindFirstValue(AccessClaims.Stamp) is not { } stamp)
        {
            return principal;
        }

        await using var session = store.QuerySession();
        var account = await session.LoadAsync<Account>(principal.FindFirstValue(AccessClaims.Subject)!, cancellation);
        var id = principal.FindFirstValue(AccessClaims.Session)!;
        return IsOpen(account, stamp, id) ? SignIn.Principal(account!, id, AccessSchemes.Station) : null;
    }

    /// <summary>True while the session of an account goes on; who has none, like a key, has nothing that could end.</summary>
    public static async Task<bool> IsOpenAsync(IQuerySession session, ClaimsPrincipal principal, CancellationToken cancellation) =>
        principal.FindFirstValue(AccessClaims.Stamp) is not { } stamp
        || IsOpen(await session.LoadAsync<Account>(principal.FindFirstValue(AccessClaims.Subject)!, cancellation), stamp, principal.FindFirstValue(AccessClaims.Session)!);

    private static bool IsOpen(Account? account, string stamp, string session) =>
        account is { IsLocked: false } && stamp == account.Stamp.ToString(CultureInfo.InvariantCulture) && !account.Ended.ContainsKey(session);

    private bool IsYoung(AuthenticationProperties properties) =>
        properties.Items.TryGetValue(Begun, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var begun)
        && clock.GetCurrentInstant() - Instant.FromUnixTimeSeconds(begun) < Duration.FromTimeSpan(settings.SessionLongest);

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return Task.CompletedTask;
    }

    /// <summary>A cookie that no script reads, that no other site sends, and that leaves only enciphered where the service is so called.</summary>
    private static void Harden(CookieAuthenticationOptions options, string name)
    {
        options.Cookie.Name = name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Cookie.IsEssential = true;
        options.Cookie.Path = "/";
    }
}
