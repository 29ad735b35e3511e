namespace Billing.Service.Api;

/// <summary><c>GET /</c>: what is to be found where, for somebody who has only the address.</summary>
internal static class Home
{
    private const string Text =
        $"""
        Billing for 050 business telephony

        GET  /health/live                                the process answers
        GET  /health/ready                               it can do its work
        GET  /metrics                                    figures for Prometheus, for an operator's key

        GET  /api/reference                              the API, to read and to try
        GET  /api/openapi.json                           the same for programs: OpenAPI 3.1

        POST {ApiRoutes.V1}/cdr-batches?file=NAME             takes call records in: CSV or JSON lines, plain or gzip
        GET  {ApiRoutes.V1}/contracts/ID/usage?month=YYYY-MM  a contract's usage of a month so far
        GET  {ApiRoutes.V1}/contracts/ID/calls?month=YYYY-MM  its calls
        GET  {ApiRoutes.V1}/invoices?month=YYYY-MM            the invoices of a month
        GET  {ApiRoutes.V1}/invoices/NUMBER                   one invoice as it was issued
        GET  {ApiRoutes.V1}/calls/SOURCE/ID/explanation       the whole reasoning of a call's charge
        GET  {ApiRoutes.V1}/events/stream                     what happens, as it happens

        """;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/", (HttpContext http) =>
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(Text, http.RequestAborted);
    }).AllowAnonymous();
}
