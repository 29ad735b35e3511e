using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Billing.Service.Api.Describing;

/// <summary>
/// Adds to what Wolverine tells of its endpoints what their attributes say: bodies and headers that they read themselves, and the
/// problems they answer.
/// </summary>
internal sealed class DescribeEndpoints : IApiDescriptionProvider
{
    private static readonly EmptyModelMetadataProvider Metadata = new();

    /// <summary>After Wolverine's own provider, which has -2000.</summary>
    public int Order => -1900;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        foreach (var endpoint in context.Results)
        {
            if (MethodOf(endpoint) is { } method)
            {
                AddParameters(endpoint, method);
                AddBody(endpoint, method);
                SetResponses(endpoint, method);
            }
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
    }

    /// <summary>The method behind an endpoint of ours; null of any other.</summary>
    public static MethodInfo? MethodOf(ApiDescription endpoint) =>
        (endpoint.ActionDescriptor as ControllerActionDescriptor)?.MethodInfo is { } method && method.DeclaringType?.Assembly == typeof(DescribeEndpoints).Assembly ? method : null;

    private static void AddParameters(ApiDescription endpoint, MethodInfo method)
    {
        foreach (var (name, source) in method.GetCustomAttributes<HeaderAttribute>().Select(header => (header.Name, BindingSource.Header))
            .Concat(method.GetCustomAttributes<QueryParameterAttribute>().Select(parameter => (parameter.Name, BindingSource.Query))))
        {
            endpoint.ParameterDescriptions.Add(new ApiParameterDescription { Name = name, Source = source, Type = typeof(string), ModelMetadata = Metadata.GetMetadataForType(typeof(string)) });
        }
    }

    private static void AddBody(ApiDescription endpoint, MethodInfo method)
    {
        if (method.GetCustomAttribute<TakesAttribute>() is not { } takes)
        {
            return;
        }

        endpoint.ParameterDescriptions.Add(new ApiParameterDescription
        {
            Name = "body",
            Source = BindingSource.Body,
            Type = takes.Body,
            IsRequired = takes.IsRequired,
            ModelMetadata = Metadata.GetMetadataForType(takes.Body),
        });
        endpoint.SupportedRequestFormats.Clear();
        foreach (var mediaType in takes.MediaTypes)
        {
            endpoint.SupportedRequestFormats.Add(new ApiRequestFormat { MediaType = mediaType });
        }
    }

    private static void SetResponses(ApiDescription endpoint, MethodInfo method)
    {
        // an endpoint that returns IResult says nothing of what it answers, and Wolverine guesses
        var isEmpty = method.GetCustomAttributes<ProducesResponseTypeAttribute>().Any(said => said.StatusCode == StatusCodes.Status204NoContent);
        for (var i = endpoint.SupportedResponseTypes.Count - 1; i >= 0; i--)
        {
            if (endpoint.SupportedResponseTypes[i].Type is not { } type || typeof(IResult).IsAssignableFrom(type))
            {
                endpoint.SupportedResponseTypes.RemoveAt(i);
            }
        }

        if (isEmpty)
        {
            endpoint.SupportedResponseTypes.Add(new ApiResponseType { StatusCode = StatusCodes.Status204NoContent, Type = typeof(void) });
        }

        if (method.GetCustomAttribute<AnswersTextAttribute>() is { } text)
        {
            endpoint.SupportedResponseTypes.Add(Response(StatusCodes.Status200OK, typeof(Stream), text.MediaType));
        }

        var statuses = new SortedSet<int>(method.GetCustomAttribute<RefusesAttribute>()?.Statuses ?? []);
        if (method.GetCustomAttribute<AllowAnonymousAttribute>() is null)
        {
            statuses.UnionWith([StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests]);
        }

        statuses.Add(StatusCodes.Status503ServiceUnavailable);
        foreach (var status in statuses)
        {
            endpoint.SupportedResponseTypes.Add(status == StatusCodes.Status304NotModified
                ? new ApiResponseType { StatusCode = status, Type = typeof(void) }
                : Response(status, typeof(ProblemDetails), "application/problem+json"));
        }
    }

    private static ApiResponseType Response(int status, Type type, string mediaType) => new()
    {
        StatusCode = status,
        Type = type,
        ModelMetadata = Metadata.GetMetadataForType(type),
        ApiResponseFormats = [new ApiResponseFormat { MediaType = mediaType }],
    };
}
