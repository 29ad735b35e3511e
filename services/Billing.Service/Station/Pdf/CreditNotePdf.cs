using Billing.Contracts.Documents;
using Billing.Service.Station.Language;

namespace Billing.Service.Station.Pdf;

/// <summary>A credit note on A4 with the items of a qualified return invoice (適格返還請求書). The same note gives the same bytes.</summary>
internal sealed class CreditNotePdf(PageLanguage language)
{
    private static readonly PdfColumn[] Columns = [new(120), new(129), new(80), new(70), new(40, true), new(60, true)];

    public byte[] Make(CreditNoteDocument note)
    {
        var title = $"{language[Texts.CreditNote]} {note.Number}";
        using var sheet = new PdfSheet(title, title, new PdfStamp($"{note.Number} {language.Code}", note.IssuedAt!.Value));
        sheet.Text(language[Texts.CreditNote], PdfSheet.Bold(20));
        sheet.Y += 10;
        PdfParts.Sides(
            sheet,
            language.With(Texts.BilledTo, note.Customer),
            [(language[Texts.Contract], note.Contract), (language[Texts.Reason], note.Reason)],
            [
                (language[Texts.DocumentNumber], note.Number),
                (language[Texts.ReturnedOn], language.Day(note.IssuedAt!.Value)),
                (language[Texts.OriginalInvoice], $"{note.Invoice.Number} ({language.Day(note.Invoice.IssuedOn)})"),
                (language[Texts.Period], $"{language.Day(note.Invoice.Month.FirstDay)} – {language.Day(note.Invoice.Month.LastDay)}"),
                (language[Texts.Issuer], note.Issuer.Name),
                (language[Texts.RegistrationNumber], note.Issuer.RegistrationNumber),
            ]);
        PdfParts.Amount(sheet, language[Texts.Refund], language.Yen(-note.Total));
        string[] heads = [language[Texts.Item], language[Texts.Detail], language[Texts.Month], language[Texts.TaxClass], language[Texts.TaxRateName], language[Texts.Amount]];
        sheet.Row(Columns, heads, PdfSheet.Bold(8));
        foreach (var line in note.Lines)
        {
            sheet.Row(
                Columns,
                [language.LineItem("credit", line.Code), line.Detail ?? "", language.Month(line.Month), language.TaxCategory(line.TaxCategory), language.Rate(line.Rate), language.Yen(line.Amount)],
                PdfSheet.Plain(8),
                () => sheet.Row(Columns, heads, PdfSheet.Bold(8)));
        }

        sheet.Y += 12;
        PdfParts.Taxes(sheet, language, note.Taxes, note.Subtotal, note.Tax, note.Total);
        return sheet.Save(language[Texts.Page]);
    }
}
