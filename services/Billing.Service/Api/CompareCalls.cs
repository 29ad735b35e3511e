using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Access;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Comparing;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>
/// <c>POST /api/v1/comparisons?month=YYYY-MM</c>: the body is another party's call list as CSV; it is compared with our calls and
/// kept nowhere. <c>map</c> is a column map, as JSON or as <c>member=column,…</c>; <c>contract</c> and <c>number</c> restrict the
/// comparison; <c>startTolerance</c> and <c>durationTolerance</c> are seconds, <c>amountTolerance</c> yen; <c>file</c> names the list.
/// </summary>
[Tags("Evidence")]
public static class CompareCallsEndpoint
{
    [ForRoles(Roles.Dispute, Roles.Finance)]
    [WolverinePost(ApiRoutes.V1 + "/comparisons", OperationId = "compareCalls", Summary = "Compares a month with another party's call list; nothing of it is kept")]
    [EnableRateLimiting(Limits.Heavy)]
    [RequestTimeout(Limits.LongWork)]
    [Takes(typeof(Stream), "text/csv", "application/gzip", "application/octet-stream")]
    [Header("Content-Encoding")]
    [ProducesResponseType<ComparisonResult>(StatusCodes.Status200OK)]
    [Refuses(400, 404, 413, 415, 422, 507)]
    public static async Task<IResult> Post(
        string? month,
        string? map,
        string? contract,
        string? number,
        string? startTolerance,
        string? durationTolerance,
        string? amountTolerance,
        string? file,
        HttpContext http,
        [NotBody] NpgsqlDataSource database,
        [NotBody] KnowledgeCache cache,
        CancellationToken cancellation)
    {
        if (MediaTypes.RefuseOther(http.Request, ["text/csv", "application/gzip", "application/octet-stream"]) is { } other)
        {
            return other;
        }

        if (!UsageMonth.TryParse(month, out var usageMonth))
        {
            return Problems.BadRequest("month", "A month YYYY-MM is expected.");
        }

        var (tolerances, wrong) = ReadTolerances(startTolerance, durationTolerance, amountTolerance);
        if (tolerances is null)
        {
            return wrong!;
        }

        var (columns, fault) = string.IsNullOrEmpty(map) ? ColumnMap.Of(new ColumnMapDocument())
            : map.TrimStart().StartsWith('{') ? ColumnMap.FromJson(System.Text.Encoding.UTF8.GetBytes(map))
            : ColumnMap.FromText(map);
        if (columns is null)
        {
            return Problems.BadRequest("map", fault!.ToString());
        }

        var knowledge = await cache.CurrentAsync(cancellation);
        return contract is not null && knowledge.Contracts.Find(contract) is null
            ? Problems.NotFound($"There is no contract {contract}.")
            : await CompareAsync(new CompareCalls(database, knowledge), new ComparisonRequest(usageMonth, columns, tolerances, contract, number), file, http, cancellation);
    }

    private static async Task<IResult> CompareAsync(CompareCalls compare, ComparisonRequest request, string? file, HttpContext http, CancellationToken cancellation)
    {
        try
        {
            await using var spool = await SpooledBody.SaveAsync(http, cancellation);
            await using var body = spool.OpenRead();
            var name = Path.GetFileName(file) is { Length: > 0 } given ? given : "http";
            var (result, refused) = await compare.RunAsync(request, name, body, Stream.Null, progress: null, cancellation);
            return result is not null ? Results.Ok(result) : Results.Problem(
                detail: refused!.ToString(),
                statusCode: StatusCodes.Status422UnprocessableEntity,
                title: "The file is refused",
                extensions: new Dictionary<string, object?> { ["path"] = refused.Path });
        }
        catch (IOException fault) when (SpooledBody.IsFullDisk(fault))
        {
            return SpooledBody.FullDisk();
        }
    }

    private static (Tolerances? Tolerances, IResult? Wrong) ReadTolerances(string? start, string? duration, string? amount)
    {
        var (startBy, durationBy, amountBy) = (Tolerances.Default.Start, Tolerances.Default.Duration, Tolerances.Default.Amount);
        return start is not null && !ToleranceText.TrySeconds(start, out startBy) ? (null, Problems.BadRequest("startTolerance", "Seconds from 0 to 3600 are expected."))
            : duration is not null && !ToleranceText.TrySeconds(duration, out durationBy) ? (null, Problems.BadRequest("durationTolerance", "Seconds from 0 to 3600 are expected."))
            : amount is not null && (!Yen.TryParse(amount, out amountBy) || amountBy.IsNegative) ? (null, Problems.BadRequest("amountTolerance", "An amount of yen from 0 on is expected."))
            : (new Tolerances(startBy, durationBy, amountBy), null);
    }
}
