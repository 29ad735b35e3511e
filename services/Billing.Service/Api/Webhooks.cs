using Billing.Service.Access;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Billing.Service.Notices;
using Marten;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Npgsql;
using Wolverine;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>Where webhooks go, which types of notices (all when absent), and of which contracts (all when absent).</summary>
public sealed record SubscribeRequest(string Url, IReadOnlyList<string>? Types = null, IReadOnlyList<string>? Contracts = null);

/// <summary>A subscription. The key is told when it is made and when it is rotated, never again.</summary>
public sealed record WebhookAnswered(
    Guid Id, string Url, IReadOnlyList<string> Types, IReadOnlyList<string>? Contracts, Instant CreatedAt, string CreatedBy, Instant? FormerSecretUntil, string? Secret = null);

/// <summary>Webhooks: who is told, what was sent, and sending it again.</summary>
[Tags("Events")]
public static class WebhooksEndpoint
{
    private const int MostSubscriptions = 100;
    private const int MostContracts = 1000;

    /// <summary>Stands for the exchange of the broker where a subscription is named.</summary>
    private const string Broker = "broker";

    /// <summary>How long a rotated key goes on signing beside the new one.</summary>
    private static readonly Duration Overlap = Duration.FromHours(24);

    [WolverinePost(ApiRoutes.V1 + "/webhooks", OperationId = "createWebhook", Summary = "Subscribes an address to events",
        Description = "Deliveries are signed (Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature) and repeated until they are answered with 2xx. The address is https and public unless the service is configured otherwise. A customer's subscription is about their own contracts.")]
    [ForRoles(Roles.Operator, Roles.Finance, Roles.Pipeline, Roles.CustomerAdmin)]
    [Takes(typeof(SubscribeRequest))]
    [ProducesResponseType<WebhookAnswered>(StatusCodes.Status201Created)]
    [AnswersHeader("Location", "The subscription.")]
    [Refuses(400, 409, 415, 422)]
    public static async Task<IResult> Create(HttpContext http, IDocumentSession session, [NotBody] BillingSettings settings, IClock clock, CancellationToken cancellation)
    {
        var (request, wrong) = await JsonBody.ReadAsync<SubscribeRequest>(http, cancellation);
        if (request is null)
        {
            return wrong!;
        }

        var caller = Caller.Of(http);
        if (Refuse(request, caller, settings) is { } refused)
        {
            return refused;
        }

        if (await session.Query<WebhookSubscription>().CountAsync(cancellation) >= MostSubscriptions)
        {
            return Problems.Of(new("webhook", $"there are {MostSubscriptions} subscriptions already"));
        }

        var subscription = new WebhookSubscription
        {
            Id = Guid.CreateVersion7(),
            Url = request.Url,
            Types = request.Types is { Count: > 0 } types ? [.. types.Distinct()] : NoticeTypes.All,
            Contracts = request.Contracts ?? caller.Contracts,
            Secret = WebhookSignature.NewSecret(),
            CreatedAt = clock.GetCurrentInstant(),
            CreatedBy = caller.Name,
            Maker = http.User.FindFirst(AccessClaims.Subject)?.Value,
            IsRestricted = caller.Contracts is not null,
        };
        session.Insert(subscription);
        return Results.Created($"{ApiRoutes.V1}/webhooks/{subscription.Id}", Shown(subscription) with { Secret = subscription.Secret });
    }

    [WolverineGet(ApiRoutes.V1 + "/webhooks", OperationId = "listWebhooks", Summary = "The subscriptions, by id")]
    [ForRoles(Roles.Operator, Roles.Finance, Roles.Pipeline, Roles.Auditor, Roles.CustomerAdmin)]
    [ProducesResponseType<Page<WebhookAnswered>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> List(string? limit, string? cursor, HttpContext http, IQuerySession session, CancellationToken cancellation)
    {
        var asked = new Asked();
        var most = asked.Limit(limit);
        var after = asked.Key(asked.Cursor(cursor, 1)?[0], Keys.Guid);
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        // there are few of them
        var subscriptions = await session.Query<WebhookSubscription>().ToListAsync(cancellation);
        var shown = subscriptions.Where(subscription => IsFor(http, subscription)).OrderBy(subscription => subscription.Id)
            .Where(subscription => after is not { } last || subscription.Id.CompareTo(last) > 0).Take(most + 1).Select(Shown).ToList();
        return Results.Ok(Page.Of(shown, most, entry => [$"{entry.Id:N}"]));
    }

    [WolverineGet(ApiRoutes.V1 + "/webhooks/{id}", OperationId = "getWebhook", Summary = "One subscription")]
    [ForRoles(Roles.Operator, Roles.Finance, Roles.Pipeline, Roles.Auditor, Roles.CustomerAdmin)]
    [ProducesResponseType<WebhookAnswered>(StatusCodes.Status200OK)]
    [Refuses(400, 404)]
    public static async Task<IResult> Get(string id, HttpContext http, IQuerySession session, CancellationToken cancellation)
    {
        var (subscription, wrong) = await FindAsync(http, session, id, cancellation);
        return wrong ?? Results.Ok(Shown(subscription!));
    }

    [WolverineDelete(ApiRoutes.V1 + "/webhooks/{id}", OperationId = "deleteWebhook", Summary = "Ends a subscription; what is on its way is given up")]
    [ForRoles(Roles.Operator, Roles.Finance, Roles.Pipeline, Roles.CustomerAdmin)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(400, 404)]
    public static async Task<IResult> Delete(string id, HttpContext http, IDocumentSession session, CancellationToken cancellation)
    {
        var (subscription, wrong) = await FindAsync(http, session, id, cancellation);
        if (subscription is null)
        {
            return wrong!;
        }

        session.Delete<WebhookSubscription>(subscription.Id);
        return Results.NoContent();
    }

    [WolverinePost(ApiRoutes.V1 + "/webhooks/{id}/secret", OperationId = "rotateWebhookSecret", Summary = "Makes a new key; for 24 hours the former one signs as well")]
    [ForRoles(Roles.Operator, Roles.Finance, Roles.Pipeline, Roles.CustomerAdmin)]
    [ProducesResponseType<WebhookAnswered>(StatusCodes.Status200OK)]
    [Refuses(400, 404)]
    public static async Task<IResult> Rotate(string id, HttpContext http, IDocumentSession session, IClock clock, CancellationToken cancellation)
    {
        var (subscription, wrong) = await FindAsync(http, session, id, cancellation);
        if (subscription is null)
        {
            return wrong!;
        }

        var rotated = subscription with
        {
            Secret = WebhookSignature.NewSecret(),
            FormerSecret = subscription.Secret,
            FormerSecretUntil = clock.GetCurrentInstant() + Overlap,
        };
        session.Store(rotated);
        return Results.Ok(Shown(rotated) with { Secret = rotated.Secret });
    }

    [WolverineGet(ApiRoutes.V1 + "/webhooks/{id}/deliveries", OperationId = "listWebhookDeliveries", Summary = "What was sent to a subscription, newest first",
        Description = "In place of an id, broker lists what was published to the exchange that the service's configuration names.")]
    [ForRoles(Roles.Operator, Roles.Finance, Roles.Pipeline, Roles.Auditor, Roles.CustomerAdmin)]
    [ProducesResponseType<Page<WebhookDelivery>>(StatusCodes.Status200OK)]
    [Refuses(400, 404)]
    public static async Task<IResult> Deliveries(
        string id, string? state, string? limit, string? cursor, HttpContext http, IQuerySession session, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var asked = new Asked();
        var of = asked.Word(state, "state", [WebhookDelivery.Pending, WebhookDelivery.Delivered, WebhookDelivery.Failed]);
        var most = asked.Limit(limit);
        var before = asked.Key(asked.Cursor(cursor, 1)?[0], Keys.Guid);
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        var (target, wrong) = await FindTargetAsync(http, session, id, cancellation);
        return wrong ?? Results.Ok(Page.Of(
            await WebhookDeliveries.PartAsync(database, target, of, before, most + 1, cancellation), most, delivery => [$"{delivery.Id:N}"]));
    }

    [WolverinePost(ApiRoutes.V1 + "/webhook-deliveries/{id}/redelivery", OperationId = "redeliverWebhook", Summary = "Sends a delivery that has ended again")]
    [ForRoles(Roles.Operator, Roles.Finance, Roles.Pipeline, Roles.CustomerAdmin)]
    [ProducesResponseType<WebhookDelivery>(StatusCodes.Status202Accepted)]
    [Refuses(400, 404, 422)]
    public static async Task<IResult> Redeliver(
        string id, HttpContext http, [NotBody] NpgsqlDataSource database, IDocumentSession session, IMessageBus bus, CancellationToken cancellation)
    {
        var asked = new Asked();
        var named = asked.Id(id);
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        if (await WebhookDeliveries.FindAsync(database, named!.Value, cancellation) is not { } delivery
            || (await FindTargetAsync(http, session, delivery.Subscription == EventExchange.Target ? Broker : $"{delivery.Subscription}", cancellation)).Wrong is not null)
        {
            return Problems.NotFound($"There is no delivery {id}.");
        }

        await session.BeginTransactionAsync(cancellation);
        if (!await WebhookDeliveries.BeginAgainAsync((NpgsqlConnection)session.Connection!, delivery.Id, cancellation))
        {
            return Problems.Of(new("webhook", "the delivery is under way already"));
        }

        // the session is committed, and the message with it, before the answer is written
        await bus.PublishAsync(new SendWebhook(delivery.Id));
        return Results.Json(delivery with { State = WebhookDelivery.Pending, Attempts = 0, NextAttemptAt = null }, statusCode: StatusCodes.Status202Accepted);
    }

    private static IResult? Refuse(SubscribeRequest request, Caller caller, BillingSettings settings) =>
        WebhookClient.Refuse(request.Url, settings) is { } refused ? Problems.Of(new("webhook", refused))
        : StoredText.Refuse(request) is { } text ? Problems.Of(text)
        : request.Types?.Any(type => !NoticeTypes.All.Contains(type)) == true ? Problems.BadRequest("types", $"Of {string.Join(", ", NoticeTypes.All)} is expected.")
        : caller.Departments is not null ? Problems.Of(new("webhook", "who sees some departments only can not be told of whole contracts"))
        : (request.Contracts ?? caller.Contracts) is { Count: 0 or > MostContracts } ? Problems.BadRequest("contracts", $"1 to {MostContracts} contracts are expected, or none named for all.")
        : request.Contracts?.All(caller.MaySee) == false ? Problems.NotFound($"There is no contract {request.Contracts.First(contract => !caller.MaySee(contract))}.")
        : null;

    private static async Task<(WebhookSubscription? Subscription, IResult? Wrong)> FindAsync(HttpContext http, IQuerySession session, string id, CancellationToken cancellation)
    {
        var asked = new Asked();
        var named = asked.Id(id);
        return asked.Wrong is not null ? (null, asked.Wrong)
            : await session.LoadAsync<WebhookSubscription>(named!.Value, cancellation) is { } subscription && IsFor(http, subscription) ? (subscription, null)
            : (null, Problems.NotFound($"There is no subscription {id}."));
    }

    /// <summary>Where deliveries go: to a subscription, or to the broker, which staff see.</summary>
    private static async Task<(Guid Target, IResult? Wrong)> FindTargetAsync(HttpContext http, IQuerySession session, string id, CancellationToken cancellation)
    {
        if (id == Broker)
        {
            return (EventExchange.Target, Caller.Of(http).Contracts is null ? null : Problems.NotFound($"There is no subscription {id}."));
        }

        var (subscription, wrong) = await FindAsync(http, session, id, cancellation);
        return (subscription?.Id ?? default, wrong);
    }

    /// <summary>A customer sees the subscriptions of customers about their contracts: those of staff have addresses and keys that are not theirs.</summary>
    private static bool IsFor(HttpContext http, WebhookSubscription subscription) =>
        Caller.Of(http) is var caller && (caller.Contracts is null || (subscription.IsRestricted && subscription.Contracts?.All(caller.MaySee) == true));

    private static WebhookAnswered Shown(WebhookSubscription subscription) => new(
        subscription.Id, subscription.Url, subscription.Types, subscription.Contracts, subscription.CreatedAt, subscription.CreatedBy, subscription.FormerSecretUntil);
}
