using Billing.Contracts;
using Billing.Service.Api;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting.Refusals;
using Microsoft.AspNetCore.Mvc;
using Wolverine.Http;

namespace Billing.Service.Access;

/// <summary>A new key for a machine.</summary>
/// <param name="Label">What it is for.</param>
/// <param name="Days">How long it is good; 365 when absent.</param>
public sealed record MakeKeyRequest(string Label, IReadOnlyList<string> Roles, IReadOnlyList<string>? Contracts = null, int? Days = null);

/// <summary>A new secret for a key.</summary>
/// <param name="GraceHours">How long the old one is good beside it; 24 when absent.</param>
public sealed record RotateKeyRequest(int? GraceHours = null, int? Days = null);

public sealed record RevokeKeyRequest(string Reason);

/// <summary><c>/api/v1/keys</c> and, below <c>/{key}</c>, <c>rotation</c> and <c>revocation</c>: for the operator.</summary>
[Tags("Access")]
public static class KeyEndpoints
{
    private const string Root = ApiRoutes.V1 + "/keys";

    [ForRoles(Roles.Operator)]
    [WolverineGet(Root, OperationId = "listKeys", Summary = "The keys of machines by id, without their secrets")]
    [ProducesResponseType<Page<KeyView>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> List(string? limit, string? cursor, [NotBody] KeepKeys keys, CancellationToken cancellation)
    {
        var asked = new Asked();
        var most = asked.Limit(limit);
        var after = asked.Cursor(cursor, 1)?[0] ?? "";
        return asked.Wrong ?? Results.Ok(Page.Of(await keys.ListAsync(after, most + 1, cancellation), most, entry => [entry.Key]));
    }

    [ForRoles(Roles.Operator)]
    [WolverinePost(Root, OperationId = "makeKey", Summary = "Makes a key; its secret is told this once")]
    [Takes(typeof(MakeKeyRequest))]
    [ProducesResponseType<KeyMade>(StatusCodes.Status201Created)]
    [Refuses(400, 409, 415, 422)]
    public static Task<IResult> Make(HttpContext http, [NotBody] KeepKeys keys, CancellationToken cancellation) =>
        JsonBody.WithAsync<MakeKeyRequest>(http, async request =>
        {
            var (made, refusal) = await keys.MakeAsync(
                request.Label ?? "", request.Roles ?? [], request.Contracts ?? [], request.Days ?? KeepKeys.Days, Caller.Of(http).Name, cancellation);
            return made is null ? Problems.Of(refusal!) : Results.Created($"{Root}/{made.Key}", made);
        }, cancellation);

    [ForRoles(Roles.Operator)]
    [WolverinePost(Root + "/{key}/rotation", OperationId = "rotateKey", Summary = "Gives a key another secret; the former one is good for a time of grace")]
    [Takes(typeof(RotateKeyRequest))]
    [ProducesResponseType<KeyMade>(StatusCodes.Status200OK)]
    [Refuses(400, 409, 415, 422)]
    public static Task<IResult> Rotate(string key, HttpContext http, [NotBody] KeepKeys keys, CancellationToken cancellation) =>
        JsonBody.WithAsync<RotateKeyRequest>(http, async request =>
        {
            var (made, refusal) = await keys.RotateAsync(
                key, request.GraceHours ?? KeepKeys.GraceHours, request.Days ?? KeepKeys.Days, Caller.Of(http).Name, cancellation);
            return made is null ? Problems.Of(refusal!) : Results.Ok(made);
        }, cancellation);

    [ForRoles(Roles.Operator)]
    [WolverinePost(Root + "/{key}/revocation", OperationId = "revokeKey", Summary = "Revokes a key at once")]
    [Takes(typeof(RevokeKeyRequest))]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(400, 409, 415, 422)]
    public static Task<IResult> Revoke(string key, HttpContext http, [NotBody] KeepKeys keys, CancellationToken cancellation) =>
        JsonBody.WithAsync<RevokeKeyRequest>(http, async request =>
            await keys.RevokeAsync(key, request.Reason ?? "", Caller.Of(http).Name, cancellation) is { } refusal ? Problems.Of(refusal) : Results.NoContent(), cancellation);
}
