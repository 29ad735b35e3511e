using System.Globalization;
using Billing.Contracts;
using Billing.Contracts.Documents;

namespace Billing.Service.Invoicing;

/// <summary>What the commands about invoices print for people.</summary>
internal static class InvoiceLists
{
    private const int MostRows = 40;

    public static void Write(TextWriter text, IssueReport report)
    {
        text.WriteLine(Invariant($"{Counted.Of(report.Issued, "invoice")} of {report.Month} issued in {report.Elapsed.TotalSeconds:0.00} s: {Money(report.Subtotal)} yen and {Money(report.Tax)} tax, {Money(report.Total)} in all"));
        if (report.AlreadyIssued > 0)
        {
            text.WriteLine(Invariant($"{Counted.Of(report.AlreadyIssued, "was issued before and stays as it is", "were issued before and stay as they are")}"));
        }

        if (report.Nothing > 0)
        {
            text.WriteLine(Invariant($"{Counted.Of(report.Nothing, "contract has", "contracts have")} nothing to bill"));
        }

        if (report.Parked.Count > 0)
        {
            text.WriteLine(Invariant($"{Counted.Of(report.Parked.Count, "contract is", "contracts are")} parked: mend the cause and issue again"));
        }
    }

    public static void Write(TextWriter text, UsageMonth month, IReadOnlyList<InvoiceEntry> entries)
    {
        if (entries.Count == 0)
        {
            text.WriteLine($"no invoice of {month} is issued");
            return;
        }

        text.WriteLine($"{"number",-24}{"due",-12}{"subtotal",14}{"tax",12}{"total",14}  customer");
        foreach (var entry in entries)
        {
            text.WriteLine(Invariant($"{entry.Number,-24}{entry.DueOn,-12:uuuu-MM-dd}{Money(entry.Subtotal),14}{Money(entry.Tax),12}{Money(entry.Total),14}  {entry.Customer}"));
        }

        text.WriteLine(Invariant($"{Counted.Of(entries.Count, "invoice"),-36}{Money(Sum(entries.Select(entry => entry.Subtotal))),14}{Money(Sum(entries.Select(entry => entry.Tax))),12}{Money(Sum(entries.Select(entry => entry.Total))),14}"));
    }

    /// <param name="whole">True for the drafts themselves; otherwise one row each.</param>
    public static void Write(TextWriter text, InvoiceDraft draft, bool whole)
    {
        if (whole)
        {
            foreach (var invoice in draft.Invoices)
            {
                InvoiceText.Write(text, invoice, digest: null);
            }
        }
        else
        {
            WriteRows(text, draft);
        }

        WriteWorkList(text, draft.Month, draft.WorkList);
    }

    private static void WriteRows(TextWriter text, InvoiceDraft draft)
    {
        text.WriteLine($"{"contract",-16}{"usage",14}{"adjustment",14}{"subtotal",14}{"tax",12}{"total",14}  customer");
        foreach (var invoice in draft.Invoices.Take(MostRows))
        {
            text.WriteLine($"{invoice.Contract,-16}{Money(invoice.Usage.Amount),14}{Money(invoice.Usage.Adjustment),14}{Money(invoice.Subtotal),14}{Money(invoice.Tax),12}{Money(invoice.Total),14}  {invoice.Customer}");
        }

        if (draft.Invoices.Count > MostRows)
        {
            text.WriteLine(Invariant($"… {draft.Invoices.Count - MostRows:N0} more; --json lists them all"));
        }

        text.WriteLine(Invariant($"{Counted.Of(draft.Invoices.Count, "invoice"),-44}{Money(draft.Subtotal),14}{Money(draft.Tax),12}{Money(draft.Total),14}"));
        if (draft.AlreadyIssued > 0)
        {
            text.WriteLine(Invariant($"{Counted.Of(draft.AlreadyIssued, "is", "are")} issued already"));
        }
    }

    private static void WriteWorkList(TextWriter text, UsageMonth month, WorkList list)
    {
        text.WriteLine();
        text.WriteLine(list.IsEmpty ? "Work list: nothing stands in the way" : "Work list (none of it holds up the other contracts)");
        foreach (var suspended in list.Suspended)
        {
            text.WriteLine(Invariant($"  {Counted.Of(suspended.Calls, "call")} of {month} in suspense: {suspended.Reason}"));
        }

        foreach (var unpriced in list.UnpricedClasses)
        {
            text.WriteLine($"  class {unpriced} has no price");
        }

        foreach (var refused in list.Refused)
        {
            text.WriteLine($"  contract {refused.Contract} gets no invoice: {refused.Refusal}");
        }

        foreach (var parked in list.Parked)
        {
            text.WriteLine($"  contract {parked.Contract} was parked ({parked.Refusal.Message}); the next run tries it again");
        }

        foreach (var files in list.MissingFiles)
        {
            text.WriteLine(files.Count == 1 ? $"  file {files.First} is missing" : Invariant($"  {files.Count:N0} files are missing: {files.First} to {files.Last}"));
        }

        foreach (var file in list.CutFiles)
        {
            text.WriteLine($"  file {file} was not read to its end: send it again");
        }

        foreach (var earlier in list.UninvoicedMonths)
        {
            text.WriteLine(Invariant($"  {Counted.Of(earlier.Calls, "call")} of {earlier.Month} without an invoice ({Counted.Of(earlier.Contracts, "contract")}): billing invoices issue --month {earlier.Month}"));
        }
    }

    private static string Money(Yen amount) => InvoiceText.Money(amount);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static Yen Sum(IEnumerable<Yen> amounts) => amounts.Aggregate(Yen.Zero, (sum, amount) => sum + amount);
}
