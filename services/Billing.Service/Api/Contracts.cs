using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Billing.Service.Subscriptions;
using Marten;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Wolverine;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>A movement of a deposit (R13); <c>kind</c> is required, received, returned or set-off, <c>amount</c> whole yen.</summary>
public sealed record RecordDepositRequest(string Kind, Yen Amount, LocalDate On);

/// <summary>The movements of a contract's deposit, in the order in which they were recorded.</summary>
public sealed record ContractDeposits(string Contract, IReadOnlyList<DepositRecorded> Deposits);

/// <summary>Contracts: listed, read, and made what a document says.</summary>
[Tags("Contracts")]
public static class ContractsEndpoint
{
    private const int MostImported = 10_000;

    [WolverineGet(ApiRoutes.V1 + "/contracts", OperationId = "listContracts", Summary = "The contracts by id")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.Pipeline, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [ProducesResponseType<Page<ContractRow>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> List(string? service, string? customer, string? number, string? limit, string? cursor, HttpContext http, KnowledgeCache knowledge, CancellationToken cancellation)
    {
        var asked = new Asked();
        var of = asked.Word(service, "service", ["biz", "w-mode"]) is { } word ? (word == "biz" ? ServiceKind.Biz : ServiceKind.WMode) : (ServiceKind?)null;
        var most = asked.Limit(limit);
        var after = asked.Cursor(cursor, 1)?[0];
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        // the contracts are known in memory, sorted by id
        var caller = Caller.Of(http);
        var contracts = (await knowledge.CurrentAsync(cancellation)).Contracts.Contracts
            .Select(contract => contract.Document)
            .Where(contract => (after is null || CodePointOrder.Instance.Compare(contract.Id, after) > 0)
                && caller.MaySee(contract.Id)
                && (of is null || contract.Service == of)
                && (customer is null || contract.Customer.Name.Contains(customer, StringComparison.OrdinalIgnoreCase))
                && (number is null || contract.Numbers.Any(entry => (entry.Number == number || entry.MobileNumber == number) && caller.MaySeeDepartment(entry.Department))))
            .Take(most + 1)
            .Select(contract => caller.MaySeeWhole(contract.Id) ? ContractRow.Of(contract) : ContractRow.Of(contract) with { Numbers = null, UsageLimit = null })
            .ToList();
        return Results.Ok(Page.Of(contracts, most, row => [row.Contract]));
    }

    [WolverineGet(ApiRoutes.V1 + "/contracts/{id}", OperationId = "getContract", Summary = "One contract as it is known, or was at a version")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.Pipeline, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [ProducesResponseType<ContractDocument>(StatusCodes.Status200OK)]
    [Header("If-None-Match"), AnswersHeader("ETag", "The version of the contract.")]
    [Refuses(304, 400, 404)]
    public static async Task<IResult> Get(string id, string? at, HttpContext http, IQuerySession session, CancellationToken cancellation)
    {
        var asked = new Asked();
        var version = asked.Whole(at, "at", 1);
        return asked.Wrong ?? (Visible.Whole(http, id) && await FindAsync(session, id, version, cancellation) is { } contract
            ? Preconditions.Answer(http, contract.Version, contract.ToDocument())
            : Problems.NotFound($"There is no contract {id}{(at is null ? "" : " at that version")}."));
    }

    [WolverineGet(ApiRoutes.V1 + "/contracts/{id}/changes", OperationId = "listContractChanges", Summary = "What happened to a contract, version by version")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor)]
    [ProducesResponseType<Page<KnownChange>>(StatusCodes.Status200OK)]
    [Refuses(400, 404)]
    public static async Task<IResult> Changes(string id, string? limit, string? cursor, HttpContext http, IQuerySession session, CancellationToken cancellation)
    {
        var asked = new Asked();
        var most = asked.Limit(limit);
        var after = asked.CursorNo(cursor);
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        var changes = await ReadChanges.RunAsync(session, KnowledgeStreams.Contract(id), after, most, cancellation);
        return (changes.Items.Count == 0 && after == 0) || !Visible.Whole(http, id) ? Problems.NotFound($"There is no contract {id}.") : Results.Ok(changes);
    }

    [WolverinePut(ApiRoutes.V1 + "/contracts/{id}", OperationId = "putContract", Summary = "Makes a contract what the document says")]
    [RequestSizeLimit(JsonBody.LargestDocument)]
    [ForRoles(Roles.Finance)]
    [Takes(typeof(ContractDocument))]
    [ProducesResponseType<ContractDocument>(StatusCodes.Status200OK)]
    [Header("If-Match"), Header("If-None-Match"), AnswersHeader("ETag", "The version of the contract.")]
    [Refuses(400, 409, 412, 413, 415, 422, 428)]
    public static async Task<IResult> Put(string id, HttpContext http, IMessageBus bus, IDocumentStore store, CancellationToken cancellation)
    {
        var (reviewed, missing) = Preconditions.Required(http.Request);
        if (missing is not null)
        {
            return missing;
        }

        var (document, wrong) = await JsonBody.ReadAsync<ContractDocument>(http, cancellation);
        if (document is null)
        {
            return wrong!;
        }

        if (document.Id != id)
        {
            return Problems.BadRequest("id", "The document is of another contract.");
        }

        var result = await bus.InvokeAsync<CommandResult>(new ImportContract(document, reviewed), cancellation);
        return result.Refusal is { } refusal ? Problems.Of(refusal) : await StateAsync(http, store, id, contract => contract.ToDocument(), cancellation);
    }

    [WolverinePost(ApiRoutes.V1 + "/contracts/imports", OperationId = "importContracts", Summary = "Makes many contracts what their documents say",
        Description = "Each contract is imported or refused for itself, whatever version stands; the same document again changes nothing.")]
    [RequestTimeout(Limits.LongWork)]
    [RequestSizeLimit(JsonBody.LargestDocument)]
    [ForRoles(Roles.Finance)]
    [Takes(typeof(ContractsDocument))]
    [ProducesResponseType<ContractsImported>(StatusCodes.Status200OK)]
    [Refuses(400, 409, 413, 415)]
    public static async Task<IResult> Import(HttpContext http, IMessageBus bus, CancellationToken cancellation)
    {
        var (document, wrong) = await JsonBody.ReadAsync<ContractsDocument>(http, cancellation);
        return document is null ? wrong!
            : document.Contracts.Count > MostImported ? Results.Problem(detail: $"More than {MostImported} contracts.", statusCode: StatusCodes.Status413PayloadTooLarge)
            : Results.Ok(await bus.InvokeAsync<ContractsImported>(new ImportContracts(document.Contracts), cancellation, TimeSpan.FromMinutes(10)));
    }

    [WolverineGet(ApiRoutes.V1 + "/contracts/{id}/deposits", OperationId = "listDeposits", Summary = "The movements of a contract's deposit (R13)")]
    [ForRoles(Roles.Finance, Roles.Auditor)]
    [ProducesResponseType<ContractDeposits>(StatusCodes.Status200OK)]
    [AnswersHeader("ETag", "The version of the contract.")]
    [Refuses(404)]
    public static async Task<IResult> Deposits(string id, HttpContext http, IQuerySession session, CancellationToken cancellation) =>
        Visible.Whole(http, id) && await FindAsync(session, id, null, cancellation) is { } contract
            ? Preconditions.Answer(http, contract.Version, new ContractDeposits(id, contract.Deposits))
            : Problems.NotFound($"There is no contract {id}.");

    [WolverinePost(ApiRoutes.V1 + "/contracts/{id}/deposits", OperationId = "recordDeposit", Summary = "Records a movement of a contract's deposit (R13)")]
    [ForRoles(Roles.Finance)]
    [Takes(typeof(RecordDepositRequest))]
    [ProducesResponseType<ContractDeposits>(StatusCodes.Status200OK)]
    [Header("If-Match"), AnswersHeader("ETag", "The version of the contract.")]
    [Refuses(400, 404, 409, 412, 415, 422, 428)]
    public static async Task<IResult> Deposit(string id, HttpContext http, IMessageBus bus, IDocumentStore store, CancellationToken cancellation)
    {
        // money: without a precondition a request that is repeated would be recorded twice
        var (reviewed, missing) = Preconditions.Required(http.Request);
        if (missing is not null)
        {
            return missing;
        }

        var (request, wrong) = await JsonBody.ReadAsync<RecordDepositRequest>(http, cancellation);
        if (request is null)
        {
            return wrong!;
        }

        var result = await bus.InvokeAsync<CommandResult>(new RecordDeposit(id, request.Kind, request.Amount, request.On, reviewed), cancellation);
        return result.Refusal is { } refusal
            ? Problems.Of(refusal)
            : await StateAsync(http, store, id, contract => new ContractDeposits(id, contract.Deposits), cancellation);
    }

    private static Task<SubscribedContract?> FindAsync(IQuerySession session, string id, long? version, CancellationToken cancellation) =>
        AtVersion.FindAsync<SubscribedContract>(session, KnowledgeStreams.Contract(id), version, contract => contract.Version, cancellation);

    /// <summary>The contract after a command, which has a session of its own.</summary>
    private static async Task<IResult> StateAsync<T>(HttpContext http, IDocumentStore store, string id, Func<SubscribedContract, T> shown, CancellationToken cancellation)
    {
        await using var session = store.QuerySession();
        var contract = (await FindAsync(session, id, null, cancellation))!;
        return Preconditions.Answer(http, contract.Version, shown(contract));
    }
}
