using Billing.Service.Api;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Hosting.Refusals;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Wolverine.Http;

namespace Billing.Service.Access;

/// <summary>Who is calling, and what they may.</summary>
/// <param name="Contracts">The contracts that are seen; absent for all.</param>
/// <param name="Departments">The departments that are seen; absent for all.</param>
/// <param name="RequestToken">With a session: what the header <c>X-Request-Token</c> of every request that changes something carries.</param>
public sealed record SessionAnswer(string Name, IReadOnlyList<string> Roles, IReadOnlyList<string>? Contracts, IReadOnlyList<string>? Departments, string? RequestToken);

public sealed record OwnPasswordRequest(string Present, string Wanted);

/// <param name="Present">The present password: who finds an open session must not lock its owner out.</param>
public sealed record EnrolRequest(string Ticket, string Code, string Present);

public sealed record PresentPasswordRequest(string Present);

/// <summary>The codes that each stand in once for the device; shown this once.</summary>
public sealed record RecoveryCodes(IReadOnlyList<string> Codes);

/// <summary>
/// <c>GET /api/v1/session</c>: who is calling. Below it what people change of their own account: <c>password</c>, and <c>second-factor</c> with
/// its <c>confirmation</c> and <c>removal</c>. A key has no account to change.
/// </summary>
[Tags("Access")]
public static class SessionEndpoints
{
    private const string Root = ApiRoutes.V1 + "/session";

    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer, Roles.Operator)]
    [WolverineGet(Root, OperationId = "getSession", Summary = "Who is calling, and what they may")]
    [ProducesResponseType<SessionAnswer>(StatusCodes.Status200OK)]
    public static IResult Get(HttpContext http, IAntiforgery antiforgery)
    {
        var caller = Caller.Of(http);
        return Results.Ok(new SessionAnswer(
            caller.Name, caller.Roles, caller.Contracts, caller.Departments,
            http.User.Identity?.AuthenticationType == AccessSchemes.Station ? antiforgery.GetAndStoreTokens(http).RequestToken : null));
    }

    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer, Roles.Operator)]
    [WolverinePut(Root + "/password", OperationId = "changeOwnPassword", Summary = "Changes the own password")]
    [Takes(typeof(OwnPasswordRequest))]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(400, 415, 422)]
    public static Task<IResult> Password(HttpContext http, [NotBody] OwnAccount account, CancellationToken cancellation) =>
        JsonBody.WithAsync<OwnPasswordRequest>(http, async request =>
            !HasAccount(http) ? NoAccount()
            : await account.ChangePasswordAsync(Caller.Of(http).Name, request.Present ?? "", request.Wanted ?? "", ClientAddress.Of(http), cancellation) is { } refusal
                ? Problems.Of(refusal)
                : Results.NoContent(), cancellation);

    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer, Roles.Operator)]
    [WolverinePost(Root + "/second-factor", OperationId = "prepareSecondFactor", Summary = "What a device needs to become the second factor")]
    [ProducesResponseType<PreparedSecondFactor>(StatusCodes.Status200OK)]
    [Refuses(422)]
    public static IResult Prepare(HttpContext http, [NotBody] OwnAccount account) =>
        HasAccount(http) ? Results.Ok(account.PrepareSecondFactor(Caller.Of(http).Name)) : NoAccount();

    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer, Roles.Operator)]
    [WolverinePost(Root + "/second-factor/confirmation", OperationId = "confirmSecondFactor", Summary = "Makes the device the second factor")]
    [Takes(typeof(EnrolRequest))]
    [ProducesResponseType<RecoveryCodes>(StatusCodes.Status200OK)]
    [Refuses(400, 415, 422)]
    public static Task<IResult> Confirm(HttpContext http, [NotBody] OwnAccount account, CancellationToken cancellation) =>
        JsonBody.WithAsync<EnrolRequest>(http, async request =>
        {
            if (!HasAccount(http))
            {
                return NoAccount();
            }

            var (codes, refusal) = await account.EnrolAsync(Caller.Of(http).Name, request.Present ?? "", request.Ticket ?? "", request.Code ?? "", ClientAddress.Of(http), cancellation);
            return codes is null ? Problems.Of(refusal!) : Results.Ok(new RecoveryCodes(codes));
        }, cancellation);

    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer, Roles.Operator)]
    [WolverinePost(Root + "/second-factor/removal", OperationId = "removeSecondFactor", Summary = "Takes the own second factor away")]
    [Takes(typeof(PresentPasswordRequest))]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(400, 415, 422)]
    public static Task<IResult> Remove(HttpContext http, [NotBody] OwnAccount account, CancellationToken cancellation) =>
        JsonBody.WithAsync<PresentPasswordRequest>(http, async request =>
            !HasAccount(http) ? NoAccount()
            : await account.RemoveSecondFactorAsync(Caller.Of(http).Name, request.Present ?? "", ClientAddress.Of(http), cancellation) is { } refusal
                ? Problems.Of(refusal)
                : Results.NoContent(), cancellation);

    /// <summary>True for the session of an account; a key has none, nor has who signed in with an identity provider.</summary>
    private static bool HasAccount(HttpContext http) => http.User.HasClaim(claim => claim.Type == AccessClaims.Stamp);

    private static IResult NoAccount() => Problems.Of(AccessRules.Refused("the caller has no account here"));
}
