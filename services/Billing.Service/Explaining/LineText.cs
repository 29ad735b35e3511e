using Billing.Contracts.Documents;
using Billing.Service.Station.Language;

namespace Billing.Service.Explaining;

/// <summary>An explained invoice or invoice line as a person reads it.</summary>
internal static class LineText
{
    public static void Write(TextWriter text, InvoiceExplanation invoice, string language)
    {
        var ja = language == "ja";
        text.WriteLine($"{(ja ? "請求書" : "Invoice")} {invoice.Invoice}, {invoice.Customer}");
        foreach (var line in invoice.Lines)
        {
            var (section, item) = Words(line.Section, line.Code, ja);
            text.WriteLine($"{line.Line,5}  {Padded(section, ja ? 20 : 12)}{Padded(item + Terms.If(line.Detail, " "), 30)}{line.Month,-9}{Terms.Money(line.Amount),12} {line.TaxCategory}  {(ja ? line.Ja : line.En)}");
        }

        text.WriteLine($"{"",5}  {(ja ? Padded("合計（円）", 59) : $"{"total, yen",-51}")}{Terms.Money(invoice.Total),12}");
    }

    public static void Write(TextWriter text, LineExplanation line, string language)
    {
        var ja = language == "ja";
        text.WriteLine($"{(ja ? "請求書" : "Invoice")} {line.Invoice}, {(ja ? $"{line.Line}行目" : $"line {line.Line}")}: {Title(line.Document, line.Tax, ja)}");
        foreach (var fault in line.Faults)
        {
            text.WriteLine($"{(ja ? "!! 不整合" : "!! FAULT")}: {fault}");
        }

        CallText.WriteSteps(text, line.Steps, language);
        if (line.Calls is { } calls)
        {
            WriteCalls(text, calls, ja);
        }
    }

    private static string Title(InvoiceLineDocument? line, InvoiceTaxDocument? tax, bool ja)
    {
        if (line is null)
        {
            return $"{(ja ? "消費税" : "tax")} {tax?.Category}, {(tax is null ? "" : Terms.Money(tax.Tax))}";
        }

        var (section, item) = Words(line.Section, line.Code, ja);
        return $"{section} {item}{Terms.If(line.Detail, " ")}, {line.Month}, {Terms.Money(line.Amount)}{(ja ? "円" : "")} {line.TaxCategory}";
    }

    /// <summary>What a line is: by its codes, in Japanese by the names that the pages have for them.</summary>
    private static (string Section, string Item) Words(string section, string code, bool ja) =>
        ja ? (DomainTexts.Section(section).Ja, DomainTexts.Item(section, code).Ja) : (section, code);

    /// <summary>Padded to a width at which a Japanese character takes two columns.</summary>
    private static string Padded(string text, int width) => text + new string(' ', Math.Max(1, width - text.Length - text.Count(c => c > '\u2E7F')));

    private static void WriteCalls(TextWriter text, LineCallPage page, bool ja)
    {
        var last = page.Skipped + page.Calls.Count;
        CallText.Heading(text, ja
            ? $"通話{Terms.Number(page.Total)}件、計{Terms.Money(page.Sum)}円{(page.Calls.Count == 0 ? "" : $"（{page.Skipped + 1}～{last}件目）")}"
            : $"{Terms.Number(page.Total)} calls, {Terms.Money(page.Sum)} yen in all{(page.Calls.Count == 0 ? "" : $", {page.Skipped + 1} to {last}")}");
        foreach (var call in page.Calls)
        {
            text.WriteLine($"  {Terms.Time(call.AnsweredAt),-24} {call.Destination,-18}{call.Chargeable,12} s {Terms.Money(call.Charge),12}{(call.Beyond is { } beyond ? (ja ? $" 超過{Terms.Money(beyond)}" : $" beyond {Terms.Money(beyond)}") : "")}  {call.Source}/{call.RecordId}");
        }

        if (page.Next is { } next)
        {
            text.WriteLine(ja ? $"  続きは --skip {next}" : $"  more with --skip {next}");
        }
    }
}
