using Billing.Service.Hosting.Refusals;
using Billing.Service.Station.Customer;
using Billing.Service.Station.Language;
using Billing.Service.Usage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Billing.Service.Station;

/// <summary>Billing Station: pages made on the server, which need no script, under <c>/station</c>.</summary>
internal static class Configuration
{
    public const string Root = "/station";

    public static void AddStation(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddRazorComponents();
        services.AddSingleton<UsageCounts>();
        services.AddSingleton<Jobs.StationJobs>();
        services.AddScoped(provider => PageLanguage.Of(provider.GetRequiredService<IHttpContextAccessor>().HttpContext!));
    }

    /// <summary>Faults of a page are told by a page; goes before whatever may fail.</summary>
    public static void UseStationFaults(this WebApplication app) => app.UseWhen(
        http => http.Request.Path.StartsWithSegments(Root, StringComparison.Ordinal),
        pages =>
        {
            pages.UseExceptionHandler(new ExceptionHandlerOptions
            {
                SuppressDiagnosticsCallback = _ => false,
                StatusCodeSelector = FaultProblems.StatusOf,
                ExceptionHandler = http => TellAsync(http, http.Response.StatusCode),
            });
            pages.UseStatusCodePages(context => TellAsync(context.HttpContext, context.HttpContext.Response.StatusCode));
        });

    public static void MapStation(this WebApplication app)
    {
        app.MapRazorComponents<StationApp>();
        StationFiles.Map(app);
        ChooseLanguage.Map(app);
        DocumentFiles.Map(app);
    }

    /// <summary>In a scope of its own: that of the page may have rendered already.</summary>
    private static async Task TellAsync(HttpContext http, int status)
    {
        var page = http.RequestServices;
        await using var scope = page.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        try
        {
            await new RazorComponentResult<FaultPage>(new { Status = status }) { StatusCode = status }.ExecuteAsync(http);
        }
        finally
        {
            http.RequestServices = page;
        }
    }
}
