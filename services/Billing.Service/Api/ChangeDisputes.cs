using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Disputes;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
using NodaTime;
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
public static class ChangeDisputesEndpoint
{
    [WolverinePost(ApiRoutes.V1 + "/disputes")]
    [ForRoles(Roles.Finance, Roles.Dispute)]
    public static async Task<IResult> Open(OpenDisputeRequest request, HttpContext http, IMessageBus bus, IClock clock, BillingSettings settings, CancellationToken cancellation)
    {
        var today = ReadDisputesEndpoint.Today(clock);
        var result = await bus.InvokeAsync<CommandResult>(
            new OpenDispute(
                request.Id,
                request.Invoice,
                request.Contract,
                request.Calls ?? [],
                request.Lines ?? [],
                request.Claim,
                request.Amount,
                Who(http, request.By),
                today,
                request.Deadline ?? today.PlusDays(settings.DisputeDays)),
            cancellation);
        return result.Refusal is { } refusal
            ? Problems.Of(refusal)
            : Results.Created($"{ApiRoutes.V1}/disputes/{result.Id}", new DisputeAnswer(result.Id!));
    }

    [WolverinePost(ApiRoutes.V1 + "/disputes/{id}/evidence")]
    [ForRoles(Roles.Finance, Roles.Dispute)]
    public static Task<IResult> Evidence(string id, AddEvidenceRequest request, HttpContext http, IMessageBus bus, IClock clock, CancellationToken cancellation) =>
        InvokeAsync(bus, new AddEvidence(id, request.Description, request.Reference, request.Sha256, Who(http, request.By), ReadDisputesEndpoint.Today(clock)), cancellation);

    [WolverinePost(ApiRoutes.V1 + "/disputes/{id}/replays")]
    [ForRoles(Roles.Finance, Roles.Dispute)]
    public static Task<IResult> Replay(string id, AttachReplayRequest request, HttpContext http, IMessageBus bus, IClock clock, CancellationToken cancellation) =>
        InvokeAsync(bus, new AttachReplay(id, request.Replay, Who(http, request.By), ReadDisputesEndpoint.Today(clock)), cancellation);

    [WolverinePost(ApiRoutes.V1 + "/disputes/{id}/comparisons")]
    [ForRoles(Roles.Finance, Roles.Dispute)]
    public static Task<IResult> Comparison(string id, AttachComparisonRequest request, HttpContext http, IMessageBus bus, IClock clock, CancellationToken cancellation) =>
        InvokeAsync(bus, new AttachComparison(id, request.Comparison, Who(http, request.By), ReadDisputesEndpoint.Today(clock)), cancellation);

    [WolverinePost(ApiRoutes.V1 + "/disputes/{id}/resolution")]
    [ForRoles(Roles.Finance)]
    public static async Task<IResult> Resolve(string id, ResolveDisputeRequest request, HttpContext http, IMessageBus bus, IClock clock, BillingSettings settings, CancellationToken cancellation)
    {
        var (terms, fault) = InvoiceTerms.From(settings);
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

    [WolverinePost(ApiRoutes.V1 + "/disputes/{id}/withdrawal")]
    [ForRoles(Roles.Finance, Roles.Dispute)]
    public static Task<IResult> Withdraw(string id, WithdrawDisputeRequest request, HttpContext http, IMessageBus bus, IClock clock, CancellationToken cancellation) =>
        InvokeAsync(bus, new WithdrawDispute(id, request.Reason, Who(http, request.By), ReadDisputesEndpoint.Today(clock)), cancellation);

    /// <summary>Who acts: the caller as authenticated, else whom the request names.</summary>
    internal static string Who(HttpContext http, string? named) => http.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : named ?? "";

    private static async Task<IResult> InvokeAsync(IMessageBus bus, object command, CancellationToken cancellation)
    {
        var result = await bus.InvokeAsync<CommandResult>(command, cancellation);
        return result.Refusal is { } refusal ? Problems.Of(refusal) : Results.Ok(new DisputeAnswer(result.Id!));
    }
}
