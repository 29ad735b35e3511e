using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Api;
using Billing.Service.Explaining;
using Billing.Service.Station.Language;
using Billing.Service.Station.Pdf;
using Npgsql;

namespace Billing.Service.Station.Customer;

/// <summary>
/// Documents to keep: <c>GET /station/invoices/{number}/pdf</c> (<c>?calls=1</c> with every call) and <c>/csv</c>, and
/// <c>/station/credit-notes/{number}/pdf</c>, in the language of the pages.
/// </summary>
internal static class DocumentFiles
{
    /// <summary>The most calls that a PDF lists; who has more takes the CSV of calls.</summary>
    internal const int MostCalls = 20_000;

    private static readonly string[] Readers = [Roles.CustomerAdmin, Roles.CustomerViewer, Roles.Finance, Roles.Dispute, Roles.Auditor];

    private static readonly string[] Columns = ["line", "section", "code", "detail", "month", "quantity", "seconds", "amount", "tax_category", "rate"];

    public static void Map(WebApplication app)
    {
        var readers = new ForRolesAttribute(Readers);
        app.MapGet(Configuration.Root + "/invoices/{number}/pdf", InvoiceAsync).WithMetadata(readers);
        app.MapGet(Configuration.Root + "/invoices/{number}/csv", CsvAsync).WithMetadata(readers);
        app.MapGet(Configuration.Root + "/credit-notes/{number}/pdf", CreditNoteAsync).WithMetadata(readers);
    }

    private static async Task<IResult> InvoiceAsync(string number, string? calls, HttpContext http, NpgsqlDataSource database, PageLanguage language)
    {
        if (await VisibleInvoice.FindAsync(database, Caller.Of(http), number, http.RequestAborted) is not { } issued)
        {
            return Results.NotFound();
        }

        var listed = calls is null || issued.Invoice.Usage.Calls > MostCalls ? [] : await CallsAsync(issued, database, http.RequestAborted);
        return Pdf($"invoice-{number}.pdf", () => new InvoicePdf(language).Make(issued.Invoice, listed));
    }

    private static async Task<IResult> CreditNoteAsync(string number, HttpContext http, NpgsqlDataSource database, PageLanguage language) =>
        await VisibleInvoice.CreditNoteAsync(database, Caller.Of(http), number, http.RequestAborted) is { } issued
            ? Pdf($"credit-note-{number}.pdf", () => new CreditNotePdf(language).Make(issued.Note))
            : Results.NotFound();

    private static async Task<IResult> CsvAsync(string number, HttpContext http, NpgsqlDataSource database)
    {
        if (await VisibleInvoice.FindAsync(database, Caller.Of(http), number, http.RequestAborted) is not { } issued)
        {
            return Results.NotFound();
        }

        return new CsvAnswer($"invoice-{number}.csv", Columns, Rows());

        async IAsyncEnumerable<IReadOnlyList<object?[]>> Rows()
        {
            await Task.CompletedTask;
            yield return [.. issued.Invoice.Lines.Select((line, i) => new object?[]
            {
                i + 1, line.Section, line.Code, line.Detail, line.Month, line.Quantity, line.Seconds, line.Amount, line.TaxCategory, line.Rate,
            })];
        }
    }

    /// <summary>The calls of every usage line, as the invoice covers them.</summary>
    private static async Task<IReadOnlyList<(int Line, IReadOnlyList<LineCall> Calls)>> CallsAsync(InvoiceIssued issued, NpgsqlDataSource database, CancellationToken cancel)
    {
        var found = new List<(int, IReadOnlyList<LineCall>)>();
        for (var line = 1; line <= issued.Invoice.Lines.Count; line++)
        {
            if (issued.Invoice.Lines[line - 1].Section is not ("usage" or "prior-usage"))
            {
                continue;
            }

            var calls = new List<LineCall>();
            for (long? skip = 0; skip is { } from;)
            {
                var page = (await new ExplainLine(database).RunAsync(issued, line, new Part(from, Part.Most), cancel))?.Calls;
                calls.AddRange(page?.Calls ?? []);
                skip = page?.Next;
            }

            found.Add((line, calls));
        }

        return found;
    }

    private static IResult Pdf(string name, Func<byte[]> make) => PdfFonts.AreThere
        ? Results.File(make(), "application/pdf", name)
        : Results.StatusCode(StatusCodes.Status501NotImplemented);
}
