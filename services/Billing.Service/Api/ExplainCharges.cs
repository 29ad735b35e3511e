using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Explaining;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>GET /api/v1/calls/{source}/{recordId}/explanation?asOf=INSTANT</c> (<c>now</c> too) and
/// <c>GET /api/v1/invoices/{number}/lines/{line}/explanation?skip=0&amp;take=100</c>: the reasoning in both languages. Called
/// numbers are always masked here. A slash in a record id is written <c>%2F</c>.
/// </summary>
[Tags("Evidence")]
public static class ExplainChargesEndpoint
{
    [ForRoles(Roles.Dispute, Roles.Finance, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [WolverineGet(ApiRoutes.V1 + "/calls/{source}/{recordId}/explanation", OperationId = "explainCall", Summary = "The whole reasoning of a call's charge, in Japanese and English")]
    [ProducesResponseType<CallExplanation>(StatusCodes.Status200OK)]
    [Refuses(400, 404)]
    public static async Task<IResult> Call(string source, string recordId, string? asOf, HttpContext http, NpgsqlDataSource database, KnowledgeCache knowledge, IClock clock, CancellationToken cancellation)
    {
        Instant? at = null;
        if (asOf is not null)
        {
            if (asOf != "now" && !InstantText.TryParse(asOf, out _))
            {
                return Problems.BadRequest("asOf", "now, an instant such as 2026-11-01T00:00:00+09:00, or a date YYYY-MM-DD is expected.");
            }

            at = InstantText.TryParse(asOf, out var given) ? given : clock.GetCurrentInstant();
        }

        if (CallName.Of(source, AsSent(http) ?? recordId) is not { } name)
        {
            return Problems.BadRequest("recordId", "A source and a record id of the format are expected.");
        }

        return await new ExplainCall(database) { Known = new KnownAt(database, cancellation, knowledge) }.RunAsync(name, at, reveal: false, cancellation) is { } explanation
            && VisibleCall.Of(explanation, Caller.Of(http), (await knowledge.CurrentAsync(cancellation)).Contracts) is { } visible
            ? Results.Ok(visible)
            : Problems.NotFound($"There is no call {name}{(at is null ? "" : " at that instant")}.");
    }

    [ForRoles(Roles.Dispute, Roles.Finance, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [WolverineGet(ApiRoutes.V1 + "/invoices/{number}/lines/{line}/explanation", OperationId = "explainLine", Summary = "What a line of an invoice is made of", Description = "The tax rows are counted on behind the lines.")]
    [ProducesResponseType<LineExplanation>(StatusCodes.Status200OK)]
    [Refuses(400, 404)]
    public static async Task<IResult> Line(string number, string line, string? skip, string? take, HttpContext http, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (!Whole(line, 1, int.MaxValue, out var no))
        {
            return Problems.BadRequest("line", "The number of a line, from 1, is expected.");
        }

        if (!Whole(skip ?? "0", 0, int.MaxValue, out var skipped))
        {
            return Problems.BadRequest("skip", "How many calls to skip, 0 or more, is expected.");
        }

        if (!Whole(take ?? $"{Part.First.Take}", 1, Part.Most, out var taken))
        {
            return Problems.BadRequest("take", $"How many calls to list, 1 to {Part.Most}, is expected.");
        }

        if (await ShowInvoice.FindAsync(database, number, cancellation) is not { } issued || !Visible.Whole(http, issued.Invoice.Contract))
        {
            return Problems.NotFound($"There is no invoice {number}.");
        }

        return await new ExplainLine(database).RunAsync(issued, no, new Part(skipped, taken), cancellation) is { } explanation
            ? Results.Ok(explanation)
            : Problems.NotFound($"Invoice {number} has no line {no}.");
    }

    /// <summary>The record id as it was sent: the path that routing sees keeps an escaped slash escaped, so that <c>%2F</c> could be either.</summary>
    private static string? AsSent(HttpContext http) =>
        http.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0].Split('/') is [.., var recordId, _] ? Uri.UnescapeDataString(recordId) : null;

    private static bool Whole(string text, int least, int most, out int value) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out value) && value >= least && value <= most;
}
