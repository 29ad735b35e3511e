namespace Billing.Service.Replay;

/// <summary>Rows of <c>lines.csv</c> and <c>totals.csv</c>.</summary>
internal static class ContractsCsv
{
    public const string LinesHeader =
        "contract,section,code,detail,month,tax_category,old_quantity,old_seconds,old_amount,new_quantity,new_seconds,new_amount,difference";

    public const string TotalsHeader =
        "contract,baseline,old_subtotal,old_tax,old_total,new_subtotal,new_tax,new_total,difference,late_calls,old_refusal,new_refusal";

    /// <summary>The lines that differ.</summary>
    public static void WriteLines(TextWriter text, ContractDifference contract)
    {
        foreach (var line in contract.Lines)
        {
            text.WriteLine(Csv.Row(
                contract.Contract, line.Section, line.Code, line.Detail, line.Month, line.TaxCategory, line.Old?.Quantity, line.Old?.Seconds, line.Old?.Amount,
                line.New?.Quantity, line.New?.Seconds, line.New?.Amount, line.Difference));
        }
    }

    /// <summary>One row per contract, whether it differs or not.</summary>
    public static void WriteTotals(TextWriter text, ContractDifference contract) => text.WriteLine(Csv.Row(
        contract.Contract, contract.Baseline, contract.Old?.Subtotal, contract.Old?.Tax, contract.Old?.Total, contract.New?.Subtotal, contract.New?.Tax, contract.New?.Total,
        contract.Difference, contract.LateCalls, contract.OldRefusal, contract.NewRefusal));
}
