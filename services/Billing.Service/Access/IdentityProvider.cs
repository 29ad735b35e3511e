using System.Security.Claims;
using Billing.Service.Hosting;
using Marten;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using NodaTime;

namespace Billing.Service.Access;

/// <summary>
/// An identity provider of the organisation's own, when the settings name one: people sign in there (OpenID Connect, code flow with PKCE), and
/// programs may show its tokens in place of a key. What it says somebody is becomes roles by the mapping of the settings;
/// who is nothing there is nothing here.
/// </summary>
internal static class IdentityProvider
{
    public const string People = "oidc";
    public const string Programs = "jwt";

    /// <summary>Stands before the names that the provider gives.</summary>
    public const string Prefix = "oidc:";

    private const string CallbackPath = "/station/session/external/callback";

    public static void Configure(AuthenticationBuilder schemes, IdentitySettings settings)
    {
        if (settings is { Authority: { } authority, ClientId: { } client })
        {
            schemes.AddOpenIdConnect(People, options => Configure(options, settings, authority, client));
        }

        if (settings is { Authority: { } issuer, Audience: { } audience })
        {
            schemes.AddJwtBearer(Programs, options => Configure(options, settings, issuer, audience));
        }
    }

    /// <summary><c>GET /station/session/external?returnUrl=</c>: leads to the provider; it comes back to the page that was asked for.</summary>
    public static void Map(IEndpointRouteBuilder routes, IdentitySettings settings)
    {
        if (settings.IsForPeople)
        {
            routes.MapGet("/station/session/external", (string? returnUrl) => Results.Challenge(
                new AuthenticationProperties { RedirectUri = returnUrl is not null && SignInEndpoints.IsOurs(returnUrl) ? returnUrl : "/station" },
                [People])).AllowAnonymous().RequireRateLimiting(Limits.SignIn);
        }
    }

    private static void Configure(OpenIdConnectOptions options, IdentitySettings settings, string authority, string client)
    {
        options.Authority = authority;
        options.RequireHttpsMetadata = settings.IsHttps;
        options.ClientId = client;
        options.ClientSecret = settings.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.SignInScheme = AccessSchemes.Station;
        options.CallbackPath = CallbackPath;
        options.TokenValidationParameters.NameClaimType = settings.NameClaim;
        options.Scope.Add("email");
        foreach (var cookie in (CookieBuilder[])[options.CorrelationCookie, options.NonceCookie])
        {
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }

        options.Events.OnTokenValidated = async context =>
        {
            if (Map(context.Principal!, settings, AccessSchemes.Station) is not { } caller)
            {
                context.Fail("the identity provider gives no role that is mapped, or roles that do not go together");
                return;
            }

            context.Principal = caller;
            await NoteAsync(context.HttpContext, caller, authority);
        };
        options.Events.OnRemoteFailure = context =>
        {
            context.Response.Redirect($"{StationSessions.SignInPath}?outcome=external-refused");
            context.HandleResponse();
            return Task.CompletedTask;
        };
    }

    private static void Configure(JwtBearerOptions options, IdentitySettings settings, string authority, string audience)
    {
        options.Authority = authority;
        options.Audience = audience;
        options.RequireHttpsMetadata = settings.IsHttps;
        options.MapInboundClaims = false;
        options.IncludeErrorDetails = false;
        options.TokenValidationParameters.NameClaimType = settings.NameClaim;
        options.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(30);
        options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                context.Principal = Map(context.Principal!, settings, Programs);
                if (context.Principal is null)
                {
                    context.Fail("the identity provider gives no role that is mapped, or roles that do not go together");
                }

                return Task.CompletedTask;
            },
        };
    }

    /// <summary>Whom the provider vouches for, as a caller; null when it gives no role that is mapped.</summary>
    private static ClaimsPrincipal? Map(ClaimsPrincipal vouched, IdentitySettings settings, string scheme)
    {
        string[] roles = [.. vouched.FindAll(settings.RoleClaim).SelectMany(claim => settings.RolesOf(claim.Value)).Distinct(StringComparer.Ordinal)];
        var subject = vouched.FindFirstValue("sub");
        if (subject is null || roles.Length == 0)
        {
            return null;
        }

        // no account's name holds a colon: whoever is vouched for acts as nobody of ours, whatever they are called there
        var name = Prefix + (vouched.FindFirstValue(settings.NameClaim) ?? vouched.FindFirstValue("email") ?? subject);
        var isCustomer = roles.Any(Roles.IsCustomer);
        string[] contracts = isCustomer ? [.. Values(vouched, settings.ContractClaim)] : [];
        string[] departments = isCustomer ? [.. Values(vouched, settings.DepartmentClaim)] : [];
        return AccessRules.RefuseMixture(roles, departments) is not null ? null
            : AccessClaims.Principal(scheme, $"{vouched.FindFirstValue("iss") ?? settings.Authority}#{subject}", name, roles, contracts, departments);
    }

    private static IEnumerable<string> Values(ClaimsPrincipal vouched, string type) => vouched.FindAll(type).Select(claim => claim.Value);

    private static async Task NoteAsync(HttpContext http, ClaimsPrincipal principal, string authority)
    {
        var caller = Caller.Of(principal);
        var now = http.RequestServices.GetRequiredService<IClock>().GetCurrentInstant();
        await using var session = http.RequestServices.GetRequiredService<IDocumentStore>().LightweightSession();
        session.Events.Append(AccessLog.StreamOf(now), new ExternalSignedIn(caller.Name, authority, caller.Roles, ClientAddress.Of(http), now));
        await session.SaveChangesAsync(http.RequestAborted);
    }
}
