using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Disputes;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Npgsql;
using Wolverine;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>What a dispute is opened with; see <see cref="OpenDispute"/>.</summary>
public sealed record OpenDisputeRequest(
    string Invoice,
    string Claim,
    string? By = null,
    string? Id = null,
    string? Contract = null,
    IReadOnlyList<CallName>? Calls = null,
    IReadOnlyList<int>? Lines = null,
    Yen? Amount = null,
    LocalDate? Deadline = null);

public sealed record AddEvidenceRequest(string Description, string? Reference = null, string? Sha256 = null, string? By = null);

public sealed record AttachReplayRequest(AttachedReplay Replay, string? By = null);

public sealed record AttachComparisonRequest(AttachedComparison Comparison, string? By = null);

/// <summary>How a dispute is decided; see <see cref="ResolveDispute"/>. <c>as</c> is <c>credit-note</c> or <c>adjustment</c>.</summary>
public sealed record ResolveDisputeRequest(
    string Outcome,
    string Reason,
    string? As = null,
    IReadOnlyList<CategoryAmount>? Amounts = null,
    IReadOnlyList<LineAmount>? Lines = null,
    string? By = null);

public sealed record WithdrawDisputeRequest(string Reason, string? By = null);

/// <summary>What was made or changed: a dispute, or the document that it led to.</summary>
public sealed record DisputeAnswer(string Id);

/// <summary>
/// <c>POST /api/v1/disputes</c> and, below <c>/api/v1/disputes/{id}</c>, <c>evidence</c>, <c>replays</c>, <c>comparisons</c>,
/// <c>resolution</c> and <c>withdrawal</c>. Who acts is the authenticated caller; <c>by</c> names somebody where there is none.
/// </summary>
[Tags("Disputes")]
public static class ChangeDisputesEndpoint
{
    [WolverinePost(ApiRoutes.V1 + "/disputes", OperationId = "openDispute", Summary = "Opens a dispute about an issued invoice")]
    [Takes(typeof(OpenDisputeRequest))]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status201Created)]
    [Refuses(400, 404, 409, 415, 422)]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.CustomerAdmin)]
    public static async Task<IResult> Open(HttpContext http, [NotBody] NpgsqlDataSource database, IMessageBus bus, IClock clock, [NotBody] BillingSettings settings, CancellationToken cancellation)
    {
        var (request, wrong) = await JsonBody.ReadAsync<OpenDisputeRequest>(http, cancellation);
        if (request is null)
        {
            return wrong!;
        }

        if (StoredText.Refuse(request) is { } text)
        {
            return Problems.Of(text);
        }

        // a customer disputes what they were sent; other invoices do not exist for them, and ids and deadlines are ours to give
        var isCustomer = Caller.Of(http).IsCustomer;
        if (isCustomer && (await ShowInvoice.FindAsync(database, request.Invoice, cancellation) is not { } issued || !Visible.Whole(http, issued.Invoice.Contract)))
        {
            return Problems.NotFound($"There is no invoice {request.Invoice}.");
        }

        var today = ReadDisputesEndpoint.Today(clock);
        var result = await bus.InvokeAsync<CommandResult>(
            new OpenDispute(
                isCustomer ? null : request.Id,
                request.Invoice,
                request.Contract,
                request.Calls ?? [],
                request.Lines ?? [],
                request.Claim,
                request.Amount,
                Who(http, request.By),
                today,
                (isCustomer ? null : request.Deadline) ?? today.PlusDays(settings.DisputeDays)),
            cancellation);
        return result.Refusal is { } refusal
            ? Problems.Of(refusal)
            : Results.Created($"{ApiRoutes.V1}/disputes/{result.Id}", new DisputeAnswer(result.Id!));
    }

    [WolverinePost(ApiRoutes.V1 + "/disputes/{id}/evidence", OperationId = "addEvidence", Summary = "Adds evidence to a dispute")]
    [Takes(typeof(AddEvidenceRequest))]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status200OK)]
    [Refuses(400, 409, 415, 422)]
    [ForRoles(Roles.Finance, Roles.Dispute)]
    public static Task<IResult> Evidence(string id, HttpContext http, IMessageBus bus, IClock clock, CancellationToken cancellation) =>
        InvokeAsync<AddEvidenceRequest>(http, bus, request => new AddEvidence(id, request.Description, request.Reference, request.Sha256, Who(http, request.By), ReadDisputesEndpoint.Today(clock)), cancellation);

    [WolverinePost(ApiRoutes.V1 + "/disputes/{id}/replays", OperationId = "attachReplay", Summary = "Attaches the result of a replay")]
    [Takes(typeof(AttachReplayRequest))]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status200OK)]
    [Refuses(400, 409, 415, 422)]
    [ForRoles(Roles.Finance, Roles.Dispute)]
    public static Task<IResult> Replay(string id, HttpContext http, IMessageBus bus, IClock clock, CancellationToken cancellation) =>
        InvokeAsync<AttachReplayRequest>(http, bus, request => new AttachReplay(id, request.Replay, Who(http, request.By), ReadDisputesEndpoint.Today(clock)), cancellation);

    [WolverinePost(ApiRoutes.V1 + "/disputes/{id}/comparisons", OperationId = "attachComparison", Summary = "Attaches a comparison with the other party's call list")]
    [Takes(typeof(AttachComparisonRequest))]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status200OK)]
    [Refuses(400, 409, 415, 422)]
    [ForRoles(Roles.Finance, Roles.Dispute)]
    public static Task<IResult> Comparison(string id, HttpContext http, IMessageBus bus, IClock clock, CancellationToken cancellation) =>
        InvokeAsync<AttachComparisonRequest>(http, bus, request => new AttachComparison(id, request.Comparison, Who(http, request.By), ReadDisputesEndpoint.Today(clock)), cancellation);

    [WolverinePost(ApiRoutes.V1 + "/disputes/{id}/resolution", OperationId = "resolveDispute", Summary = "Decides a dispute")]
    [Takes(typeof(ResolveDisputeRequest))]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status200OK)]
    [Refuses(400, 409, 415, 422)]
    [ForRoles(Roles.Finance)]
    public static async Task<IResult> Resolve(string id, HttpContext http, IMessageBus bus, IClock clock, [NotBody] BillingSettings settings, CancellationToken cancellation)
    {
        var (request, wrong) = await JsonBody.ReadAsync<ResolveDisputeRequest>(http, cancellation);
        if (request is null)
        {
            return wrong!;
        }

        var (terms, fault) = DisputeRules.Terms(request.Outcome, settings);
        if (terms is null)
        {
            return Problems.Of(fault!);
        }

        if (request.As is not null && GrantWords.Of(request.As) is null)
        {
            return Problems.BadRequest("as", "credit-note or adjustment is expected.");
        }

        var selection = new CreditSelection(request.Amounts ?? [], request.Lines ?? []);
        return await InvokeAsync(
            bus,
            new ResolveDispute(
                id, request.Outcome, request.Reason, Who(http, request.By), GrantWords.Of(request.As), selection, terms.Issuer, clock.GetCurrentInstant()),
            cancellation);
    }

    [WolverinePost(ApiRoutes.V1 + "/disputes/{id}/withdrawal", OperationId = "withdrawDispute", Summary = "Takes a dispute back")]
    [Takes(typeof(WithdrawDisputeRequest))]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status200OK)]
    [Refuses(400, 409, 415, 422)]
    [ForRoles(Roles.Finance, Roles.Dispute)]
    public static Task<IResult> Withdraw(string id, HttpContext http, IMessageBus bus, IClock clock, CancellationToken cancellation) =>
        InvokeAsync<WithdrawDisputeRequest>(http, bus, request => new WithdrawDispute(id, request.Reason, Who(http, request.By), ReadDisputesEndpoint.Today(clock)), cancellation);

    /// <summary>Who acts: the caller as authenticated, else whom the request names.</summary>
    internal static string Who(HttpContext http, string? named) => http.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : named ?? "";

    private static async Task<IResult> InvokeAsync<T>(HttpContext http, IMessageBus bus, Func<T, object> command, CancellationToken cancellation)
        where T : class
    {
        var (request, wrong) = await JsonBody.ReadAsync<T>(http, cancellation);
        return request is null ? wrong! : await InvokeAsync(bus, command(request), cancellation);
    }

    private static async Task<IResult> InvokeAsync(IMessageBus bus, object command, CancellationToken cancellation)
    {
        var result = await bus.InvokeAsync<CommandResult>(command, cancellation);
        return result.Refusal is { } refusal ? Problems.Of(refusal) : Results.Ok(new DisputeAnswer(result.Id!));
    }
}
