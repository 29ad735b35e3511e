using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>The calls of a contract and month, called numbers masked.</summary>
[Tags("Usage")]
public static class ReadCallsEndpoint
{
    private const string Meaning =
        "In the order of their answers. With a filter that few calls meet an answer may hold fewer calls than asked for, even none; as long as there is a next, the list goes on.";

    private static readonly string[] Columns =
    [
        "source", "record_id", "outcome", "number", "department", "answered_at", "class", "carrier", "destination", "tax_category",
        "seconds", "units", "charge", "tail_seconds", "tail_charge", "tariff_version",
    ];

    [WolverineGet(ApiRoutes.V1 + "/contracts/{id}/calls", OperationId = "listCalls", Summary = "The calls of a month", Description = Meaning)]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [ProducesResponseType<Page<ListedCall>>(StatusCodes.Status200OK)]
    [QueryParameter("class")]
    [Refuses(400, 404)]
    public static async Task<IResult> List(
        string id, string? month, string? from, string? to, string? number, string? department, string? outcome, string? amountFrom, string? amountTo,
        string? limit, string? cursor, HttpContext http, NpgsqlDataSource database, KnowledgeCache knowledge, CancellationToken cancellation)
    {
        var asked = new Asked();
        var filter = Filter(asked, http, month, from, to, number, department, outcome, amountFrom, amountTo);
        var most = asked.Limit(limit);
        var after = asked.Call(cursor);
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        if (await FindAsync(knowledge, http, id, cancellation) is not { } contract)
        {
            return Problems.NotFound($"There is no contract {id}.");
        }

        var part = await new ListCalls(database).RunAsync(contract, filter, after, most, cancellation);
        return Results.Ok(new Page<ListedCall>(part.Calls, part.Next is { } next ? CallCursor.Write(next) : null));
    }

    [WolverineGet(ApiRoutes.V1 + "/contracts/{id}/calls.csv", OperationId = "exportCalls", Summary = "The calls of a month as CSV, all of them")]
    [RequestTimeout(Limits.LongWork)]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [AnswersText("text/csv")]
    [QueryParameter("class")]
    [Refuses(400, 404)]
    public static async Task<IResult> Export(
        string id, string? month, string? from, string? to, string? number, string? department, string? outcome, string? amountFrom, string? amountTo,
        HttpContext http, NpgsqlDataSource database, KnowledgeCache knowledge, CancellationToken cancellation)
    {
        var asked = new Asked();
        var filter = Filter(asked, http, month, from, to, number, department, outcome, amountFrom, amountTo);
        return asked.Wrong ?? (await FindAsync(knowledge, http, id, cancellation) is { } contract
            ? new CsvAnswer($"calls-{id}-{filter.Month}.csv", Columns, Parts(new ListCalls(database), contract, filter))
            : Problems.NotFound($"There is no contract {id}."));
    }

    private static CallFilter Filter(
        Asked asked, HttpContext http, string? month, string? from, string? to, string? number, string? department, string? outcome, string? amountFrom, string? amountTo)
    {
        var (days, amounts) = (asked.Days(from, to), asked.Amounts(amountFrom, amountTo));
        return new(
            asked.RequiredMonth(month),
            days.From,
            days.To,
            asked.Text(number, "number"),
            Departments(Caller.Of(http), asked.Text(department, "department")),
            asked.Word(http.Request.Query["class"] is [{ Length: > 0 } callClass] ? callClass : null, "class", [.. Enum.GetValues<CallClass>().Skip(1).Select(Words.Of)]),
            asked.Word(outcome, "outcome", [Words.Of(Outcome.Rated), Words.Of(Outcome.Unanswered)]),
            amounts.From,
            amounts.To);
    }

    private static IReadOnlyCollection<string>? Departments(Caller caller, string? asked) =>
        asked is null ? caller.Departments : caller.MaySeeDepartment(asked) ? [asked] : [];

    private static async Task<ContractDocument?> FindAsync(KnowledgeCache knowledge, HttpContext http, string id, CancellationToken cancellation) =>
        Caller.Of(http).MaySee(id) ? (await knowledge.CurrentAsync(cancellation)).Contracts.Find(id)?.Document : null;

    private static async IAsyncEnumerable<IReadOnlyList<object?[]>> Parts(ListCalls list, ContractDocument contract, CallFilter filter)
    {
        CallPlace? after = null;
        do
        {
            var part = await list.RunAsync(contract, filter, after, ListCalls.MostRows / 4, CancellationToken.None);
            yield return [.. part.Calls.Select(call => new object?[]
            {
                call.Source, call.RecordId, call.Outcome, call.Number, call.Department, call.AnsweredAt, call.Class, call.Carrier, call.Destination, call.TaxCategory,
                call.Seconds, call.Units, call.Charge, call.TailSeconds, call.TailCharge, call.TariffVersion,
            })];
            after = part.Next;
        }
        while (after is not null);
    }
}
