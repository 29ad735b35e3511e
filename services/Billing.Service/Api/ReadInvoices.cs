using Billing.Contracts.Documents;
using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>Issued invoices: searched by date, amount and customer, and one as it was issued.</summary>
[Tags("Invoices")]
public static class ReadInvoicesEndpoint
{
    private const string Meaning =
        "By date (month, or issuedFrom and issuedTo), amount (amountFrom, amountTo: the total with tax) and customer (a part of the name on the invoice), each alone or together.";

    private static readonly string[] Columns = ["number", "contract", "month", "customer", "issued_at", "due_on", "subtotal", "tax", "total", "digest"];

    private static readonly Dictionary<string, InvoiceOrder> Orders = new(StringComparer.Ordinal)
    {
        ["number"] = InvoiceOrder.Number,
        ["issued"] = InvoiceOrder.Issued,
        ["amount"] = InvoiceOrder.Amount,
        ["customer"] = InvoiceOrder.Customer,
    };

    [WolverineGet(ApiRoutes.V1 + "/invoices", OperationId = "listInvoices", Summary = "Searches issued invoices", Description = Meaning)]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [ProducesResponseType<Page<InvoiceEntry>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> List(
        string? month, string? contract, string? customer, string? issuedFrom, string? issuedTo, string? amountFrom, string? amountTo, string? order, string? limit, string? cursor,
        HttpContext http, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var asked = new Asked();
        var search = Search(asked, http, month, contract, customer, issuedFrom, issuedTo, amountFrom, amountTo, order);
        var most = asked.Limit(limit);
        var after = After(asked, cursor, search.Order);
        return asked.Wrong
            ?? Results.Ok(Page.Of(await SearchInvoices.RunAsync(database, search, after, most + 1, cancellation), most, entry => KeysOf(entry, search.Order)));
    }

    [WolverineGet(ApiRoutes.V1 + "/invoices.csv", OperationId = "exportInvoices", Summary = "All invoices of a search as CSV", Description = Meaning)]
    [RequestTimeout(Limits.LongWork)]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [AnswersText("text/csv")]
    [Refuses(400)]
    public static IResult Export(
        string? month, string? contract, string? customer, string? issuedFrom, string? issuedTo, string? amountFrom, string? amountTo, string? order,
        HttpContext http, NpgsqlDataSource database)
    {
        var asked = new Asked();
        var search = Search(asked, http, month, contract, customer, issuedFrom, issuedTo, amountFrom, amountTo, order);
        return asked.Wrong ?? new CsvAnswer("invoices.csv", Columns, Parts(database, search));
    }

    [WolverineGet(ApiRoutes.V1 + "/invoices/{number}", OperationId = "getInvoice", Summary = "One invoice as it was issued")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [ProducesResponseType<InvoiceDocument>(StatusCodes.Status200OK)]
    [Refuses(404)]
    public static async Task<IResult> Get(string number, HttpContext http, NpgsqlDataSource database, CancellationToken cancellation) =>
        await ShowInvoice.FindAsync(database, number, cancellation) is { } issued && Visible.Whole(http, issued.Invoice.Contract)
            ? Results.Ok(issued.Invoice)
            : Problems.NotFound($"There is no invoice {number}.");

    private static InvoiceSearch Search(
        Asked asked, HttpContext http, string? month, string? contract, string? customer, string? issuedFrom, string? issuedTo, string? amountFrom, string? amountTo, string? order)
    {
        var sorted = asked.Word(order?.TrimStart('-'), "order", Orders.Keys);
        var of = asked.Month(month);
        var (issued, amounts) = (asked.Days(issuedFrom, issuedTo, "issuedFrom", "issuedTo"), asked.Amounts(amountFrom, amountTo));
        return new InvoiceSearch(
            of,
            of,
            Visible.Contracts(http, asked.Text(contract, "contract")),
            asked.Text(customer, "customer"),
            issued.From,
            issued.To,
            amounts.From,
            amounts.To,
            sorted is null ? InvoiceOrder.Number : Orders[sorted],
            order?.StartsWith('-') == true);
    }

    private static async IAsyncEnumerable<IReadOnlyList<object?[]>> Parts(NpgsqlDataSource database, InvoiceSearch search)
    {
        InvoiceEntry? after = null;
        do
        {
            var entries = await SearchInvoices.RunAsync(database, search, after, Page.Most, CancellationToken.None);
            yield return entries.ConvertAll(entry => new object?[]
            {
                entry.Number, entry.Contract, $"{entry.Month}", entry.Customer, entry.IssuedAt, $"{entry.DueOn:uuuu-MM-dd}", entry.Subtotal, entry.Tax, entry.Total, entry.Digest,
            });
            after = entries.Count == Page.Most ? entries[^1] : null;
        }
        while (after is not null);
    }

    private static string[] KeysOf(InvoiceEntry entry, InvoiceOrder order) =>
    [
        entry.Number,
        order switch { InvoiceOrder.Issued => Keys.Of(entry.IssuedAt), InvoiceOrder.Amount => entry.Total.ToString(), InvoiceOrder.Customer => entry.Customer, _ => "" },
    ];

    /// <summary>The entry in a cursor, as far as the order needs it.</summary>
    private static InvoiceEntry? After(Asked asked, string? cursor, InvoiceOrder order)
    {
        if (asked.Cursor(cursor, 2) is not [var number, var key])
        {
            return null;
        }

        var issued = order == InvoiceOrder.Issued ? asked.Key(key, Keys.Instant) : null;
        var total = order == InvoiceOrder.Amount ? asked.Key(key, Keys.Amount) : null;
        return new InvoiceEntry(number, "", default, key, issued ?? default, default, default, default, total ?? default, "");
    }
}
