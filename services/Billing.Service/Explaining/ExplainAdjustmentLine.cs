using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating.Reasoning;
using Billing.Service.Invoicing;
using Npgsql;

namespace Billing.Service.Explaining;

/// <summary>The lines of an invoice that carry an adjustment: which invoice it corrects, who granted it and why.</summary>
internal sealed class ExplainAdjustmentLine(NpgsqlDataSource database, CancellationToken cancel)
{
    /// <param name="blank">The line without its reasoning.</param>
    public async Task<LineExplanation> RunAsync(InvoiceIssued issued, LineExplanation blank)
    {
        var line = blank.Document!;
        var number = issued.Adjustments?.FirstOrDefault(adjustment => line.Detail == adjustment || line.Detail?.StartsWith($"{adjustment} ", StringComparison.Ordinal) == true);
        var granted = number is null ? null : await ShowCreditNote.FindAdjustmentAsync(database, number, cancel);
        var origin = granted is null
            ? null
            : new AdjustmentOrigin(granted.Adjustment, granted.Invoice, granted.Dispute, granted.Reason, granted.By, granted.GrantedAt);
        return blank with
        {
            Amount = line.Amount,
            Faults = number is null || granted?.Lines.Any(one => IsSame(one, line)) == true ? [] : [$"adjustment {number} has granted no such line"],
            Steps = [Sentences.Of(new ReasoningStep("§8", "adjustment", new AdjustmentFigures(line.Code, line.Detail, line.Month, line.Amount, origin)))],
        };
    }

    private static bool IsSame(CreditLineDocument granted, InvoiceLineDocument line) =>
        (granted.Code, granted.Month, granted.Amount, granted.TaxCategory) == (line.Code, line.Month, line.Amount, line.TaxCategory);
}
