using Billing.Contracts.Documents;
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

/// <summary>Tariffs: listed, read, reviewed, published and withdrawn.</summary>
[Tags("Tariffs")]
public static class TariffsEndpoint
{
    [WolverineGet(ApiRoutes.V1 + "/tariffs", OperationId = "listTariffs", Summary = "The tariff versions that stand, by the day from which they are in force")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.Pipeline)]
    [ProducesResponseType<Page<TariffRow>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> List(string? limit, string? cursor, KnowledgeCache knowledge, CancellationToken cancellation)
    {
        var asked = new Asked();
        var most = asked.Limit(limit);
        var after = asked.Cursor(cursor, 2);
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        var rows = (await knowledge.CurrentAsync(cancellation)).Tariffs.Versions.Select(version => version.Document)
            .Select(tariff => new TariffRow(tariff.Id, tariff.Version, tariff.From, tariff.To, tariff.Plans.Count, tariff.Prices.Count))
            .OrderBy(KeysOf, KeyOrder.Instance)
            .Where(row => after is null || KeyOrder.Instance.Compare(KeysOf(row), after) > 0)
            .Take(most + 1).ToList();
        return Results.Ok(Page.Of(rows, most, KeysOf));
    }

    [WolverineGet(ApiRoutes.V1 + "/tariffs/{id}", OperationId = "getTariff", Summary = "A tariff with its versions, as a document that can be published")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.Pipeline)]
    [ProducesResponseType<TariffsDocument>(StatusCodes.Status200OK)]
    [Header("If-None-Match"), AnswersHeader("ETag", "The version of the tariff.")]
    [Refuses(304, 400, 404)]
    public static async Task<IResult> Get(string id, string? at, HttpContext http, IQuerySession session, CancellationToken cancellation)
    {
        var asked = new Asked();
        var version = asked.Whole(at, "at", 1);
        return asked.Wrong ?? (await FindAsync(session, id, version, cancellation) is { } tariff
            ? Preconditions.Answer(http, tariff.Version, new TariffsDocument { Tariffs = tariff.Versions })
            : Problems.NotFound($"There is no tariff {id}{(at is null ? "" : " at that version")}."));
    }

    [WolverineGet(ApiRoutes.V1 + "/tariffs/{id}/versions/{version}", OperationId = "getTariffVersion", Summary = "One version of a tariff")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.Pipeline)]
    [ProducesResponseType<TariffDocument>(StatusCodes.Status200OK)]
    [AnswersHeader("ETag", "The version of the tariff.")]
    [Refuses(404)]
    public static async Task<IResult> Version(string id, string version, HttpContext http, IQuerySession session, CancellationToken cancellation) =>
        await FindAsync(session, id, null, cancellation) is { } tariff && tariff.Versions.FirstOrDefault(entry => entry.Version == version) is { } found
            ? Preconditions.Answer(http, tariff.Version, found)
            : Problems.NotFound($"Tariff {id} has no version {version}.");

    [WolverineGet(ApiRoutes.V1 + "/tariffs/{id}/changes", OperationId = "listTariffChanges", Summary = "What was published and withdrawn, in order")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor)]
    [ProducesResponseType<Page<KnownChange>>(StatusCodes.Status200OK)]
    [Refuses(400, 404)]
    public static async Task<IResult> Changes(string id, string? limit, string? cursor, IQuerySession session, CancellationToken cancellation)
    {
        var asked = new Asked();
        var most = asked.Limit(limit);
        var after = asked.CursorNo(cursor);
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        var changes = await ReadChanges.RunAsync(session, KnowledgeStreams.Tariff(id), after, most, cancellation);
        return changes.Items.Count == 0 && after == 0 ? Problems.NotFound($"There is no tariff {id}.") : Results.Ok(changes);
    }

    [WolverinePost(ApiRoutes.V1 + "/tariffs/{id}/reviews", OperationId = "reviewTariff", Summary = "What publishing a document would change, and what looks wrong; nothing is published")]
    [RequestSizeLimit(JsonBody.LargestDocument)]
    [ForRoles(Roles.Finance, Roles.Auditor)]
    [Takes(typeof(TariffsDocument))]
    [ProducesResponseType<TariffPublication>(StatusCodes.Status200OK)]
    [AnswersHeader("ETag", "The version of the tariff that was reviewed against.")]
    [Refuses(400, 413, 415, 422)]
    public static async Task<IResult> Review(string id, HttpContext http, IQuerySession session, CancellationToken cancellation)
    {
        var (document, wrong) = await ReadAsync(http, id, cancellation);
        if (document is null)
        {
            return wrong!;
        }

        var tariff = await FindAsync(session, id, null, cancellation);
        var (review, fault) = TariffReview.Of(tariff?.Versions ?? [], document);
        return review is null
            ? Problems.Of(new(StoredText.DocumentRule, fault!.ToString()))
            : Preconditions.Answer(http, tariff?.Version ?? 0, TariffText.Result(document, review, published: false));
    }

    [WolverinePut(ApiRoutes.V1 + "/tariffs/{id}", OperationId = "publishTariff", Summary = "Publishes the versions of a document, all or none")]
    [RequestSizeLimit(JsonBody.LargestDocument)]
    [ForRoles(Roles.Finance)]
    [Takes(typeof(TariffsDocument))]
    [ProducesResponseType<TariffPublication>(StatusCodes.Status200OK)]
    [Header("If-Match"), Header("If-None-Match"), AnswersHeader("ETag", "The version of the tariff.")]
    [Refuses(400, 409, 412, 413, 415, 422, 428)]
    public static async Task<IResult> Publish(string id, string? acceptWarnings, HttpContext http, IMessageBus bus, IDocumentStore store, CancellationToken cancellation)
    {
        var asked = new Asked();
        var accept = asked.Flag(acceptWarnings, "acceptWarnings");
        var (reviewed, missing) = Preconditions.Required(http.Request);
        if ((asked.Wrong ?? missing) is { } refused)
        {
            return refused;
        }

        var (document, wrong) = await ReadAsync(http, id, cancellation);
        if (document is null)
        {
            return wrong!;
        }

        await using var session = store.QuerySession();
        var (review, _) = TariffReview.Of((await FindAsync(session, id, null, cancellation))?.Versions ?? [], document);
        var result = await bus.InvokeAsync<CommandResult>(new PublishTariff(document, accept, reviewed), cancellation);
        if (result.Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        // the state reviewed is the one that was published on, or the command would have been refused
        await using var after = store.QuerySession();
        return Preconditions.Answer(http, (await FindAsync(after, id, null, cancellation))!.Version, TariffText.Result(document, review!, review!.Changed.Count > 0));
    }

    [WolverineDelete(ApiRoutes.V1 + "/tariffs/{id}/versions/{version}", OperationId = "withdrawTariffVersion", Summary = "Takes a version back",
        Description = "Calls of its time are suspended with no-price until another version covers it. What was known before still knows it.")]
    [ForRoles(Roles.Finance)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Header("If-Match")]
    [Refuses(400, 404, 409, 412, 428)]
    public static async Task<IResult> Withdraw(string id, string version, HttpContext http, IMessageBus bus, IDocumentStore store, CancellationToken cancellation)
    {
        var (reviewed, missing) = Preconditions.Required(http.Request);
        if (missing is not null)
        {
            return missing;
        }

        await using var session = store.QuerySession();
        if (await FindAsync(session, id, null, cancellation) is not { } tariff || tariff.Versions.All(entry => entry.Version != version))
        {
            return Problems.NotFound($"Tariff {id} has no version {version}.");
        }

        var result = await bus.InvokeAsync<CommandResult>(new WithdrawTariffVersion(id, version, reviewed), cancellation);
        return result.Refusal is { } refusal ? Problems.Of(refusal) : Results.NoContent();
    }

    private static Task<PublishedTariff?> FindAsync(IQuerySession session, string id, long? version, CancellationToken cancellation) =>
        AtVersion.FindAsync<PublishedTariff>(session, KnowledgeStreams.Tariff(id), version, tariff => tariff.Version, cancellation);

    private static async Task<(TariffsDocument? Document, IResult? Wrong)> ReadAsync(HttpContext http, string id, CancellationToken cancellation)
    {
        var (document, wrong) = await JsonBody.ReadAsync<TariffsDocument>(http, cancellation);
        return document?.Tariffs.Any(tariff => tariff.Id != id) == true
            ? (null, Problems.BadRequest("id", "The document holds another tariff."))
            : (document, wrong);
    }

    private static string[] KeysOf(TariffRow row) => [$"{row.From:uuuu-MM-dd}", row.Version];

    private sealed class KeyOrder : IComparer<string[]>
    {
        public static KeyOrder Instance { get; } = new();

        public int Compare(string[]? x, string[]? y) =>
            string.CompareOrdinal(x![0], y![0]) is not 0 and var byDate ? byDate : string.CompareOrdinal(x[1], y[1]);
    }
}
