using Billing.Contracts.Documents;
using Billing.Service.Access;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Npgsql;
using Wolverine;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>What is given back on an invoice; see <see cref="CreditInvoice"/>. <c>as</c> is <c>credit-note</c> (when absent) or <c>adjustment</c>.</summary>
public sealed record CreditInvoiceRequest(
    string Reason, IReadOnlyList<CategoryAmount>? Amounts = null, IReadOnlyList<LineAmount>? Lines = null, string? As = null, string? By = null);

/// <summary>The document that gives back.</summary>
public sealed record CreditAnswer(string Document);

/// <summary>What was given back on an invoice, in the order of time.</summary>
public sealed record CreditList(string Invoice, IReadOnlyList<CreditEntry> Credits);

/// <summary>
/// <c>POST /api/v1/invoices/{number}/credits</c>, <c>GET</c> of the same for what was given back, and
/// <c>GET /api/v1/credit-notes/{number}</c>: the document as it was issued.
/// </summary>
[Tags("Invoices")]
public static class CreditsEndpoint
{
    [WolverinePost(ApiRoutes.V1 + "/invoices/{number}/credits", OperationId = "creditInvoice", Summary = "Gives back on an issued invoice: a credit note, or lines on the next invoice")]
    [Takes(typeof(CreditInvoiceRequest))]
    [ProducesResponseType<CreditAnswer>(StatusCodes.Status200OK)]
    [ProducesResponseType<CreditAnswer>(StatusCodes.Status201Created)]
    [Refuses(400, 409, 415, 422)]
    [ForRoles(Roles.Finance)]
    public static async Task<IResult> Credit(
        string number, HttpContext http, IMessageBus bus, IClock clock, [NotBody] BillingSettings settings, CancellationToken cancellation)
    {
        var (terms, fault) = InvoiceTerms.ToIssue(settings);
        if (terms is null)
        {
            return Problems.Of(fault!);
        }

        var (request, wrong) = await JsonBody.ReadAsync<CreditInvoiceRequest>(http, cancellation);
        if (request is null)
        {
            return wrong!;
        }

        if (GrantWords.Of(request.As ?? GrantWords.CreditNote) is not { } kind)
        {
            return Problems.BadRequest("as", "credit-note or adjustment is expected.");
        }

        var selection = new CreditSelection(request.Amounts ?? [], request.Lines ?? []);
        var result = await bus.InvokeAsync<CommandResult>(
            new CreditInvoice(number, selection, kind, request.Reason, ChangeDisputesEndpoint.Who(http, request.By), terms.Issuer, clock.GetCurrentInstant()),
            cancellation);
        return result.Refusal is { } refusal ? Problems.Of(refusal)
            : kind == GrantAs.CreditNote ? Results.Created($"{ApiRoutes.V1}/credit-notes/{result.Id}", new CreditAnswer(result.Id!))
            : Results.Ok(new CreditAnswer(result.Id!));
    }

    [WolverineGet(ApiRoutes.V1 + "/invoices/{number}/credits", OperationId = "listCredits", Summary = "What was given back on an invoice, in the order of time")]
    [ProducesResponseType<CreditList>(StatusCodes.Status200OK)]
    [Refuses(404)]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    public static async Task<IResult> List(string number, HttpContext http, NpgsqlDataSource database, CancellationToken cancellation) =>
        await ShowInvoice.FindAsync(database, number, cancellation) is { } issued && Visible.Whole(http, issued.Invoice.Contract)
            ? Results.Ok(new CreditList(number, await ShowCreditNote.OfInvoiceAsync(database, number, cancellation)))
            : Problems.NotFound($"There is no invoice {number}.");

    [WolverineGet(ApiRoutes.V1 + "/credit-notes", OperationId = "listCreditNotes", Summary = "Issued credit notes, by number")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [ProducesResponseType<Page<CreditNoteEntry>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> Notes(
        string? month, string? contract, string? invoice, string? issuedFrom, string? issuedTo, string? limit, string? cursor,
        HttpContext http, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var asked = new Asked();
        var most = asked.Limit(limit);
        var issued = asked.Days(issuedFrom, issuedTo, "issuedFrom", "issuedTo");
        var search = new CreditNoteSearch(
            asked.Month(month), Visible.Contracts(http, asked.Text(contract, "contract")), asked.Text(invoice, "invoice"),
            issued.From, issued.To);
        var after = asked.Cursor(cursor, 1)?[0];
        return asked.Wrong ?? Results.Ok(Page.Of(await ListCreditNotes.RunAsync(database, search, after, most + 1, cancellation), most, entry => [entry.Number]));
    }

    [WolverineGet(ApiRoutes.V1 + "/credit-notes/{number}", OperationId = "getCreditNote", Summary = "One credit note as it was issued")]
    [ProducesResponseType<CreditNoteDocument>(StatusCodes.Status200OK)]
    [Refuses(404)]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    public static async Task<IResult> Note(string number, HttpContext http, NpgsqlDataSource database, CancellationToken cancellation) =>
        await ShowCreditNote.FindAsync(database, number, cancellation) is { } issued && Visible.Whole(http, issued.Note.Contract)
            ? Results.Ok(issued.Note)
            : Problems.NotFound($"There is no credit note {number}.");
}
