using Billing.Service.Access;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
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
public static class CreditsEndpoint
{
    [WolverinePost(ApiRoutes.V1 + "/invoices/{number}/credits")]
    [ForRoles(Roles.Finance)]
    public static async Task<IResult> Credit(
        string number, CreditInvoiceRequest request, HttpContext http, IMessageBus bus, IClock clock, BillingSettings settings, CancellationToken cancellation)
    {
        var (terms, fault) = InvoiceTerms.From(settings);
        if (terms is null)
        {
            return Problems.Of(fault!);
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

    [WolverineGet(ApiRoutes.V1 + "/invoices/{number}/credits")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor)]
    public static async Task<IResult> List(string number, NpgsqlDataSource database, CancellationToken cancellation) =>
        await ShowInvoice.FindAsync(database, number, cancellation) is null
            ? Problems.NotFound($"There is no invoice {number}.")
            : Results.Ok(new CreditList(number, await ShowCreditNote.OfInvoiceAsync(database, number, cancellation)));

    [WolverineGet(ApiRoutes.V1 + "/credit-notes/{number}")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor)]
    public static async Task<IResult> Note(string number, NpgsqlDataSource database, CancellationToken cancellation) =>
        await ShowCreditNote.FindAsync(database, number, cancellation) is { } issued
            ? Results.Ok(issued.Note)
            : Problems.NotFound($"There is no credit note {number}.");
}
