using Billing.Service.Station.Language;
using Microsoft.AspNetCore.Authorization;

namespace Billing.Service.Station;

/// <summary><c>GET /station/language?to=en&amp;back=/station/…</c>: keeps the language of the pages, and goes back.</summary>
internal static class ChooseLanguage
{
    public static void Map(WebApplication app) => app.MapGet(Configuration.Root + "/language", [AllowAnonymous] (string? to, string? back, HttpContext http) =>
    {
        if (to is not null && PageLanguage.All.Contains(to))
        {
            http.Response.Cookies.Append(PageLanguage.Cookie, to, new CookieOptions
            {
                HttpOnly = true,
                IsEssential = true,
                MaxAge = TimeSpan.FromDays(365),
                Path = Configuration.Root,
                SameSite = SameSiteMode.Lax,
                Secure = http.Request.IsHttps,
            });
        }

        return Results.LocalRedirect(IsPage(back) ? back! : Configuration.Root);
    });

    /// <summary>Only pages of the station are gone back to.</summary>
    private static bool IsPage(string? path) =>
        path is not null && (path == Configuration.Root || path.StartsWith(Configuration.Root + "/", StringComparison.Ordinal)) && !path.Contains('\\', StringComparison.Ordinal);
}
