using System.CommandLine;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Corrections;

namespace Billing.Service.CommandLine;

/// <summary>Options of every command that corrects, and how the effect is shown.</summary>
internal static class CorrectionOptions
{
    private const int MostLines = 40;

    public static Option<string> Reason { get; } = new("--reason") { Required = true, Description = "Why; kept with every event" };

    public static Option<string?> Evidence { get; } = new("--evidence") { Description = "Where the evidence lies: a ticket, a letter, a file's SHA-256" };

    public static Option<string> By { get; } = new("--by") { DefaultValueFactory = _ => Environment.UserName, Description = "Who corrects" };

    public static Option<bool> Yes { get; } = new("--yes") { Description = "Write it; without, only the effect is shown" };

    public static Option<string?> InvoiceAs { get; } = CreateInvoiceAs();

    public static Option<string?> Dispute { get; } = new("--dispute") { Description = "The dispute that a correction of invoiced calls settles" };

    public static Command WithGrounds(this Command command)
    {
        command.Add(Reason);
        command.Add(Evidence);
        command.Add(By);
        command.Add(Yes);
        command.Add(CommonOptions.Json);
        return command;
    }

    public static Command WithDocuments(this Command command)
    {
        command.Add(InvoiceAs);
        command.Add(Dispute);
        return command;
    }

    public static CorrectionGrounds Grounds(ParseResult parsed) =>
        new(parsed.GetRequiredValue(Reason), parsed.GetRequiredValue(By), parsed.GetValue(Evidence));

    public static CorrectionTerms Terms(CommandRun run, ParseResult parsed) => new(
        Grounds(parsed), parsed.GetValue(Yes), parsed.GetValue(InvoiceAs) is { } form ? new InvoicedCorrection(form, parsed.GetValue(Dispute), run.Settings.Production) : null);

    public static void Print(TextWriter text, CorrectionReport report)
    {
        text.WriteLine(report.Suspended == 0 ? $"{report.Calls:N0} calls" : $"{report.Calls:N0} calls and {report.Suspended:N0} suspended records");
        Print(text, report.Effects, report.Adjustments);
        text.WriteLine(report.Written ? "written" : "nothing is written yet; --yes writes it");
    }

    /// <summary>What changes of usage, and what goes on documents.</summary>
    public static void Print(TextWriter text, IReadOnlyList<CorrectionEffect> effects, IReadOnlyList<InvoiceAdjustment> adjustments)
    {
        foreach (var effect in effects.Take(MostLines))
        {
            text.WriteLine($"  {Contract(effect.Contract),-20} {effect.Month}  {effect.Calls,9:N0} calls   {effect.Before,14} → {effect.After} yen");
        }

        More(text, effects.Count);
        foreach (var adjustment in adjustments.Take(MostLines))
        {
            text.WriteLine($"  invoice {adjustment.Invoice}{(adjustment.Document is { } number ? $", corrected by {number}" : " is issued; its difference goes on a document:")}");
            foreach (var line in adjustment.Lines)
            {
                text.WriteLine($"    {line.Section,-12} {line.Code,-20} {line.Month}  {line.Amount,12} {line.TaxCategory}");
            }
        }

        More(text, adjustments.Count);
    }

    public static string Contract(string contract) => contract.Length == 0 ? "(nobody)" : contract;

    public static void More(TextWriter text, int count)
    {
        if (count > MostLines)
        {
            text.WriteLine($"  … and {count - MostLines:N0} more");
        }
    }

    private static Option<string?> CreateInvoiceAs()
    {
        var option = new Option<string?>("--invoice-as") { Description = "How the difference of invoiced calls is settled: credit-note or adjustment" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !InvoicedCorrection.Forms.Contains(token.Value))
            {
                result.AddError($"--invoice-as: {InvoicedCorrection.Expected}");
            }
        });
        return option;
    }
}
