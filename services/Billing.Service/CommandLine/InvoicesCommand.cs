using System.CommandLine;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Json;
using Billing.Rating;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Replay;
using NodaTime;

namespace Billing.Service.CommandLine;

/// <summary><c>billing invoices draft|issue|list|show|verify|export|credit|credits|credit-note</c>.</summary>
internal static class InvoicesCommand
{
    public static Command Create() => new("invoices", "The month's invoices: drafted with a work list, issued once, shown, proved and exported.")
    {
        CreateDraft(), CreateIssue(), CreateList(), CreateShow(), CreateVerify(), CreateExport(),
        InvoicesCreditCommand.CreateCredit(), InvoicesCreditCommand.CreateCredits(), InvoicesCreditCommand.CreateCreditNote(),
    };

    private static Command CreateDraft()
    {
        var month = RateCommand.Month();
        var contract = Contract();
        var command = new Command("draft", "Shows what would be issued as things stand, and the work list of what stands in the way; changes nothing.") { month, contract, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var (terms, fault) = InvoiceTerms.From(run.Settings);
            if (terms is null)
            {
                return Run.Refuse(fault!);
            }

            var knowledge = await new KnowledgeLoader(run.Database).LoadAsync(cancellation: run.Cancellation);
            var (draft, refusal) = await new DraftInvoices(run.Database, knowledge, terms).RunAsync(parsed.GetValue(month), parsed.GetValue(contract), run.Cancellation);
            if (draft is null)
            {
                return Run.Refuse(refusal!);
            }

            run.Write(draft, text => InvoiceLists.Write(text, draft, whole: parsed.GetValue(contract) is not null));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateIssue()
    {
        var month = RateCommand.Month();
        var contract = Contract();
        var command = new Command("issue", "Issues the invoices of a month. Those that are issued stay as they are; a contract that is refused is parked and the others go on.")
        {
            month, contract, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var (terms, fault) = InvoiceTerms.ToIssue(run.Settings);
            if (terms is null)
            {
                return Run.Refuse(fault!);
            }

            var issued = parsed.GetValue(month);
            WarnIfNotOver(issued);
            var progress = Console.IsErrorRedirected ? null : new Progress<int>(done => Console.Error.Write($"\r{done:N0} contracts "));
            var (report, refusal) = await IssueMonthHandler.IssueAsync(run.Database, run.Shards, issued, parsed.GetValue(contract), terms, SystemClock.Instance, progress, run.Cancellation);
            if (report is null)
            {
                return Run.Refuse(refusal!);
            }

            foreach (var parked in report.Parked)
            {
                Run.Error($"no invoice for contract {parked.Contract}: {parked.Refusal}");
            }

            run.Write(report, text => InvoiceLists.Write(text, report));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateList()
    {
        var month = RateCommand.Month();
        var command = new Command("list", "The issued invoices of a month.") { month, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var entries = await ListInvoices.RunAsync(run.Database, parsed.GetValue(month), run.Cancellation);
            run.Write(entries, text => InvoiceLists.Write(text, parsed.GetValue(month), entries));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateShow()
    {
        var number = Number();
        var command = new Command("show", "One issued invoice as it was frozen.") { number, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            if (await ShowInvoice.FindAsync(run.Database, parsed.GetRequiredValue(number), run.Cancellation) is not { } issued)
            {
                return await Run.NoInvoiceAsync(run, parsed.GetRequiredValue(number));
            }

            if (run.AsJson)
            {
                // the published form, not that of command results
                Console.Out.WriteLine(JsonSerializer.Serialize(issued.Invoice, BillingJson.Indented));
            }
            else
            {
                InvoiceText.Write(Console.Out, issued.Invoice, issued.Digest);
            }

            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateVerify()
    {
        var number = new Argument<string?>("number") { Arity = ArgumentArity.ZeroOrOne, Description = "One invoice; all of the month when absent" };
        var month = new Option<UsageMonth?>("--month") { Description = "All invoices of this month, YYYY-MM", CustomParser = CommonOptions.ParseMonth };
        var command = new Command("verify", "Makes issued invoices again from the log and compares them byte for byte; exit code 1 when one differs.") { number, month, CommonOptions.Json };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(number) is null) == (result.GetValue(month) is null))
            {
                result.AddError("either a number or --month is expected");
            }
        });
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var prove = new ProveInvoices(run.Database);
            var proofs = new List<InvoiceProof>();
            if (parsed.GetValue(month) is { } all)
            {
                await foreach (var proof in prove.OfMonthAsync(all, progress: null, run.Cancellation))
                {
                    proofs.Add(proof);
                }
            }
            else if (await ShowInvoice.FindAsync(run.Database, parsed.GetValue(number)!, run.Cancellation) is { } issued)
            {
                proofs.Add(await prove.OneAsync(issued, run.Cancellation));
            }
            else
            {
                return await Run.NoInvoiceAsync(run, parsed.GetValue(number)!);
            }

            run.Write(proofs, text => ProofText.Write(text, proofs));
            return proofs.TrueForAll(proof => proof.Fault is null) ? Exit.Done : Exit.Failed;
        }, cancellation));
        return command;
    }

    private static Command CreateExport()
    {
        var month = RateCommand.Month();
        var output = new Option<string>("--out") { Required = true, Description = "Folder for invoices.json, invoices.csv and invoice-lines.csv" };
        var command = new Command("export", "Writes the issued invoices of a month as files.") { month, output };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var count = await ExportInvoices.RunAsync(run.Database, parsed.GetValue(month), parsed.GetRequiredValue(output), run.Cancellation);
            Console.Out.WriteLine($"{count:N0} invoices of {parsed.GetValue(month)} written to {parsed.GetValue(output)}");
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static void WarnIfNotOver(UsageMonth month)
    {
        if (month.LastDay >= Tokyo.At(SystemClock.Instance.GetCurrentInstant()).Date)
        {
            Run.Error($"{month} is not over yet: what comes after this issue will be on the next invoice");
        }
    }

    private static Option<string?> Contract() => new("--contract") { Description = "One contract only" };

    private static Argument<string> Number() => new("number") { Description = "The invoice's number, such as 202610-C-1001" };
}
