using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace Billing.Service.Hosting.Refusals;

/// <summary>Faults that a caller can do something about: the database is away (503), or somebody else was quicker (409).</summary>
internal sealed class FaultProblems(TimeProvider clock) : IExceptionHandler
{
    /// <summary>When nobody has met a fault for so long, the database was back meanwhile; and nobody is told to wait for longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private (long Since, long Last)? _away;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            return true;
        }

        // pages tell their faults by a page
        if (httpContext.Request.Path.StartsWithSegments(Station.Configuration.Root, StringComparison.Ordinal))
        {
            return false;
        }

        var problem = IsOutage(exception) ? Results.Problem(detail: "The database does not answer; the same request can be repeated.", statusCode: StatusCodes.Status503ServiceUnavailable)
            : exception is BadHttpRequestException wrong ? Results.Problem(detail: Detail(wrong), statusCode: wrong.StatusCode)
            : exception is RefusedException refused ? Problems.Of(refused.Refusal)
            : Elsewhere(exception) is { } elsewhere ? Problems.Of(new Contracts.Refusal("§1", elsewhere))
            : BillingHost.IsContention(exception) ? Results.Problem(detail: "Somebody else changed the same thing at the same time; read it again and repeat.", statusCode: StatusCodes.Status409Conflict)
            : null;
        if (problem is null)
        {
            return false;
        }

        if (IsOutage(exception))
        {
            httpContext.Response.Headers.RetryAfter = SecondsAway().ToString(CultureInfo.InvariantCulture);
        }

        await problem.ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>
    /// When a database is back that is away, nobody knows; what has lasted for long lasts for long. So a sender is told to come again after as many seconds as it has been
    /// away so far, from 1 to 60.
    /// </summary>
    private int SecondsAway()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            var since = _away is { } away && clock.GetElapsedTime(away.Last, now) <= Longest ? away.Since : now;
            _away = (since, now);
            return (int)Math.Ceiling(Math.Clamp(clock.GetElapsedTime(since, now).TotalSeconds, 1, Longest.TotalSeconds));
        }
    }

    /// <summary>The HTTP status of a fault.</summary>
    internal static int StatusOf(Exception fault) =>
        IsOutage(fault) ? StatusCodes.Status503ServiceUnavailable
        : Elsewhere(fault) is not null || BillingHost.IsContention(fault) ? StatusCodes.Status409Conflict
        : fault is BadHttpRequestException bad ? bad.StatusCode
        : StatusCodes.Status500InternalServerError;

    private static string Detail(BadHttpRequestException wrong) => wrong.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => "The body of the request is larger than this address takes.",
        StatusCodes.Status408RequestTimeout => "The body of the request came too slowly.",
        _ => "The request is not one that can be read.",
    };

    /// <summary>What the server says of a contract that is in another database; null of any other fault.</summary>
    private static string? Elsewhere(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is PostgresException { SqlState: Sharding.Configuration.ElsewhereState } elsewhere)
            {
                return elsewhere.MessageText;
            }
        }

        return null;
    }

    private static bool IsOutage(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is PostgresException { SqlState: "57P01" or "57P02" or "57P03" or PostgresErrorCodes.TooManyConnections } or NpgsqlException { InnerException: SocketException or IOException or TimeoutException })
            {
                return true;
            }
        }

        return false;
    }
}
