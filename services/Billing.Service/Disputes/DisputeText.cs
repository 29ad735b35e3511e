using System.Globalization;
using Billing.Contracts;
using Billing.Service.Invoicing;

namespace Billing.Service.Disputes;

/// <summary>What the commands about disputes print for people.</summary>
internal static class DisputeText
{
    public static void Write(TextWriter text, IReadOnlyList<DisputeEntry> entries)
    {
        if (entries.Count == 0)
        {
            text.WriteLine("no dispute");
            return;
        }

        text.WriteLine($"{"dispute",-16}{"state",-15}{"opened",-12}{"age",5}  {"deadline",-12}{"in question",12}{"credited",12}  {"invoice",-20}claim");
        foreach (var entry in entries)
        {
            var state = entry.IsOverdue ? "open, overdue" : entry.State;
            text.WriteLine(Invariant($"{entry.Id,-16}{state,-15}{entry.OpenedOn,-12:uuuu-MM-dd}{entry.AgeDays,4}d  {entry.Deadline,-12:uuuu-MM-dd}{Money(entry.Amount),12}{Money(entry.Credited),12}  {entry.Invoice,-20}{entry.Claim}"));
        }

        var open = entries.Count(entry => entry.State == DisputeStates.Open);
        text.WriteLine(Invariant($"{Counted.Of(entries.Count, "dispute")}, {open:N0} open, {entries.Count(entry => entry.IsOverdue):N0} of them overdue"));
    }

    public static void Write(TextWriter text, DisputeView dispute)
    {
        var opened = dispute.Opened;
        text.WriteLine($"Dispute {dispute.Id}: {dispute.State}{(dispute.IsOverdue ? ", overdue" : "")}");
        text.WriteLine();
        Field(text, "Contract", opened.Contract);
        Field(text, "Invoice", opened.Invoice);
        Field(text, "Claim", opened.Claim);
        Field(text, "In question", $"{Money(opened.Amount)} yen without tax");
        Field(text, "Opened", Invariant($"{opened.OpenedOn:uuuu-MM-dd} by {opened.By}, {Counted.Of(dispute.AgeDays, "day")} {(dispute.State == DisputeStates.Open ? "ago" : "until its end")}"));
        Field(text, "Deadline", Invariant($"{opened.Deadline:uuuu-MM-dd}"));
        foreach (var call in opened.Calls)
        {
            Field(text, "Call", $"{call.Source}/{call.RecordId}  {call.Month}  {call.Class}  {Money(call.Charge)} yen");
        }

        Field(text, "Lines", opened.Lines.Count == 0 ? null : string.Join(", ", opened.Lines));
        WriteAttachments(text, dispute);
        WriteEnd(text, dispute);
    }

    private static void WriteAttachments(TextWriter text, DisputeView dispute)
    {
        foreach (var evidence in dispute.Evidence)
        {
            Field(text, "Evidence", Invariant($"{evidence.On:uuuu-MM-dd} {evidence.Description}{Part(", ", evidence.Reference)}{Part(", SHA-256 ", evidence.Sha256)} ({evidence.By})"));
        }

        foreach (var replay in dispute.Replays)
        {
            Field(text, "Replay", Invariant($"known {replay.Known}{Part(", as of ", replay.AsOf)}{Part(", tariff ", replay.TariffVersion)}: {Counted.Of(replay.CallsChanged, "call")} changed, issued {Money(replay.Issued)}, replayed {Money(replay.Replayed)}"));
        }

        foreach (var comparison in dispute.Comparisons)
        {
            Field(text, "Comparison", $"{comparison.File}, SHA-256 {comparison.FileSha256}");
            foreach (var total in comparison.Totals)
            {
                Field(text, "", Invariant($"  {total.Class,-20}{total.Rows,10:N0}{Part("  ours ", total.Ours is { } ours ? Money(ours) : null)}{Part("  theirs ", total.Theirs is { } theirs ? Money(theirs) : null)}"));
            }
        }
    }

    private static void WriteEnd(TextWriter text, DisputeView dispute)
    {
        foreach (var revealed in dispute.Revealed)
        {
            Field(text, "Revealed", Invariant($"{revealed.On:uuuu-MM-dd} to {revealed.By}: {revealed.Reason}"));
        }

        if (dispute.Resolved is { } resolved)
        {
            Field(text, "Decided", Invariant($"{resolved.On:uuuu-MM-dd} {resolved.Outcome} by {resolved.By}: {resolved.Reason}"));
            Field(text, "Given back", resolved.Document is { } document ? $"{Money(resolved.Credited)} yen without tax, {document}" : null);
        }

        if (dispute.Withdrawn is { } withdrawn)
        {
            Field(text, "Withdrawn", Invariant($"{withdrawn.On:uuuu-MM-dd} by {withdrawn.By}: {withdrawn.Reason}"));
        }
    }

    private static string? Part(string before, string? value) => value is null ? null : before + value;

    private static void Field(TextWriter text, string name, string? value)
    {
        if (value is not null)
        {
            text.WriteLine($"{name,-12}{value}");
        }
    }

    private static string Money(Yen amount) => InvoiceText.Money(amount);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
