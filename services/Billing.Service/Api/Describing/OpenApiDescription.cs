using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Billing.Service.Api.Describing;

/// <summary>
/// The description of the API, OpenAPI 3.1, made from the endpoints: at <c>/api/openapi.json</c>, readable at <c>/api/reference</c>, and
/// committed as <c>contracts/openapi.json</c> by <c>billing openapi</c>.
/// </summary>
internal static class OpenApiDescription
{
    public const string Name = "v1";
    public const string Document = "/api/openapi.json";
    public const string Page = "/api/reference";

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Call records", "Files of call records in, their receipts, what was rejected or is in suspense."),
        ("Contracts", "Contracts, their numbers, options, limits and deposits."),
        ("Tariffs", "Tariff versions."),
        ("Reference", "Number blocks, carriers and prefixes."),
        ("Usage", "What a month comes to so far, and its calls."),
        ("Invoices", "Issued invoices and what was given back on them."),
        ("Disputes", "Disputes about issued invoices."),
        ("Corrections", "Calls taken back or set right, months rated anew."),
        ("Evidence", "Reasons, replays, comparisons and proofs."),
        ("Access", "Accounts, keys, the own session, and what the auditor reads of them."),
        ("Events", "What happens, told to the outside: a stream, and signed webhooks."),
    ];

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<IApiDescriptionProvider, DescribeEndpoints>();
        services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = endpoint => DescribeEndpoints.MethodOf(endpoint) is not null;
            options.CreateSchemaReferenceId = type => DescribeSchemas.IsPlain(type) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
            options.AddSchemaTransformer(DescribeSchemas.TransformAsync);
            options.AddOperationTransformer(DescribeOperation);
            options.AddDocumentTransformer(DescribeDocument);
        });
    }

    public static void Map(WebApplication app)
    {
        app.MapOpenApi(Document).AllowAnonymous().ExcludeFromDescription();
        app.MapScalarApiReference(Page, (options, http) =>
        {
            options.Title = "Billing for 050 business telephony";
            options.OpenApiRoutePattern = Document;
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.DynamicBaseServerUrl = true;
            options.Nonce = (string?)http.Items[typeof(OpenApiDescription)];
        }).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>
    /// The page's script starts it inline and its styles are set by script, so it has a policy of its own: nothing from anywhere else, one
    /// script by a number used once.
    /// </summary>
    public static void UsePolicy(WebApplication app) => app.UseWhen(http => http.Request.Path.StartsWithSegments(Page), page => page.Use(async (http, next) =>
    {
        var nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
        http.Items[typeof(OpenApiDescription)] = nonce;
        http.Response.OnStarting(() =>
        {
            http.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            return Task.CompletedTask;
        });
        await next(http);
    }));

    /// <summary>The document as it is committed.</summary>
    public static async Task<string> WriteAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync(cancellation);
        document.Servers = null;
        using var text = new StringWriter { NewLine = "\n" };
        document.SerializeAs(OpenApiSpecVersion.OpenApi3_1, new OpenApiJsonWriter(text));
        return text.ToString().ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    private static Task DescribeOperation(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        if (DescribeEndpoints.MethodOf(context.Description) is { } method)
        {
            foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            {
                DescribeParameters.Describe(parameter);
            }

            foreach (var header in method.GetCustomAttributes<AnswersHeaderAttribute>())
            {
                foreach (var response in (operation.Responses ?? []).Where(entry => entry.Key.StartsWith('2')).Select(entry => entry.Value).OfType<OpenApiResponse>())
                {
                    response.Headers ??= new Dictionary<string, IOpenApiHeader>();
                    response.Headers[header.Name] = new OpenApiHeader { Description = header.Description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
                }
            }

            // Wolverine describes what is not described by the name of the generated class
            operation.Description = operation.Description?.Contains("_api_", StringComparison.Ordinal) == true ? null : operation.Description;
            if (method.GetCustomAttribute<Access.ForRolesAttribute>() is { } roles)
            {
                var who = $"Roles: {string.Join(", ", roles.Roles)}.";
                operation.Description = operation.Description is { Length: > 0 } said ? $"{said}\n\n{who}" : who;
            }
        }

        return Task.CompletedTask;
    }

    private static Task DescribeDocument(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Billing for 050 business telephony",
            Version = Name,
            Description =
                "Call records go in, qualified invoices come out, every figure can be explained. Money is a string of decimal yen, dates and months are those of Tokyo, "
                + "called numbers come without their last four digits. Errors are problem details (RFC 9457); a refusal names its rule. "
                + "Lists answer items and next; next is the cursor of the following answer and absent at the end.",
        };
        document.Tags = new HashSet<OpenApiTag>(Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["apiKey"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key." },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("apiKey", document)] = [] }];
        return Task.CompletedTask;
    }
}
