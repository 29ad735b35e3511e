using System.Globalization;
using System.Net;
using System.Text;
using Billing.Service.Explaining;

namespace Billing.Service.Disputes.Archive;

/// <summary>The explanations of an archive for people: one HTML file that needs nothing else, each of them in Japanese and then in English.</summary>
internal static class ExplanationsPage
{
    private const string Head =
        """
        <!doctype html>
        <html lang="ja"><head><meta charset="utf-8"><title>Explanations</title>
        <style>body{font-family:sans-serif;max-width:80em;margin:2em auto}pre{white-space:pre-wrap;border:1px solid #999;padding:.6em}</style>
        </head><body>

        """;

    /// <param name="invoice">All lines in brief when the invoice is disputed as such.</param>
    public static ArchiveFile Of(DisputeCase dispute, IReadOnlyList<CallExplanation> calls, IReadOnlyList<LineExplanation> lines, InvoiceExplanation? invoice)
    {
        var html = new StringBuilder(Head);
        html.Append(CultureInfo.InvariantCulture, $"<h1>料金の説明 / Explanations, dispute {WebUtility.HtmlEncode(dispute.Dispute.Id)}</h1>\n");
        foreach (var call in calls)
        {
            Write(html, $"通話 / Call {call.Source}/{call.RecordId}", (text, language) => CallText.Write(text, call, language));
        }

        foreach (var line in lines)
        {
            Write(html, $"請求書 / Invoice {line.Invoice}, 行 / line {line.Line}", (text, language) => LineText.Write(text, line, language));
        }

        if (invoice is not null)
        {
            Write(html, $"請求書 / Invoice {invoice.Invoice}", (text, language) => LineText.Write(text, invoice, language));
        }

        html.Append("</body></html>\n");
        return ArchiveFile.Text("explanations.html", html.ToString());
    }

    private static void Write(StringBuilder html, string title, Action<TextWriter, string> write)
    {
        html.Append(CultureInfo.InvariantCulture, $"<h2>{WebUtility.HtmlEncode(title)}</h2>\n");
        foreach (var language in (string[])["ja", "en"])
        {
            using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
            write(text, language);
            html.Append(CultureInfo.InvariantCulture, $"<pre lang=\"{language}\">{WebUtility.HtmlEncode(text.ToString())}</pre>\n");
        }
    }
}
