using System.Globalization;
using System.Net;
using System.Text;
using Billing.Service.Invoicing;

namespace Billing.Service.Disputes.Archive;

/// <summary>The archive's cover page (表紙) for people, in Japanese and English: one HTML file that needs nothing else.</summary>
internal static class CoverPage
{
    private const string Head =
        """
        <!doctype html>
        <html lang="ja"><head><meta charset="utf-8"><title>Dispute</title>
        <style>body{font-family:sans-serif;max-width:60em;margin:2em auto}table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3em .6em;text-align:left;vertical-align:top}</style>
        </head><body>

        """;

    public static ArchiveFile Of(DisputeCase dispute, IReadOnlyList<ArchiveFile> files)
    {
        var html = new StringBuilder(Head);
        var view = dispute.Dispute;
        html.Append(CultureInfo.InvariantCulture, $"<h1>請求異議 / Dispute {Text(view.Id)}</h1>\n");
        WriteSummary(html, dispute);
        Table(html, "対象通話 / Disputed calls", ["通話 / Call", "月 / Month", "区分 / Class", "料金 / Charge, yen"],
            view.Opened.Calls.Select(call => new[] { $"{call.Source}/{call.RecordId}", $"{call.Month}", call.Class, InvoiceText.Money(call.Charge) }));
        Table(html, "証拠 / Evidence", ["日付 / Date", "内容 / Description", "所在 / Reference", "SHA-256"],
            view.Evidence.Select(evidence => new[] { Date(evidence.On), evidence.Description, evidence.Reference ?? "", evidence.Sha256 ?? "" }));
        Table(html, "再計算 / Replays", ["知識番号 / Known", "変わった通話 / Calls changed", "請求額 / Issued", "再計算額 / Replayed", "SHA-256"],
            view.Replays.Select(replay => new[] { $"{replay.Known}", $"{replay.CallsChanged}", InvoiceText.Money(replay.Issued), InvoiceText.Money(replay.Replayed), replay.Sha256 }));
        Table(html, "照合 / Comparisons", ["ファイル / File", "区分 / Class", "件数 / Rows"],
            view.Comparisons.SelectMany(compared => compared.Totals, (compared, total) => new[] { compared.File, total.Class, $"{total.Rows}" }));
        Table(html, "収録ファイル / Files", ["名称 / Name", "SHA-256"], files.Select(file => new[] { file.Name, file.Sha256 }));
        html.Append("</body></html>\n");
        return ArchiveFile.Text("cover.html", html.ToString());
    }

    private static void WriteSummary(StringBuilder html, DisputeCase dispute)
    {
        var (view, opened, invoice) = (dispute.Dispute, dispute.Dispute.Opened, dispute.Invoice.Invoice);
        var rows = new List<(string Name, string? Value)>
        {
            ("状態 / State", view.State),
            ("契約 / Contract", opened.Contract),
            ("顧客 / Customer", invoice.Customer),
            ("請求書 / Invoice", $"{opened.Invoice}, {InvoiceText.Money(invoice.Total)} yen, SHA-256 {dispute.Invoice.Digest}"),
            ("申立内容 / Claim", opened.Claim),
            ("対象行 / Lines", opened.Lines.Count == 0 ? null : string.Join(", ", opened.Lines)),
            ("係争額（税抜） / Amount in question, without tax", $"{InvoiceText.Money(opened.Amount)} yen"),
            ("申立日 / Opened", $"{Date(opened.OpenedOn)}, {opened.By}"),
            ("期限 / Deadline", Date(opened.Deadline)),
            ("決定 / Decision", view.Resolved is { } resolved ? $"{Date(resolved.On)}, {resolved.Outcome}, {resolved.By}: {resolved.Reason}" : null),
            ("取下げ / Withdrawn", view.Withdrawn is { } withdrawn ? $"{Date(withdrawn.On)}, {withdrawn.By}: {withdrawn.Reason}" : null),
            ("返還（税抜） / Given back, without tax", view.Resolved?.Document is { } document ? $"{InvoiceText.Money(view.Resolved.Credited)} yen, {document}" : null),
            ("返還（税込） / Given back, with tax", dispute.Note is { } note ? $"{InvoiceText.Money(-note.Note.Total)} yen" : null),
            ("番号の表示 / Numbers", dispute.IsRevealed ? "全桁 / in full" : "下4桁を伏せる / the last four digits masked"),
        };
        html.Append("<table>\n");
        foreach (var (name, value) in rows.Where(row => row.Value is not null))
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(name)}</th><td>{Text(value!)}</td></tr>\n");
        }

        html.Append("</table>\n");
    }

    private static void Table(StringBuilder html, string title, string[] heads, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }

        html.Append(CultureInfo.InvariantCulture, $"<h2>{Text(title)}</h2>\n<table>\n<tr>{string.Concat(heads.Select(head => $"<th>{Text(head)}</th>"))}</tr>\n");
        foreach (var row in all)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr>{string.Concat(row.Select(cell => $"<td>{Text(cell)}</td>"))}</tr>\n");
        }

        html.Append("</table>\n");
    }

    private static string Date(NodaTime.LocalDate date) => date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
