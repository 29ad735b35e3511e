using System.Globalization;
using Billing.Contracts;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;

namespace Billing.Service.Comparing;

/// <summary>A comparison as people read it: the classes, and the first differences.</summary>
internal static class ComparisonText
{
    private const int MostShown = 20;

    public static void Write(TextWriter text, ComparisonResult result)
    {
        var inputs = result.Inputs;
        text.WriteLine(Invariant($"{inputs.File} (SHA-256 {inputs.FileSha256}) and our calls of {inputs.Month}{Of(inputs)}"));
        text.WriteLine(Invariant($"{"",-20} {"ours",10} {"seconds",14} {"yen",12}   {"theirs",10} {"seconds",14} {"yen",12}"));
        foreach (var totals in result.Totals)
        {
            Line(text, totals.Class, totals.Ours, totals.Theirs);
        }

        Line(text, "in all", result.Ours, result.Theirs);
        text.WriteLine(Invariant($"not compared: {Counted.Of(result.Outside, "row")} of theirs outside the month or of others, {result.Unreadable:N0} that cannot be read; {Counted.Of(result.UnansweredHere, "call")} here that nobody answered"));
        foreach (var row in result.UnreadableRows.Take(MostShown))
        {
            text.WriteLine(Invariant($"  line {row.Line}: {row.Reason}"));
        }

        foreach (var row in result.Differences.Take(MostShown))
        {
            text.WriteLine($"  {row.Class,-18} {row.Number} to {row.Called}  {Side("ours", row.Ours)}{(row.Ours is not null && row.Theirs is not null ? "; " : "")}{Side("theirs", row.Theirs)}{(row.Reason is { } reason ? $" ({reason})" : "")}");
        }

        var differences = result.Totals.Where(totals => totals.Class is not ("equal" or "within-tolerance")).Sum(totals => Math.Max(totals.Ours.Rows, totals.Theirs.Rows));
        if (differences > MostShown)
        {
            text.WriteLine(Invariant($"  … {differences - MostShown:N0} more; --csv writes them all"));
        }

        text.WriteLine($"digest of the comparison, SHA-256: {result.Digest}");
    }

    private static string Of(ComparisonInputs inputs) =>
        (inputs.Contract is { } contract ? $", contract {contract}" : "") + (inputs.Number is { } number ? $", number {number}" : "")
        + $"; tolerances: start {inputs.Tolerances.Start} s, duration {inputs.Tolerances.Duration} s, amount {inputs.Tolerances.Amount} yen";

    private static void Line(TextWriter text, string name, SideTotals ours, SideTotals theirs) =>
        text.WriteLine(Invariant($"{name,-20} {ours.Rows,10:N0} {ours.Duration,14} {Money(ours.Amount),12}   {theirs.Rows,10:N0} {theirs.Duration,14} {Money(theirs.Amount),12}"));

    private static string Money(Yen? amount) => amount is { } yen ? InvoiceText.Money(yen) : "";

    private static string Side(string name, ComparedCall? call) => call is null ? ""
        : $"{name} {InstantText.InTokyo(call.Start)} {call.Duration} s{(call.Amount is { } yen ? $" {yen} yen" : "")}{(call.Record is { } record ? $" {record}" : "")}{(call.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $" line {line}") : "")}";

    private static string Invariant(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
