using Billing.Service.Hosting;
using Marten;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace Billing.Service.Access;

/// <summary>The ways in which a caller can be known, and that nobody else gets in.</summary>
public static class AccessSchemes
{
    /// <summary>A person's session: the cookie of the Billing Station.</summary>
    public const string Station = "station";

    /// <summary>Between the password and the code.</summary>
    public const string SecondStep = "station-second-step";

    /// <summary>A machine's key.</summary>
    public const string ApiKey = "api-key";

    /// <summary>Decides by the request which of the others it is.</summary>
    private const string Any = "any";

    internal static void Configure(IServiceCollection services, BillingSettings settings)
    {
        var access = AccessSettings.Of(settings);
        services.AddSingleton(access);
        services.AddSingleton<SecondFactor>();
        services.AddSingleton<MissingAccounts>();
        services.AddScoped<SignIn>();
        services.AddScoped<OwnAccount>();
        services.AddScoped<StationSessions>();
        AddDataProtection(services, access);
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "station-form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.HttpOnly = true;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.HeaderName = CookieAntiforgery.Header;
            options.SuppressXFrameOptionsHeader = true;
        });
        var identity = IdentitySettings.Of(settings);
        services.AddSingleton(identity);
        var schemes = services.AddAuthentication(options => options.DefaultScheme = Any)
            .AddPolicyScheme(Any, null, options => options.ForwardDefaultSelector = http => SchemeOf(http, identity))
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKey, null)
            .AddCookie(Station, options => StationSessions.Configure(options, access))
            .AddCookie(SecondStep, StationSessions.ConfigureSecondStep);
        IdentityProvider.Configure(schemes, identity);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(IsNothing).Build());
    }

    /// <summary>
    /// Without a word on who may, nobody may. Where there is no endpoint there is nothing to guard: what routing answers by
    /// itself, such as 404 and 405, is no <see cref="RouteEndpoint"/>.
    /// </summary>
    private static bool IsNothing(AuthorizationHandlerContext context) => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint;

    private static string SchemeOf(HttpContext http, IdentitySettings identity) =>
        http.Request.Headers.Authorization.Count == 0 ? Station
        : identity.IsForPrograms && ApiKeyAuthentication.Sent(http.Request) is null ? IdentityProvider.Programs
        : ApiKey;

    private static void AddDataProtection(IServiceCollection services, AccessSettings access)
    {
        var protection = services.AddDataProtection().SetApplicationName("billing");
        if (access.DataKeys is { } folder)
        {
            protection.PersistKeysToFileSystem(new DirectoryInfo(folder));
        }
        else
        {
            services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
                new ConfigureOptions<KeyManagementOptions>(options => options.XmlRepository = new DataProtectionKeys(provider.GetRequiredService<IDocumentStore>())));
        }
    }
}
