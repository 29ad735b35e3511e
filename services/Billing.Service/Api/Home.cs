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
        GET  {ApiRoutes.V1}/verification?month=YYYY-MM        the evidence of a month, or of everything, computed anew
        POST {ApiRoutes.V1}/comparisons?month=YYYY-MM         compares a month with another party's call list: CSV
        GET  {ApiRoutes.V1}/invoices/NUMBER/replay            whether it comes out again byte for byte
        POST {ApiRoutes.V1}/replays                           what a month comes to with other knowledge
        GET  {ApiRoutes.V1}/invoices/NUMBER/credits           what was given back on it; POST gives back
        GET  {ApiRoutes.V1}/credit-notes/NUMBER               one credit note as it was issued
        GET  {ApiRoutes.V1}/disputes?state=open               disputes; POST opens one
        GET  {ApiRoutes.V1}/disputes/ID                       one dispute; ID/file is its archive
        GET  {ApiRoutes.V1}/invoices/NUMBER/lines/N/explanation  what one of its lines is made of
        GET  {ApiRoutes.V1}/calls/SOURCE/ID/explanation       the whole reasoning of a call's charge
        POST {ApiRoutes.V1}/calls/corrections?reason=…&by=…      voids calls, or sets their facts right
        POST {ApiRoutes.V1}/usage/reratings?month=YYYY-MM&reason=…&by=…  rates a month anew with what is known now
        POST {ApiRoutes.V1}/deliveries/FILE/rollback?reason=…&by=…  takes back what a file brought in

        """;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/", (HttpContext http) =>
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(Text, http.RequestAborted);
    }).AllowAnonymous();
}
