namespace Billing.Service.Api;

/// <summary><c>GET /</c>: what is to be found where, for somebody who has only the address.</summary>
internal static class Home
{
    private const string Text =
        $"""
        Billing for 050 business telephony

        GET  /health/live                                the process answers
        GET  /health/ready                               it can do its work

        POST {ApiRoutes.V1}/cdr-batches?file=NAME             takes in call records: CSV or JSON lines, plain or gzip
        GET  {ApiRoutes.V1}/contracts/ID/usage?month=YYYY-MM  a contract's usage of a month
        GET  {ApiRoutes.V1}/invoices?month=YYYY-MM            the invoices of a month
        GET  {ApiRoutes.V1}/invoices/NUMBER                   one invoice as it was issued
        GET  {ApiRoutes.V1}/invoices/NUMBER/credits           what was given back on it; POST gives back
        GET  {ApiRoutes.V1}/credit-notes/NUMBER               one credit note as it was issued
        GET  {ApiRoutes.V1}/disputes?state=open               disputes; POST opens one
        GET  {ApiRoutes.V1}/disputes/ID                       one dispute; ID/file is its archive

        """;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/", (HttpContext http) =>
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(Text, http.RequestAborted);
    });
}
