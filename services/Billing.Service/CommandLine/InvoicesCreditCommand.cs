using System.CommandLine;
using System.Text.Json;
using Billing.Contracts.Json;
using Billing.Service.Invoicing;
using NodaTime;

namespace Billing.Service.CommandLine;

/// <summary><c>billing invoices credit|credits|credit-note</c>: what is given back on issued invoices.</summary>
internal static class InvoicesCreditCommand
{
    public static Command CreateCredit()
    {
        var invoice = Invoice();
        var reason = new Option<string>("--reason") { Required = true, Description = "Why, as it stands on the document" };
        var by = CreditOptions.By();
        var options = new CreditOptions();
        var command = new Command("credit", "Gives back a part of an issued invoice without a dispute (goodwill, a finance adjustment), by a credit note or on the next invoice.")
        {
            invoice, reason, by, CommonOptions.Json,
        };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            var (terms, fault) = InvoiceTerms.ToIssue(run.Settings);
            if (terms is null)
            {
                return Run.Refuse(fault!);
            }

            var result = await run.Invoke(new CreditInvoice(
                parsed.GetRequiredValue(invoice),
                options.Selection(parsed),
                parsed.GetValue(options.As) ?? GrantAs.CreditNote,
                parsed.GetRequiredValue(reason),
                parsed.GetRequiredValue(by),
                terms.Issuer,
                SystemClock.Instance.GetCurrentInstant()));
            if (result.Refusal is { } refusal)
            {
                return Run.Refuse(refusal);
            }

            run.Write(new CreditGranted(result.Id!), text => text.WriteLine($"granted: {result.Id}"));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    public static Command CreateCredits()
    {
        var invoice = Invoice();
        var command = new Command("credits", "What was given back on an invoice: credit notes, and adjustments with the invoice that carries them.") { invoice, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var number = parsed.GetRequiredValue(invoice);
            if (await ShowInvoice.FindAsync(run.Database, number, run.Cancellation) is null)
            {
                return await Run.NoInvoiceAsync(run, number);
            }

            var credits = await ShowCreditNote.OfInvoiceAsync(run.Database, number, run.Cancellation);
            run.Write(credits, text => CreditNoteText.Write(text, number, credits));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    public static Command CreateCreditNote()
    {
        var number = new Argument<string>("number") { Description = "The credit note's number, such as 202610-C-1001-CN1" };
        var command = new Command("credit-note", "One credit note as it was frozen (適格返還請求書).") { number, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            if (await ShowCreditNote.FindAsync(run.Database, parsed.GetRequiredValue(number), run.Cancellation) is not { } issued)
            {
                Run.Error($"there is no credit note {parsed.GetValue(number)}");
                return Exit.Failed;
            }

            if (run.AsJson)
            {
                // the published form, not that of command results
                Console.Out.WriteLine(JsonSerializer.Serialize(issued.Note, BillingJson.Indented));
            }
            else
            {
                CreditNoteText.Write(Console.Out, issued.Note, issued.Digest);
            }

            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Option<string> Invoice() => new("--invoice") { Required = true, Description = "The invoice's number, such as 202610-C-1001" };
}

internal sealed record CreditGranted(string Document);
