using Billing.Service.Api;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Explaining;
using Billing.Service.Hosting.Refusals;
using Marten;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Access;

/// <summary>Why the numbers of a call are to be seen.</summary>
public sealed record RevealRequest(string Reason);

/// <summary>
/// <c>POST /api/v1/calls/{source}/{recordId}/reveal</c>: the reasoning of a call with its numbers in full, for those who may and say why.
/// </summary>
[Tags("Access")]
public static class RevealCallEndpoint
{
    [ForRoles(Roles.Dispute, Roles.Finance, Roles.CustomerAdmin)]
    [WolverinePost(ApiRoutes.V1 + "/calls/{source}/{recordId}/reveal", OperationId = "revealCall", Summary = "The reasoning of a call with its numbers in full, for a reason that the auditor reads")]
    [Takes(typeof(RevealRequest))]
    [ProducesResponseType<CallExplanation>(StatusCodes.Status200OK)]
    [Refuses(400, 404, 415)]
    public static Task<IResult> Post(
        string source, string recordId, HttpContext http, [NotBody] NpgsqlDataSource database, IDocumentStore store, IClock clock, CancellationToken cancellation) =>
        JsonBody.WithAsync<RevealRequest>(http, async request =>
        {
            var caller = Caller.Of(http);
            var reveal = new Reveal(request.Reason ?? "", caller.Name);
            if (RevealNumbers.Refuse(reveal) is not null)
            {
                return Problems.BadRequest("reason", "Why the number is needed is to be said, in at most 500 characters.");
            }

            var explain = new ExplainCall(database);
            if (CallName.Of(source, recordId) is not { } name
                || await explain.RunAsync(name, asOf: null, reveal: false, cancellation) is not { } masked
                || !RevealNumbers.MayBy(caller, masked.Result?.Contract))
            {
                return Problems.NotFound($"There is no call {source}/{recordId}.");
            }

            await RevealNumbers.RecordAsync(store, name.ToString(), masked.Result?.Contract, reveal, clock, cancellation);
            return Results.Ok(VisibleCall.WithOwnHistory((await explain.RunAsync(name, asOf: null, reveal: true, cancellation))!, caller));
        }, cancellation);
}
