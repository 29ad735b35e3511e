using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.BuiltIn;
using Billing.Service.Access;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Billing.Service.Tariffs;
using Marten;
using Microsoft.AspNetCore.Mvc;
using Wolverine;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>The reference data: read, and replaced whole. Version 0 is the built-in one.</summary>
[Tags("Reference")]
public static class ReferenceEndpoint
{
    [WolverineGet(ApiRoutes.V1 + "/reference", OperationId = "getReference", Summary = "The reference data in force, or at a version")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.Pipeline)]
    [ProducesResponseType<ReferenceDocument>(StatusCodes.Status200OK)]
    [Header("If-None-Match"), AnswersHeader("ETag", "The version of the reference; 0 is the built-in one.")]
    [Refuses(304, 400, 404)]
    public static async Task<IResult> Get(string? at, HttpContext http, IQuerySession session, CancellationToken cancellation)
    {
        var asked = new Asked();
        var version = asked.Whole(at, "at", 1);
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        var reference = await FindAsync(session, version, cancellation);
        return version is not null && reference is null
            ? Problems.NotFound("There is no reference at that version.")
            : Answer(http, reference);
    }

    [WolverineGet(ApiRoutes.V1 + "/reference/changes", OperationId = "listReferenceChanges", Summary = "What was published, in order")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor)]
    [ProducesResponseType<Page<KnownChange>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> Changes(string? limit, string? cursor, IQuerySession session, CancellationToken cancellation)
    {
        var asked = new Asked();
        var most = asked.Limit(limit);
        var after = asked.CursorNo(cursor);
        return asked.Wrong ?? Results.Ok(await ReadChanges.RunAsync(session, KnowledgeStreams.Reference, after, most, cancellation));
    }

    [WolverinePut(ApiRoutes.V1 + "/reference", OperationId = "publishReference", Summary = "Replaces the reference data whole")]
    [RequestSizeLimit(JsonBody.LargestDocument)]
    [ForRoles(Roles.Finance)]
    [Takes(typeof(ReferenceDocument))]
    [ProducesResponseType<ReferenceDocument>(StatusCodes.Status200OK)]
    [Header("If-Match"), Header("If-None-Match"), AnswersHeader("ETag", "The version of the reference.")]
    [Refuses(400, 409, 412, 413, 415, 422, 428)]
    public static async Task<IResult> Publish(HttpContext http, IMessageBus bus, IDocumentStore store, CancellationToken cancellation)
    {
        var (reviewed, missing) = Preconditions.Required(http.Request);
        if (missing is not null)
        {
            return missing;
        }

        var (document, wrong) = await JsonBody.ReadAsync<ReferenceDocument>(http, cancellation);
        if (document is null)
        {
            return wrong!;
        }

        var result = await bus.InvokeAsync<CommandResult>(new PublishReference(document, reviewed), cancellation);
        if (result.Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        await using var session = store.QuerySession();
        return Answer(http, await FindAsync(session, null, cancellation));
    }

    private static IResult Answer(HttpContext http, PublishedReference? reference) => Preconditions.Answer(
        http, reference?.Version ?? 0, reference?.Document ?? DocumentReader.Read<ReferenceDocument>(BuiltInDocuments.Reference).Document!);

    private static Task<PublishedReference?> FindAsync(IQuerySession session, long? version, CancellationToken cancellation) =>
        AtVersion.FindAsync<PublishedReference>(session, KnowledgeStreams.Reference, version, reference => reference.Version, cancellation);
}
