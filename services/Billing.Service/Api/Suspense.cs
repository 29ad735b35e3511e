using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;
using Billing.Service.Usage;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>Which suspended records to try again; what is absent does not matter. <c>ids</c>: only these.</summary>
public sealed record ReleaseSuspendedRequest(UsageMonth? Month = null, string? Reason = null, string? Source = null, IReadOnlyList<Guid>? Ids = null);

/// <summary>How many records are suspended, by month and reason.</summary>
public sealed record SuspenseSummary(long Total, IReadOnlyList<SuspenseGroup> Groups);

/// <summary>Records that nobody can be charged for yet: counted, listed, shown, tried again.</summary>
[Tags("Call records")]
public static class SuspenseEndpoint
{
    private const int MostIds = 10_000;

    [WolverineGet(ApiRoutes.V1 + "/suspense", OperationId = "listSuspense", Summary = "The suspended records, by month, reason and id")]
    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor)]
    [ProducesResponseType<Page<SuspenseEntry>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> List(
        string? month, string? reason, string? source, string? limit, string? cursor, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var asked = new Asked();
        var filter = Filter(asked, month, reason, source);
        var most = asked.Limit(limit);
        var keys = asked.Cursor(cursor, 3);
        var after = keys is null ? null : (asked.Month(keys[0], "cursor"), keys[1], asked.Key(keys[2], Keys.Guid)) is ({ } m, { } r, { } id) ? new SuspensePlace(m, r, id) : null;
        return asked.Wrong ?? Results.Ok(Page.Of(
            await SuspenseList.PartAsync(database, filter, after, most + 1, cancellation), most, entry => [$"{entry.Month}", entry.Reason, $"{entry.Id:N}"]));
    }

    [WolverineGet(ApiRoutes.V1 + "/suspense/summary", OperationId = "summarizeSuspense", Summary = "How many records are suspended, by month and reason")]
    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor)]
    [ProducesResponseType<SuspenseSummary>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> Summary(string? month, string? reason, string? source, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var asked = new Asked();
        var filter = Filter(asked, month, reason, source);
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        var groups = await SuspenseList.GroupsAsync(database, filter, cancellation);
        return Results.Ok(new SuspenseSummary(groups.Sum(group => group.Records), groups));
    }

    [WolverineGet(ApiRoutes.V1 + "/suspense/{id}", OperationId = "getSuspended", Summary = "One suspended record, the called number masked")]
    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor)]
    [ProducesResponseType<CallSuspended>(StatusCodes.Status200OK)]
    [Refuses(400, 404)]
    public static async Task<IResult> Get(string id, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var asked = new Asked();
        var record = asked.Id(id);
        return asked.Wrong ?? (await SuspenseList.FindAsync(database, record!.Value, cancellation) is { } suspended
            ? Results.Ok(suspended)
            : Problems.NotFound($"There is no suspended record {record}."));
    }

    [WolverinePost(ApiRoutes.V1 + "/suspense/releases", OperationId = "releaseSuspended", Summary = "Rates suspended records again with what is known now",
        Description = "Those that can be charged are recorded, the others stay. Asked again, what was released is released already.")]
    [RequestTimeout(Limits.LongWork)]
    [ForRoles(Roles.Pipeline, Roles.Finance)]
    [Takes(typeof(ReleaseSuspendedRequest))]
    [ProducesResponseType<ReleaseResult>(StatusCodes.Status200OK)]
    [Refuses(400, 409, 415)]
    public static async Task<IResult> Release(HttpContext http, [NotBody] NpgsqlDataSource database, [NotBody] KnowledgeCache knowledge, [NotBody] Shards shards, [NotBody] TimeProvider clock, CancellationToken cancellation)
    {
        var (request, wrong) = await JsonBody.ReadAsync<ReleaseSuspendedRequest>(http, cancellation);
        if (request is null)
        {
            return wrong!;
        }

        var asked = new Asked();
        Filter(asked, null, request.Reason, request.Source);
        var release = new ReleaseRequest(request.Month, request.Reason, request.Source, request.Ids ?? []);
        return asked.Wrong
            ?? (request.Ids?.Count > MostIds ? Problems.BadRequest("ids", $"At most {MostIds} ids are expected.")
                : Results.Ok(await OverShards.ReleaseAsync(database, shards, knowledge, release, clock, cancellation)));
    }

    private static ReleaseRequest Filter(Asked asked, string? month, string? reason, string? source) => new(
        asked.Month(month),
        asked.Word(reason, "reason", [.. Enum.GetValues<SuspenseReason>().Skip(1).Select(Words.Of)]),
        asked.Text(source, "source"),
        []);
}
