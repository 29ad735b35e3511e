using Billing.Contracts.Documents;

namespace Billing.Service.Explaining;

/// <summary>All lines of an invoice in brief, numbered as <see cref="ExplainLine"/> takes them.</summary>
public static class ExplainInvoice
{
    public static InvoiceExplanation Of(InvoiceDocument invoice) => new(
        invoice.Number!,
        invoice.Contract,
        invoice.Month,
        invoice.Customer,
        [
            .. invoice.Lines.Select((line, i) => Of(line, i + 1)),
            .. invoice.Taxes.Select((tax, i) => Of(tax, invoice.Month, invoice.Lines.Count + i + 1)),
        ],
        invoice.Total);

    private static BriefLine Of(InvoiceLineDocument line, int number)
    {
        var sentence = line.Section switch
        {
            "monthly" => new Sentence($"月額料金、数量{line.Quantity}", $"a monthly fee, quantity {line.Quantity}"),
            "statutory" => new Sentence($"{line.Quantity}番号分の法定料金", $"a statutory fee on {line.Quantity} numbers"),
            "usage" => new Sentence(
                $"{Terms.ClassJa(line.Code)}への{Terms.Number(line.Quantity)}通話、{line.Seconds}秒", $"{Terms.Number(line.Quantity)} calls, {line.Seconds} s, added up and rounded down"),
            "prior-usage" => new Sentence(
                $"{line.Month}の請求後に届いた{Terms.ClassJa(line.Code)}への{Terms.Number(line.Quantity)}通話、{line.Seconds}秒",
                $"{Terms.Number(line.Quantity)} calls of {line.Month} that came after its invoice, {line.Seconds} s"),
            "limit" => new Sentence($"{line.Month}の利用限度額を超えた分の差引き", $"what {line.Month} cost beyond its usage limit"),
            _ => new Sentence("調整", "an adjustment"),
        };
        return new BriefLine(number, line.Section, line.Code, line.Detail, line.Month, line.Amount, line.TaxCategory, sentence.Ja, sentence.En);
    }

    private static BriefLine Of(InvoiceTaxDocument tax, Contracts.UsageMonth month, int number) => new(
        number, "tax", "consumption-tax", null, month, tax.Tax, tax.Category,
        $"税区分{Terms.CategoryJa(tax.Category)}の合計{Terms.Money(tax.Taxable)}円に対する消費税",
        $"tax on {Terms.Money(tax.Taxable)} yen of category {Terms.CategoryEn(tax.Category)}");
}
