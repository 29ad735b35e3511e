using Billing.Contracts.Json;
using Billing.Service.Access;
using Billing.Service.Api;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Ingestion.Kafka;
using Billing.Service.Station;
using Wolverine.Http;

namespace Billing.Service.Hosting;

/// <summary>The web application around the service. Endpoints lie in <c>Api/</c>; pages come to stand beside them.</summary>
internal static class WebHost
{
    public static void Configure(WebApplicationBuilder builder, BillingSettings settings)
    {
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseUrls(settings.Urls);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            BillingJson.Apply(json.SerializerOptions);
            json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        });
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = AccessProblems.Tell);
        builder.Services.AddSingleton<SpoolRoom>();
        builder.Services.AddExceptionHandler<FaultProblems>();
        builder.Services.AddHealthChecks()
            .AddCheck<Leaving>("stopping", tags: ["ready"])
            .AddCheck<DatabaseHealth>("database", tags: ["ready"])
            .AddCheck<ProjectionHealth>("projections", tags: ["ready"])
            .AddCheck<DeadLetterHealth>("dead-letters", tags: ["ready"]);
        if (settings.Text("kafka") is not null)
        {
            builder.Services.AddHealthChecks().AddCheck<KafkaHealth>("kafka", tags: ["ready"]);
        }

        Leaving.Configure(builder.Services, settings);
        AccessPipeline.Configure(builder, settings);
        builder.Services.AddWolverineHttp();
        builder.Services.AddStation();
        OpenApiDescription.Add(builder.Services);
    }

    public static void Map(WebApplication app)
    {
        OpenApiDescription.UsePolicy(app);
        Leaving.Use(app);
        AccessPipeline.UseSecurityHeaders(app);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseStationFaults();
        app.UseRouting();
        AccessPipeline.UseAccess(app);
        Home.Map(app);
        HealthEndpoints.Map(app);
        MetricsEndpoint.Map(app);
        SignInEndpoints.Map(app);
        app.MapStation();
        OpenApiDescription.Map(app);
        app.MapWolverineEndpoints();
    }
}
