using Billing.Contracts.Documents;
using Billing.Service.Explaining;
using Billing.Service.Station.Language;

namespace Billing.Service.Station.Pdf;

/// <summary>
/// An issued invoice on A4: the six items of a qualified invoice (適格請求書), tax once per rate, the usage in brief, and on demand every call
/// with the last four digits of the number called left out. The same invoice gives the same bytes.
/// </summary>
internal sealed class InvoicePdf(PageLanguage language)
{
    private static readonly PdfColumn[] LineColumns = [new(150), new(117), new(48, true), new(58, true), new(66), new(60, true)];
    private static readonly PdfColumn[] CallColumns = [new(110), new(92), new(110), new(88, true), new(99, true)];

    /// <param name="calls">The calls by the number of their line, from 1; empty for none.</param>
    public byte[] Make(InvoiceDocument invoice, IReadOnlyList<(int Line, IReadOnlyList<LineCall> Calls)> calls)
    {
        var title = $"{language[Texts.InvoiceTitle]} {invoice.Number}";
        using var sheet = new PdfSheet(title, title, new PdfStamp($"{invoice.Number} {language.Code} {calls.Count}", invoice.IssuedAt!.Value));
        Head(sheet, invoice);
        PdfParts.Amount(sheet, language[invoice.Total.IsNegative ? Texts.Refund : Texts.AmountDue], language.Yen(invoice.Total.IsNegative ? -invoice.Total : invoice.Total));
        Lines(sheet, invoice);
        PdfParts.Taxes(sheet, language, invoice.Taxes, invoice.Subtotal, invoice.Tax, invoice.Total);
        Usage(sheet, invoice.Usage);
        foreach (var (line, ofLine) in calls)
        {
            Calls(sheet, invoice.Lines[line - 1], ofLine);
        }

        return sheet.Save(language[Texts.Page]);
    }

    private void Head(PdfSheet sheet, InvoiceDocument invoice)
    {
        sheet.Text(language[Texts.InvoiceTitle], PdfSheet.Bold(20));
        sheet.Text(language[Texts.QualifiedInvoice], PdfSheet.Plain(9));
        sheet.Y += 10;
        PdfParts.Sides(
            sheet,
            language.With(Texts.BilledTo, invoice.Customer),
            [(language[Texts.Contract], invoice.Contract)],
            [
                (language[Texts.InvoiceNumber], invoice.Number!),
                (language[Texts.IssuedOn], language.Day(invoice.IssuedAt!.Value)),
                (language[Texts.Period], $"{language.Day(invoice.Month.FirstDay)} – {language.Day(invoice.Month.LastDay)}"),
                (language[Texts.DueOn], language.Day(invoice.DueOn)),
                (language[Texts.Issuer], invoice.Issuer!.Name),
                (language[Texts.RegistrationNumber], invoice.Issuer.RegistrationNumber),
            ]);
    }

    private void Lines(PdfSheet sheet, InvoiceDocument invoice)
    {
        string[] heads = [language[Texts.Item], language[Texts.Detail], language[Texts.Quantity], language[Texts.Time], language[Texts.TaxClass], language[Texts.Amount]];
        Heads();
        var section = "";
        foreach (var line in invoice.Lines)
        {
            if (line.Section != section)
            {
                section = line.Section;
                sheet.Row([new(PdfSheet.Width)], [language[DomainTexts.Section(section)]], PdfSheet.Bold(8), Heads);
            }

            var month = line.Month == invoice.Month ? "" : $" ({language.Month(line.Month)})";
            sheet.Row(
                LineColumns,
                [
                    language.LineItem(line.Section, line.Code), line.Detail + month, language.Count(line.Quantity), line.Seconds is { } time ? language.Duration(time) : "",
                    language.TaxCategory(line.TaxCategory), language.Yen(line.Amount),
                ],
                PdfSheet.Plain(8),
                Heads);
        }

        sheet.Y += 12;

        void Heads() => sheet.Row(LineColumns, heads, PdfSheet.Bold(8));
    }

    private void Usage(PdfSheet sheet, InvoiceUsageDocument usage)
    {
        sheet.Room(90);
        sheet.Text(language[Texts.UsageSummary], PdfSheet.Bold(10));
        List<(string, string)> facts =
        [
            (language[Texts.Charge], language.Yen(usage.Amount)),
            (language[Texts.Limit], usage.Limit is { } limit ? language.Yen(limit) : language[Texts.NoLimit]),
            (language[Texts.LimitAdjustment], language.Yen(usage.Adjustment)),
            (language[Texts.CallsMade], $"{language.Count(usage.Calls)} ({language[Texts.Unanswered]} {language.Count(usage.Unanswered)})"),
        ];
        if (usage.TailSeconds.Milliseconds > 0)
        {
            facts.Add((language[Texts.Disconnect], $"{language.Duration(usage.TailSeconds)}, {language.Yen(usage.TailCharge)} (R73)"));
        }

        foreach (var (name, value) in facts)
        {
            sheet.Row([new(150), new(PdfSheet.Width - 150)], [name, value], PdfSheet.Plain(8));
        }
    }

    private void Calls(PdfSheet sheet, InvoiceLineDocument line, IReadOnlyList<LineCall> calls)
    {
        sheet.Y += 14;
        sheet.Room(60);
        var name = $"{language[Texts.CallDetails]}: {language.LineItem(line.Section, line.Code)} {line.Detail}";
        sheet.Text(name, PdfSheet.Bold(10));
        string[] heads = [language[Texts.Answered], language[Texts.Number], language[Texts.Called], language[Texts.Time], language[Texts.Charge]];
        Heads();
        foreach (var call in calls)
        {
            sheet.Row(
                CallColumns,
                [language.Time(call.AnsweredAt), call.Number ?? "", call.Destination ?? "", language.Duration(call.Chargeable), language.Yen(call.Charge)],
                PdfSheet.Plain(7),
                Heads);
        }

        void Heads() => sheet.Row(CallColumns, heads, PdfSheet.Bold(7));
    }
}
