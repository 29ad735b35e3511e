using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Station.Language;

namespace Billing.Service.Station.Pdf;

/// <summary>What invoices and credit notes have in common.</summary>
internal static class PdfParts
{
    private static readonly PdfColumn[] TaxColumns = [new(179), new(80, true), new(120, true), new(120, true)];

    /// <summary>Whom it is for on the left, the facts of the document on the right.</summary>
    public static void Sides(PdfSheet sheet, string to, IReadOnlyList<(string Name, string Value)> left, IReadOnlyList<(string Name, string Value)> right)
    {
        var top = sheet.Y;
        sheet.Text(to, PdfSheet.Bold(13), 0, 230);
        sheet.Y += 4;
        foreach (var (name, value) in left)
        {
            Fact(sheet, name, value, 0, 60, 170);
        }

        var bottom = sheet.Y;
        sheet.Y = top;
        foreach (var (name, value) in right)
        {
            Fact(sheet, name, value, 250, 78, PdfSheet.Width - 328);
        }

        sheet.Y = Math.Max(sheet.Y, bottom) + 12;
    }

    /// <summary>The amount in a frame.</summary>
    public static void Amount(PdfSheet sheet, string name, string amount)
    {
        sheet.Frame(36);
        var top = sheet.Y;
        sheet.Y = top + 10;
        sheet.Text(name, PdfSheet.Bold(11), 12);
        sheet.Y = top + 6;
        sheet.Text(amount, PdfSheet.Bold(18), 200, PdfSheet.Width - 212, isRight: true);
        sheet.Y = top + 50;
    }

    /// <summary>Tax once per rate, then the totals.</summary>
    public static void Taxes(PdfSheet sheet, PageLanguage language, IReadOnlyList<InvoiceTaxDocument> taxes, Yen subtotal, Yen tax, Yen total)
    {
        sheet.Room(40 + (18 * (taxes.Count + 4)));
        sheet.Text(language[Texts.Taxes], PdfSheet.Bold(10));
        sheet.Row(TaxColumns, [language[Texts.TaxClass], language[Texts.TaxRateName], language[Texts.Taxable], language[Texts.TaxAmount]], PdfSheet.Bold(8));
        foreach (var row in taxes)
        {
            sheet.Row(TaxColumns, [language.TaxCategory(row.Category), language.Rate(row.Rate), language.Yen(row.Taxable), language.Yen(row.Tax)], PdfSheet.Plain(8));
        }

        PdfColumn[] sums = [new(379), new(120, true)];
        sheet.Row(sums, [language[Texts.Subtotal], language.Yen(subtotal)], PdfSheet.Plain(9));
        sheet.Row(sums, [language[Texts.Tax], language.Yen(tax)], PdfSheet.Plain(9));
        sheet.Row(sums, [language[Texts.TotalWithTax], language.Yen(total)], PdfSheet.Bold(9));
        sheet.Y += 12;
    }

    private static void Fact(PdfSheet sheet, string name, string value, double x, double nameWidth, double valueWidth)
    {
        var top = sheet.Y;
        sheet.Text(name, PdfSheet.Plain(8), x, nameWidth);
        var under = sheet.Y;
        sheet.Y = top;
        sheet.Text(value, PdfSheet.Plain(9), x + nameWidth, valueWidth);
        sheet.Y = Math.Max(under, sheet.Y);
    }
}
