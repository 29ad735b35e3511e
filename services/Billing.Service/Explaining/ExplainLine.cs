using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating;
using Billing.Rating.Invoicing;
using Billing.Rating.Reasoning;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Explaining;

/// <summary>
/// Tells what a line of an issued invoice is made of, from the events and with what was known at its issue. What it comes to
/// must be the amount that was issued.
/// </summary>
public sealed class ExplainLine(NpgsqlDataSource database)
{
    /// <summary>True to show the called numbers of calls in full; the caller has left the trace that this needs.</summary>
    public bool IsRevealed { get; init; }

    /// <param name="line">From 1; behind the lines the tax rows.</param>
    /// <returns>Null when the invoice has no such line.</returns>
    public async Task<LineExplanation?> RunAsync(InvoiceIssued issued, int line, Part part, CancellationToken cancel)
    {
        var invoice = issued.Invoice;
        if (line < 1 || line > invoice.Lines.Count + invoice.Taxes.Count)
        {
            return null;
        }

        var known = await new KnowledgeLoader(database).LoadAsync(issued.Known, cancel);
        var (month, refusal) = BillingMonth.Prepare(invoice.Month, known.Tariffs, known.Contracts);
        if (month is null)
        {
            return Blank(issued, line) with { Faults = [$"with what was known at its issue there is no such invoice: {refusal!.Message}"] };
        }

        if (line > invoice.Lines.Count)
        {
            return OfTax(issued, month, line);
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        // one view of events and rows, or a correction between two reads would look like a fault
        await using var transaction = await connection.BeginSnapshotAsync(cancel);
        var usage = new ExplainUsageLine(connection, issued, known, IsRevealed, cancel);
        return invoice.Lines[line - 1].Section switch
        {
            "monthly" or "statutory" => OfFee(issued, known, month, line),
            "usage" or "prior-usage" => await usage.OfCallsAsync(Blank(issued, line), part),
            "limit" => await usage.OfLimitAsync(Blank(issued, line), part),
            _ => await new ExplainAdjustmentLine(database, cancel).RunAsync(issued, Blank(issued, line)),
        };
    }

    private static LineExplanation Blank(InvoiceIssued issued, int line) => new()
    {
        Invoice = issued.Invoice.Number!,
        Contract = issued.Invoice.Contract,
        Line = line,
        Document = line <= issued.Invoice.Lines.Count ? issued.Invoice.Lines[line - 1] : null,
        Amount = Yen.Zero,
    };

    private static LineExplanation OfFee(InvoiceIssued issued, RatingKnowledge known, BillingMonth month, int line)
    {
        var blank = Blank(issued, line);
        var contract = known.Contracts.Find(issued.Invoice.Contract);
        var (fees, refusal) = contract is null ? ([], new Refusal("§8", "the contract was not known then")) : FeeReasons.Of(contract, month);
        if (refusal is not null || fees.Count < line)
        {
            return blank with { Faults = [refusal?.Message ?? "computed again, there is no such line"] };
        }

        var (again, figures) = fees[line - 1];
        return blank with
        {
            Amount = again.Amount,
            Faults = again == blank.Document ? [] : [$"computed again, the line is {again.Section} {again.Code} {again.Amount}"],
            Steps = Sentences.Of([TariffOf(month), new ReasoningStep(RuleOf(figures), again.Code, figures)], reveal: true),
        };
    }

    private static LineExplanation OfTax(InvoiceIssued issued, BillingMonth month, int line)
    {
        var invoice = issued.Invoice;
        var row = invoice.Taxes[line - invoice.Lines.Count - 1];
        var numbers = Enumerable.Range(1, invoice.Lines.Count).Where(number => invoice.Lines[number - 1].TaxCategory == row.Category).ToList();
        var again = InvoiceCalculator.Taxes(invoice.Lines, month.StandardRate).SingleOrDefault(tax => tax.Category == row.Category);
        return Blank(issued, line) with
        {
            Tax = row,
            Amount = again?.Tax ?? Yen.Zero,
            Faults = again == row ? [] : [$"computed again, the tax is {again?.Tax ?? Yen.Zero} on {again?.Taxable ?? Yen.Zero}"],
            Steps = Sentences.Of([TariffOf(month), new ReasoningStep("§8", "tax", new TaxFigures(row.Category, numbers, row.Taxable, row.Rate, row.Tax))], reveal: true),
        };
    }

    private static ReasoningStep TariffOf(BillingMonth month) => new("§8", "month-tariff", new MonthTariffFigures(
        month.Tariff.Document.Id, month.Tariff.Version, Validity.OfDays(month.Tariff.FromDay, month.Tariff.ToDay), month.Month.LastDay));

    private static string RuleOf(Figures figures) => figures switch
    {
        FreeStationFigures => "R11",
        FeeFigures { Code: "base-fee" } => "R60",
        FeeFigures { Code: "web-phonebook" } => "R17",
        _ => "§8",
    };
}
