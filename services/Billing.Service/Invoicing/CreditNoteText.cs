using System.Globalization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Knowledge;

namespace Billing.Service.Invoicing;

/// <summary>A credit note as a person reads it, with every item of a qualified return invoice (適格返還請求書の記載事項).</summary>
public static class CreditNoteText
{
    public static void Write(TextWriter text, CreditNoteDocument note, string? digest)
    {
        text.WriteLine($"適格返還請求書 / Credit note {note.Number}");
        text.WriteLine();
        Field(text, "発行者 / Issuer", note.Issuer.Name);
        Field(text, "登録番号 / Registration number", note.Issuer.RegistrationNumber);
        Field(text, "返還年月日 / Date of return", note.IssuedAt is { } at ? InstantText.InTokyo(at)[..10] : null);
        Field(text, "元の請求書 / Original invoice", string.Create(CultureInfo.InvariantCulture, $"{note.Invoice.Number}, {note.Invoice.IssuedOn:uuuu-MM-dd}"));
        Field(text, "元の取引期間 / Original supply", string.Create(CultureInfo.InvariantCulture, $"{note.Invoice.Month.FirstDay:uuuu-MM-dd} – {note.Invoice.Month.LastDay:uuuu-MM-dd}"));
        Field(text, "交付先 / Customer", note.Customer);
        Field(text, "契約 / Contract", note.Contract);
        Field(text, "理由 / Reason", note.Reason);
        Field(text, "異議 / Dispute", note.Dispute);
        text.WriteLine();
        text.WriteLine($"{"item",-20}{"month",-9}{"rate",6}{"yen",14}     detail");
        foreach (var line in note.Lines)
        {
            text.WriteLine($"{line.Code,-20}{line.Month,-9}{Percent(line.Rate),6}{InvoiceText.Money(line.Amount),14} {line.TaxCategory}   {line.Detail}");
        }

        text.WriteLine();
        foreach (var tax in note.Taxes)
        {
            Sum(text, $"対象額 / Taxable {tax.Category} {Percent(tax.Rate)}", tax.Taxable);
            Sum(text, $"消費税額 / Tax {tax.Category} {Percent(tax.Rate)}", tax.Tax);
        }

        Sum(text, "税抜合計 / Subtotal", note.Subtotal);
        Sum(text, "消費税額合計 / Tax", note.Tax);
        Sum(text, "税込合計 / Total, yen", note.Total);
        Field(text, "SHA-256", digest);
    }

    public static void Write(TextWriter text, string invoice, IReadOnlyList<CreditEntry> credits)
    {
        if (credits.Count == 0)
        {
            text.WriteLine($"nothing was credited on invoice {invoice}");
            return;
        }

        text.WriteLine($"{"number",-28}{"kind",-13}{"date",-12}{"yen",12}{"tax",10}  where");
        foreach (var credit in credits)
        {
            var where = credit.Kind == GrantWords.CreditNote ? "own document" : credit.SettledBy ?? "pending: on the next invoice";
            var tax = credit.Tax is { } yen ? InvoiceText.Money(yen) : "";
            text.WriteLine($"{credit.Number,-28}{credit.Kind,-13}{InstantText.InTokyo(credit.At)[..10],-12}{InvoiceText.Money(credit.Amount),12}{tax,10}  {where}; {credit.Reason}{(credit.Dispute is { } dispute ? $" ({dispute})" : "")}");
        }
    }

    private static void Field(TextWriter text, string name, string? value)
    {
        if (value is not null)
        {
            text.WriteLine($"{name}: {value}");
        }
    }

    private static void Sum(TextWriter text, string name, Yen amount) => text.WriteLine($"{name}: {InvoiceText.Money(amount)}");

    private static string Percent(TaxRate rate) => (rate.Fraction * 100).ToString("0.####", CultureInfo.InvariantCulture) + " %";
}
