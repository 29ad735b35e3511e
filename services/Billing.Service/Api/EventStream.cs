using System.Text;
using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting;
using Billing.Service.Notices;
using Marten;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using NodaTime;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary><c>GET /api/v1/events/stream</c>: notices as server-sent events, as they come.</summary>
[Tags("Events")]
public static class EventStreamEndpoint
{
    private const int MostStreams = 200;

    private static int _streams;

    [WolverineGet(ApiRoutes.V1 + "/events/stream", OperationId = "streamEvents", Summary = "What happens, as server-sent events",
        Description = "Without Last-Event-ID the stream begins with what comes next, with it behind that event, with 0 at the beginning. Comments keep it alive. It ends after an hour, when the server stops, when the client does not read, and when the key or account that opened it may not any more; a client connects again with Last-Event-ID and misses nothing.")]
    [EnableRateLimiting(Limits.Streams)]
    [DisableRequestTimeout]
    [ForRoles(Roles.Operator, Roles.Finance, Roles.Pipeline, Roles.Auditor, Roles.CustomerAdmin)]
    [AnswersText("text/event-stream")]
    [Header("Last-Event-ID")]
    [Refuses(400)]
    public static async Task<IResult> Get(string? type, HttpContext http, NpgsqlDataSource database, IDocumentStore store, [NotBody] BillingSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        var asked = new Asked();
        var of = asked.Word(type, "type", [.. NoticeTypes.All]);
        var last = http.Request.Headers["Last-Event-ID"].ToString();
        var after = asked.Whole(last.Length == 0 ? null : last.StartsWith("evt_", StringComparison.Ordinal) ? last[4..] : last, "Last-Event-ID");
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        if (Interlocked.Increment(ref _streams) > MostStreams)
        {
            Interlocked.Decrement(ref _streams);
            return Results.Problem(detail: "Too many streams are open; try again later.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        return new EventStream(database, store, time, settings.EventsSource, after ?? await ReadNotices.LastAsync(database, cancellation), of, Visible.Contracts(http, null), () => Interlocked.Decrement(ref _streams));
    }
}

/// <summary>
/// One client's stream. It holds no more than one part of the notices at a time and reads on when that is written; a client that does not
/// take what is written is cut off.
/// </summary>
internal sealed class EventStream(NpgsqlDataSource database, IDocumentStore store, TimeProvider time, string source, long after, string? type, IReadOnlyCollection<string>? contracts, Action ended) : IResult
{
    private const int PartSize = 100;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan SlowestWrite = TimeSpan.FromSeconds(10);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            var response = httpContext.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Accel-Buffering"] = "no";
            httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await RunAsync(httpContext, httpContext.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // the client went away, or was too slow
            httpContext.Abort();
        }
        finally
        {
            ended();
        }
    }

    private async Task RunAsync(HttpContext http, CancellationToken cancel)
    {
        var no = after;
        var began = time.GetTimestamp();
        var written = began;
        await WriteAsync(http, ": the stream begins\n\n", cancel);
        var stops = http.RequestServices.GetRequiredService<Leaving>().Over;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stops);
        while (!stops.IsCancellationRequested && time.GetElapsedTime(began) < Longest && await IsStandingAsync(http, cancel))
        {
            var notices = await ReadNotices.AfterAsync(database, no, type, contracts, PartSize, cancel);
            if (notices.Count > 0)
            {
                await WriteAsync(http, Text(notices), cancel);
                (no, written) = (notices[^1].No, time.GetTimestamp());
            }
            else if (time.GetElapsedTime(written) >= Heartbeat)
            {
                await WriteAsync(http, ": still here\n\n", cancel);
                written = time.GetTimestamp();
            }

            if (notices.Count < PartSize)
            {
                await Task.Delay(Look, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>True while who opened the stream is who they were: not locked, not revoked, with the same roles and contracts, not signed out.</summary>
    private async Task<bool> IsStandingAsync(HttpContext http, CancellationToken cancel)
    {
        if (http.User.FindFirst(AccessClaims.Subject)?.Value is not { } subject || !Standing.IsKnownHere(subject))
        {
            return true;
        }

        await using var session = store.QuerySession();
        var (now, began) = (Instant.FromDateTimeOffset(time.GetUtcNow()), Caller.Of(http));
        return await Standing.OfAsync(session, subject, now, cancel) is { } caller
            && caller.Roles.SequenceEqual(began.Roles) && Same(caller.Contracts, began.Contracts) && Same(caller.Departments, began.Departments)
            && await StationSessions.IsOpenAsync(session, http.User, cancel);

        static bool Same(IReadOnlyList<string>? one, IReadOnlyList<string>? other) => one is null ? other is null : other is not null && one.SequenceEqual(other);
    }

    private string Text(List<Notice> notices)
    {
        var text = new StringBuilder();
        foreach (var notice in notices)
        {
            text.Append("id: ").Append(notice.Id).Append("\nevent: ").Append(notice.Type).Append("\ndata: ").Append(Encoding.UTF8.GetString(notice.Body(source))).Append("\n\n");
        }

        return text.ToString();
    }

    private static async Task WriteAsync(HttpContext http, string text, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(SlowestWrite);
        await http.Response.WriteAsync(text, limit.Token);
        await http.Response.Body.FlushAsync(limit.Token);
    }
}
