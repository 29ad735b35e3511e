using System.Globalization;
using Billing.Service.Api;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Access;

/// <summary>
/// <c>GET /api/v1/audit/reveals?from=&amp;to=&amp;by=&amp;contract=</c>: who saw numbers in full, and why. <c>GET /api/v1/audit/access?from=&amp;to=&amp;who=&amp;kind=</c>:
/// sign-ins, failures, lock-outs, keys, changes of roles. Newest first; <c>limit</c> at a time, and <c>cursor</c> is the <c>next</c> of the page before.
/// </summary>
[Tags("Access")]
public static class AuditEndpoints
{
    [ForRoles(Roles.Auditor)]
    [WolverineGet(ApiRoutes.V1 + "/audit/reveals", OperationId = "listReveals", Summary = "Who saw numbers in full, and why, newest first")]
    [ProducesResponseType<Page<RevealEntry>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> Reveals(string? from, string? to, string? by, string? contract, string? limit, string? cursor, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var (filter, wrong) = Filter(from, to, by, null, contract, limit, cursor);
        return filter is null ? wrong! : Results.Ok(Of(await new ReadAudit(database).RevealsAsync(filter, cancellation)));
    }

    [ForRoles(Roles.Auditor)]
    [WolverineGet(ApiRoutes.V1 + "/audit/access", OperationId = "listAccess", Summary = "Sign-ins, failures, lock-outs, keys and changes of roles, newest first")]
    [ProducesResponseType<Page<AccessEntry>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> Access(string? from, string? to, string? who, string? kind, string? limit, string? cursor, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (kind is not null && !AccessKinds.All.Contains(kind))
        {
            return Problems.BadRequest("kind", $"One of {string.Join(", ", AccessKinds.All)} is expected.");
        }

        var (filter, wrong) = Filter(from, to, who, kind, null, limit, cursor);
        return filter is null ? wrong! : Results.Ok(Of(await new ReadAudit(database).AccessAsync(filter, cancellation)));
    }

    private static Page<T> Of<T>(AuditPage<T> page) => new(page.Entries, page.Next);

    private static (AuditFilter? Filter, IResult? Wrong) Filter(string? from, string? to, string? who, string? kind, string? contract, string? limit, string? cursor)
    {
        const string expected = "An instant such as 2026-11-01T00:00:00+09:00 or a date YYYY-MM-DD is expected.";
        Instant? begin = InstantText.TryParse(from, out var first) ? first : null;
        Instant? end = InstantText.TryParse(to, out var last) ? last : null;
        var take = 100;
        var place = cursor is null ? null : AuditCursor.TryRead(cursor);
        return from is not null && begin is null ? (null, Problems.BadRequest("from", expected))
            : to is not null && end is null ? (null, Problems.BadRequest("to", expected))
            : begin > end ? (null, Problems.BadRequest("from", "An instant or date that is not after to is expected."))
            : cursor is not null && place is null ? (null, Problems.BadRequest("cursor", "The next of an earlier answer to the same list is expected."))
            : new[] { who, contract }.Any(text => text?.Contains('\0', StringComparison.Ordinal) == true) ? (null, Problems.BadRequest(who is null ? "contract" : "who", "A text is expected."))
            : limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out take) || take is < 1 or > ReadAudit.Most)
                ? (null, Problems.BadRequest("limit", $"1 to {ReadAudit.Most} is expected."))
            : (new AuditFilter(begin, end, who, kind, contract, place, take), null);
    }
}
