using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Ingestion;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>The attempts at one file, oldest first.</summary>
public sealed record DeliveredFileEntry(string Sha256, IReadOnlyList<DeliveryEntry> Attempts);

/// <summary>The files that were received, however they came, and the rows of them that could not be read.</summary>
[Tags("Call records")]
public static class DeliveriesEndpoint
{
    private static readonly string[] Columns = ["delivery", "line", "reason", "source", "record_id"];

    [WolverineGet(ApiRoutes.V1 + "/deliveries", OperationId = "listDeliveries", Summary = "The files received, newest first, every attempt")]
    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor)]
    [ProducesResponseType<Page<DeliveryEntry>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> List(string? file, string? limit, string? cursor, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var asked = new Asked();
        var name = asked.Text(file, "file");
        var most = asked.Limit(limit);
        var before = asked.Key(asked.Cursor(cursor, 1)?[0], Keys.Long);
        return asked.Wrong ?? Results.Ok(Page.Of(await DeliveryList.PartAsync(database, name, before, most + 1, cancellation), most, entry => [$"{entry.Delivery}"]));
    }

    [WolverineGet(ApiRoutes.V1 + "/deliveries/{file}", OperationId = "getDelivery", Summary = "One file and its attempts")]
    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor)]
    [ProducesResponseType<DeliveredFileEntry>(StatusCodes.Status200OK)]
    [Refuses(404)]
    public static async Task<IResult> Get(string file, NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var attempts = await DeliveryList.OfFileAsync(connection, file, cancellation);
        return attempts.Count > 0 ? Results.Ok(new DeliveredFileEntry(attempts[0].Sha256, attempts)) : NoSuchFile(file);
    }

    [WolverineGet(ApiRoutes.V1 + "/deliveries/{file}/rejects", OperationId = "listRejects", Summary = "The rows of a file that could not be read")]
    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Auditor)]
    [ProducesResponseType<Page<RejectedRow>>(StatusCodes.Status200OK)]
    [Refuses(400, 404)]
    public static async Task<IResult> Rejected(string file, string? limit, string? cursor, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var asked = new Asked();
        var most = asked.Limit(limit);
        var after = asked.CursorNo(cursor);
        return asked.Wrong ?? (await Rejects.DeliveryOfAsync(database, file, cancellation) is { } delivery
            ? Results.Ok(Page.Of(await Rejects.PartAsync(database, delivery, after, most + 1, cancellation), most, row => [$"{row.Line}"]))
            : NoSuchFile(file));
    }

    [WolverineGet(ApiRoutes.V1 + "/deliveries/{file}/rejects.csv", OperationId = "exportRejects", Summary = "The rows of a file that could not be read, as CSV")]
    [RequestTimeout(Limits.LongWork)]
    [ForRoles(Roles.Pipeline, Roles.Finance, Roles.Auditor)]
    [AnswersText("text/csv")]
    [Refuses(404)]
    public static async Task<IResult> Export(string file, NpgsqlDataSource database, CancellationToken cancellation) =>
        await Rejects.DeliveryOfAsync(database, file, cancellation) is { } delivery ? Csv(database, delivery) : NoSuchFile(file);

    /// <summary>The rejects of a delivery as CSV.</summary>
    internal static IResult Csv(NpgsqlDataSource database, long delivery) => new CsvAnswer($"rejects-{delivery}.csv", Columns, Parts(database, delivery));

    private static async IAsyncEnumerable<IReadOnlyList<object?[]>> Parts(NpgsqlDataSource database, long delivery)
    {
        var (after, rows) = (0L, (List<RejectedRow>?)null);
        while (rows is null || rows.Count == Page.Most)
        {
            rows = await Rejects.PartAsync(database, delivery, after, Page.Most, CancellationToken.None);
            yield return rows.ConvertAll(row => new object?[] { row.Delivery, row.Line, row.Reason, row.Source, row.RecordId });
            after = rows.Count > 0 ? rows[^1].Line : after;
        }
    }

    private static IResult NoSuchFile(string file) => Problems.NotFound($"No file {file} was received, or more than one begins so.");
}
