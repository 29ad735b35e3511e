using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Replay;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using NodaTime;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>GET /api/v1/invoices/{number}/replay</c>: whether an issued invoice comes out again byte for byte. <c>POST /api/v1/replays</c>:
/// what a month comes to with other knowledge, the documents in the body; nothing is changed.
/// </summary>
[Tags("Evidence")]
public static class ReplayEndpoints
{
    /// <summary>The largest body taken: documents, not calls.</summary>
    private const int LargestBody = 8 << 20;

    /// <summary>So many differing contracts are listed; the command's files hold all.</summary>
    private const int MostContracts = 1000;

    [WolverineGet(ApiRoutes.V1 + "/invoices/{number}/replay", OperationId = "proveInvoice", Summary = "Whether an invoice comes out again byte for byte")]
    [EnableRateLimiting(Limits.Heavy)]
    [RequestTimeout(Limits.LongWork)]
    [ProducesResponseType<InvoiceProof>(StatusCodes.Status200OK)]
    [Refuses(404)]
    [ForRoles(Roles.Dispute, Roles.Finance, Roles.Auditor)]
    public static async Task<IResult> Prove(string number, NpgsqlDataSource database, CancellationToken cancellation) =>
        await ShowInvoice.FindAsync(database, number, cancellation) is { } issued
            ? Results.Ok(await new ProveInvoices(database).OneAsync(issued, cancellation))
            : Problems.NotFound($"There is no invoice {number}.");

    [WolverinePost(ApiRoutes.V1 + "/replays", OperationId = "replayMonth", Summary = "What a month comes to with other knowledge; nothing is changed")]
    [EnableRateLimiting(Limits.Heavy)]
    [RequestTimeout(Limits.LongWork)]
    [Takes(typeof(ReplayDocument))]
    [ProducesResponseType<ReplayResult>(StatusCodes.Status200OK)]
    [Refuses(413, 422)]
    [ForRoles(Roles.Dispute, Roles.Finance, Roles.Auditor)]
    public static async Task<IResult> Replay(HttpContext http, [NotBody] NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (await BodyAsync(http, cancellation) is not { } body)
        {
            return Results.Problem(detail: $"The documents are larger than {LargestBody >> 20} MB.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        var (document, fault) = DocumentReader.Read<ReplayDocument>(body);
        if (document is null)
        {
            return Problems.Of(ReplayRequest.Refuse("replay", fault)!);
        }

        if (!TryAsOf(document.AsOf, out var asOf))
        {
            return Problems.Of(ReplayRequest.Refuse("replay", new DocumentFault("$.asOf", "now, an instant such as 2026-11-01T00:00:00+09:00 or a date YYYY-MM-DD is expected"))!);
        }

        var request = new ReplayRequest(document.Month, document.Contract, asOf, document.Tariff, document.Reference, document.Corrections);
        var (result, refusal) = await new ReplayMonth(database) { MostContracts = MostContracts }.RunAsync(request, null, null, cancellation);
        return result is null ? Problems.Of(refusal!) : Results.Ok(result);
    }

    /// <summary>The body, or null when it is too large.</summary>
    private static async Task<byte[]?> BodyAsync(HttpContext http, CancellationToken cancellation)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestBody;
        }

        try
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, cancellation);
            return body.ToArray();
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }

    private static bool TryAsOf(string? text, out Instant? asOf)
    {
        asOf = null;
        if (text is null or "now")
        {
            return true;
        }

        var read = InstantText.TryParse(text, out var at);
        asOf = at;
        return read;
    }
}
