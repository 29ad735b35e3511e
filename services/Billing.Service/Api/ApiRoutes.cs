namespace Billing.Service.Api;

/// <summary>Where the API lies. What is under a version keeps its shape.</summary>
internal static class ApiRoutes
{
    public const string V1 = "/api/v1";
}
