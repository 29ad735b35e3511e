using Billing.Contracts.Documents;
using Billing.Formats;
using Billing.Service.Access;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Ingestion;
using Marten;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Npgsql;
using Wolverine;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>POST /api/v1/cdr-batches?file=NAME</c>: the body is a file of call records, CSV or JSON lines, plain or gzip; with <c>profile=NAME</c> it is what a switch
/// writes. A small one is answered with
/// its receipt when everything is committed; a large one, or one sent with <c>Prefer: respond-async</c>, with 202 and the place where
/// its receipt will be. The same body sent again changes nothing and gets the same receipt.
/// </summary>
[Tags("Call records")]
public static class IngestBatchEndpoint
{
    /// <summary>A body beyond this is taken in behind its answer.</summary>
    private const long LargestAwaited = 8L << 20;

    private const int LongestText = 255;

    [WolverinePost(ApiRoutes.V1 + "/cdr-batches", OperationId = "postCdrBatch", Summary = "Takes a file of call records in",
        Description = "CSV or JSON lines, plain or gzip; with a profile what a switch writes. Up to 8 MB the receipt is the answer; beyond, or with Prefer: respond-async, the answer is 202 and Location tells where the receipt will be. The same body sent again changes nothing and gets the same receipt. A body is taken only when it can be kept: 429 with Retry-After while too many wait, 507 when the disk is full; nothing of it was kept then.")]
    [RequestTimeout(Limits.LongWork)]
    [ForRoles(Roles.Pipeline)]
    [Takes(typeof(Stream), "text/csv", "application/x-ndjson", "application/jsonl", "application/gzip", "application/octet-stream", "application/json", "application/xml", "text/xml", "text/plain")]
    [Header("Idempotency-Key"), Header("Prefer"), Header("Content-Encoding"), AnswersHeader("Location", "The batch.")]
    [ProducesResponseType<ReceiptDocument>(StatusCodes.Status200OK)]
    [ProducesResponseType<BatchReceipt>(StatusCodes.Status202Accepted)]
    [Refuses(400, 413, 415, 422, 507)]
    public static async Task<IResult> Post(
        string? file, string? profile, string? source, HttpContext http, [NotBody] IngestFile ingest, [NotBody] NpgsqlDataSource database, IDocumentSession session, IMessageBus bus,
        [NotBody] SpoolRoom room, [NotBody] BillingSettings settings, IClock clock, CancellationToken cancellation)
    {
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        var name = Path.GetFileName(file) is { Length: > 0 } given ? given : "http";
        if (Refuse(http, key, name, profile) is { } wrong)
        {
            return wrong;
        }

        var (reads, fault) = FindProfile(profile, source);
        if (fault is not null)
        {
            return fault;
        }

        var (place, full) = room.TryTake(http.Request.ContentLength);
        if (place is null)
        {
            return full!;
        }

        using var taken = place;
        try
        {
            var (saved, noRoom) = await SpooledBody.SaveAsync(http, place, cancellation);
            if (saved is null)
            {
                return noRoom!;
            }

            await using var body = saved;
            var batch = new BatchReceipt(Guid.CreateVersion7(), name, body.Sha256, body.Length, clock.GetCurrentInstant(), BatchReceipt.Accepted, Profile: profile, Source: source);
            var sender = new Sender(Caller.Of(http).Name, key.Length > 0 ? key : null);
            if (!IsAwaited(http, body))
            {
                var left = await LeaveAsync(body, batch, sender, session, bus, settings, cancellation);
                return left.IsSameAs(batch) ? Answer(http, left) : KeyTaken();
            }

            using var turn = await room.TurnAsync(place, cancellation);
            var begun = await BeginAsync(database, batch, sender, cancellation);

            // of two requests with one key the second waits for the file, and finds it done
            return !begun.IsSameAs(batch) ? KeyTaken()
                : begun.State is BatchReceipt.Complete or BatchReceipt.Refused ? Answer(http, begun)
                : Answer(http, await BatchReceipts.FinishAsync(database, begun.Id, await ingest.RunAsync(body.Path, begun.File, progress: null, cancellation, reads), clock.GetCurrentInstant(), cancellation));
        }
        catch (IOException disk) when (SpooledBody.IsFullDisk(disk))
        {
            return SpooledBody.FullDisk();
        }
    }

    [WolverineGet(ApiRoutes.V1 + "/cdr-batches/{id}", OperationId = "getCdrBatch", Summary = "A batch and its receipt")]
    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Auditor)]
    [ProducesResponseType<BatchReceipt>(StatusCodes.Status200OK)]
    [AnswersHeader("Retry-After", "Seconds after which to ask again, while the batch is being taken in.")]
    [Refuses(400, 404)]
    public static async Task<IResult> Get(string id, HttpContext http, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var (batch, wrong) = await FindAsync(database, id, cancellation);
        if (batch?.State == BatchReceipt.Accepted)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        return wrong ?? Results.Ok(batch);
    }

    [WolverineGet(ApiRoutes.V1 + "/cdr-batches/{id}/rejects.csv", OperationId = "exportCdrBatchRejects", Summary = "The rows of a batch that could not be read, as CSV")]
    [RequestTimeout(Limits.LongWork)]
    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Auditor)]
    [AnswersText("text/csv")]
    [Refuses(400, 404)]
    public static async Task<IResult> Rejected(string id, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var (batch, wrong) = await FindAsync(database, id, cancellation);
        return wrong ?? (await Rejects.DeliveryOfAsync(database, batch!.Sha256, cancellation) is { } delivery
            ? DeliveriesEndpoint.Csv(database, delivery)
            : Problems.NotFound($"Nothing of batch {id} was taken in."));
    }

    private static IResult? Refuse(HttpContext http, string key, string name, string? profile) =>
        MediaTypes.RefuseOther(http.Request, profile is null ? MediaTypes.CallRecords : MediaTypes.SwitchRecords) is { } other ? other
        : key.Length > LongestText || key.Any(char.IsControl) ? Problems.BadRequest("Idempotency-Key", $"A key of at most {LongestText} characters is expected.")
        : name.Length > LongestText || name.Any(char.IsControl) ? Problems.BadRequest("file", $"A name of at most {LongestText} characters is expected.")
        : null;

    private static (Profile? Profile, IResult? Wrong) FindProfile(string? name, string? source)
    {
        if (name is null)
        {
            return (null, source is null ? null : Problems.BadRequest("source", "Only with a profile does the request name the switch; cdr v1 names it row by row."));
        }

        var (profile, fault) = NamedProfile.ReadShipped(name, source);
        return (profile, fault is null ? null : Problems.BadRequest(fault.Path, $"{char.ToUpperInvariant(fault.Reason[0])}{fault.Reason[1..]}."));
    }

    private sealed record Sender(string Client, string? Key);

    private static bool IsAwaited(HttpContext http, SpooledBody body) =>
        body.Length <= LargestAwaited && !http.Request.Headers["Prefer"].ToString().Contains("respond-async", StringComparison.OrdinalIgnoreCase);

    private static async Task<BatchReceipt> BeginAsync(NpgsqlDataSource database, BatchReceipt batch, Sender sender, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await BatchReceipts.BeginAsync(connection, batch, sender.Client, sender.Key, cancellation);
    }

    /// <summary>Keeps the body and leaves the work to the queue: the batch, its key and the message are committed together.</summary>
    private static async Task<BatchReceipt> LeaveAsync(
        SpooledBody body, BatchReceipt batch, Sender sender, IDocumentSession session, IMessageBus bus, BillingSettings settings, CancellationToken cancellation)
    {
        await session.BeginTransactionAsync(cancellation);
        var begun = await BatchReceipts.BeginAsync((NpgsqlConnection)session.Connection!, batch, sender.Client, sender.Key, cancellation);
        if (begun.IsSameAs(batch) && begun.State is BatchReceipt.Accepted or BatchReceipt.Failed)
        {
            body.KeepAs(BatchSpool.PathOf(settings, begun.Id));
            await bus.PublishAsync(new TakeInBatch(begun.Id));
        }

        // the session is committed, and the message with it, before the answer is written
        return begun;
    }

    private static async Task<(BatchReceipt? Batch, IResult? Wrong)> FindAsync(NpgsqlDataSource database, string id, CancellationToken cancellation)
    {
        var asked = new Asked();
        var named = asked.Id(id);
        return asked.Wrong is not null ? (null, asked.Wrong)
            : await BatchReceipts.FindAsync(database, named!.Value, cancellation) is { } batch ? (batch, null)
            : (null, Problems.NotFound($"There is no batch {id}."));
    }

    private static IResult Answer(HttpContext http, BatchReceipt batch)
    {
        http.Response.Headers.Location = $"{ApiRoutes.V1}/cdr-batches/{batch.Id}";
        return batch switch
        {
            { State: BatchReceipt.Complete } => Results.Ok(batch.Receipt),
            { Fault: { } fault, State: BatchReceipt.Refused } => Results.Problem(
                detail: $"{fault.Path}: {fault.Reason}",
                statusCode: StatusCodes.Status422UnprocessableEntity,
                title: "The file is refused",
                extensions: new Dictionary<string, object?> { ["path"] = fault.Path }),
            _ => Results.Json(batch, statusCode: StatusCodes.Status202Accepted),
        };
    }

    private static IResult KeyTaken() => Results.Problem(
        detail: "The Idempotency-Key was used for another body, or for this one with another profile.",
        statusCode: StatusCodes.Status422UnprocessableEntity,
        title: "The key is taken",
        extensions: new Dictionary<string, object?> { ["parameter"] = "Idempotency-Key" });
}
