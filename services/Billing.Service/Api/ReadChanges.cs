using System.Text.Json;
using Billing.Service.Api.Paging;
using Marten;
using NodaTime;

namespace Billing.Service.Api;

/// <summary>One change of a contract, tariff or the reference.</summary>
/// <param name="Version">The version of the stream after it, which is the ETag.</param>
/// <param name="Change">What happened: <c>contract_opened.v1</c>.</param>
/// <param name="Data">The change in full.</param>
public sealed record KnownChange(long Version, Instant At, string Change, JsonElement Data);

/// <summary>Reads what happened to a contract, tariff or the reference, in order.</summary>
internal static class ReadChanges
{
    /// <summary>A part of the changes of a stream; empty when there is none.</summary>
    public static async Task<Page<KnownChange>> RunAsync(IQuerySession session, string stream, long after, int limit, CancellationToken cancellation)
    {
        var events = await session.Events.FetchStreamAsync(stream, version: after + limit + 1, fromVersion: after + 1, token: cancellation);
        var changes = events.Select(happened => new KnownChange(
            happened.Version, Instant.FromDateTimeOffset(happened.Timestamp), happened.EventTypeName, JsonSerializer.SerializeToElement(happened.Data, BillingStore.Json))).ToList();
        return Page.Of(changes, limit, change => [$"{change.Version}"]);
    }
}
