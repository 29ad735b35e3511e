using System.Net;
using Billing.Service.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Net.Http.Headers;

namespace Billing.Service.Access;

/// <summary>The order in which a request is let in: whence it comes, what it asks for, who asks, how often, whether they may, and whether it was meant.</summary>
internal static class AccessPipeline
{
    public static void Configure(WebApplicationBuilder builder, BillingSettings settings)
    {
        AccessSchemes.Configure(builder.Services, settings);
        Limits.Configure(builder, settings);
    }

    /// <summary>Before anything that answers.</summary>
    public static void UseSecurityHeaders(WebApplication app)
    {
        if (app.Services.GetRequiredService<AccessSettings>().TrustedProxies is { Count: > 0 } proxies)
        {
            app.UseForwardedHeaders(Forwarded(proxies));
        }

        app.UseMiddleware<SecurityHeaders>();
    }

    /// <summary>After routing, before endpoints.</summary>
    public static void UseAccess(WebApplication app)
    {
        app.UseRequestTimeouts();
        app.Use(ForgetWhoAsksForProbes);
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseMiddleware<CookieAntiforgery>();
        app.UseAntiforgery();
    }

    /// <summary>Probes are answered whoever asks and while the database is down: a key or cookie that comes with them is not looked up.</summary>
    private static Task ForgetWhoAsksForProbes(HttpContext http, RequestDelegate next)
    {
        if (HealthEndpoints.Answers(http.Request) || MetricsEndpoint.IsOpenTo(http))
        {
            http.Request.Headers.Remove(HeaderNames.Authorization);
            http.Request.Headers.Remove(HeaderNames.Cookie);
        }

        return next(http);
    }

    /// <exception cref="SettingException">A proxy is neither an address nor a network.</exception>
    private static ForwardedHeadersOptions Forwarded(IReadOnlyList<string> proxies)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
            {
                options.KnownIPNetworks.Add(network);
            }
            else
            {
                throw new SettingException($"trusted-proxies: '{proxy}' is not an address or a network such as 10.0.0.0/8");
            }
        }

        return options;
    }
}
