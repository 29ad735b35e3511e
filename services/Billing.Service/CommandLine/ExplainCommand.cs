using System.CommandLine;
using System.CommandLine.Parsing;
using Billing.Service.Access;
using Billing.Service.Explaining;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using NodaTime;

namespace Billing.Service.CommandLine;

/// <summary><c>billing explain --call SOURCE/ID | --invoice NUMBER [--line N]</c>: the whole reasoning of a figure.</summary>
internal static class ExplainCommand
{
    private static readonly Option<CallName?> Call = new("--call")
    {
        HelpName = "source/id",
        Description = "The call: its source and record id; the source ends at the first slash",
        CustomParser = ParseCall,
    };

    private static readonly Option<string?> Invoice = new("--invoice") { HelpName = "number", Description = "The invoice: all its lines in brief, or one with --line" };

    private static readonly Option<int?> Line = new("--line") { HelpName = "n", Description = "The number of the line from 1, as --invoice lists them; behind the lines come the tax rows" };

    private static readonly Option<Instant?> AsOf = new("--as-of")
    {
        HelpName = "instant",
        Description = "Explain the call with what was known at an instant: now, 2026-11-01T00:00:00+09:00, or a Tokyo date for its beginning",
        CustomParser = ParseAsOf,
    };

    private static readonly Option<string?> Reveal = new("--reveal") { HelpName = "reason", Description = "Show called numbers in full; reason and name are kept for the auditor" };

    private static readonly Option<string?> By = new("--by") { HelpName = "name", Description = "Who asks for numbers in full; the user of the machine when absent" };

    private static readonly Option<string> Language = new("--lang") { HelpName = "ja|en", Description = "The language of the text", DefaultValueFactory = _ => "en" };

    private static readonly Option<int?> Limit = new("--limit") { Description = $"How many calls of a line to list: 1 to {Part.Most}, {Part.First.Take} when absent" };

    private static readonly Option<long?> Skip = new("--skip") { Description = "How many calls of a line to leave out before" };

    public static Command Create()
    {
        Language.AcceptOnlyFromAmong("ja", "en");
        var command = new Command("explain", "The whole reasoning of a charge: how a call was classified, priced and billed, or what an invoice line is made of.")
        {
            Call, Invoice, Line, AsOf, Reveal, By, Language, Limit, Skip, CommonOptions.Json,
        };
        command.Validators.Add(Validate);
        command.SetAction((parsed, cancellation) => Run.WithStore(
            parsed, run => parsed.GetValue(Call) is { } call ? ExplainCallAsync(parsed, run, call) : ExplainInvoiceAsync(parsed, run), cancellation));
        return command;
    }

    private static async Task<int> ExplainCallAsync(ParseResult parsed, StoreRun run, CallName call)
    {
        var asOf = parsed.GetValue(AsOf);
        var reveal = parsed.GetValue(Reveal) is { } reason ? new Reveal(reason, parsed.GetValue(By) ?? Environment.UserName) : null;
        if (reveal is not null && RevealNumbers.Refuse(reveal) is { } refusal)
        {
            return Run.Refuse(refusal);
        }

        if (await new ExplainCall(run.Database).RunAsync(call, asOf, reveal is not null, run.Cancellation) is not { } explanation)
        {
            Run.Error($"there is no call {call}{(asOf is null ? "" : " at that instant")}");
            return Exit.Failed;
        }

        if (reveal is not null)
        {
            // the trace comes before the sight
            await RevealNumbers.RecordAsync(run.Store, call.ToString(), explanation.Result?.Contract, reveal, SystemClock.Instance, run.Cancellation);
        }

        run.Write(explanation, text => CallText.Write(text, explanation, parsed.GetRequiredValue(Language)));
        return Ended(explanation.Faults);
    }

    private static async Task<int> ExplainInvoiceAsync(ParseResult parsed, StoreRun run)
    {
        var number = parsed.GetRequiredValue(Invoice)!;
        if (await ShowInvoice.FindAsync(run.Database, number, run.Cancellation) is not { } issued)
        {
            return await Run.NoInvoiceAsync(run, number);
        }

        var language = parsed.GetRequiredValue(Language);
        if (parsed.GetValue(Line) is not { } line)
        {
            var brief = ExplainInvoice.Of(issued.Invoice);
            run.Write(brief, text => LineText.Write(text, brief, language));
            return Exit.Done;
        }

        var part = new Part(parsed.GetValue(Skip) ?? 0, parsed.GetValue(Limit) ?? Part.First.Take);
        if (await new ExplainLine(run.Database).RunAsync(issued, line, part, run.Cancellation) is not { } explanation)
        {
            Run.Error($"invoice {number} has no line {line}: it has {issued.Invoice.Lines.Count} lines and {issued.Invoice.Taxes.Count} tax rows");
            return Exit.Failed;
        }

        run.Write(explanation, text => LineText.Write(text, explanation, language));
        return Ended(explanation.Faults);
    }

    /// <summary>A fault is a defect or a tampering: it is said loudly and ends the command with a failure.</summary>
    private static int Ended(IReadOnlyList<string> faults)
    {
        foreach (var fault in faults)
        {
            Run.Error($"FAULT: {fault}");
        }

        return faults.Count == 0 ? Exit.Done : Exit.Failed;
    }

    private static void Validate(CommandResult result)
    {
        var (call, invoice) = (result.GetResult(Call) is not null, result.GetResult(Invoice) is not null);
        if (call == invoice)
        {
            result.AddError("either --call or --invoice is expected");
        }
        else if (call && result.GetResult(Line) is not null)
        {
            result.AddError("--line goes with --invoice");
        }
        else if (invoice && (result.GetResult(Reveal) is not null || result.GetResult(AsOf) is not null))
        {
            result.AddError("--reveal and --as-of go with --call");
        }

        if (result.GetResult(By) is not null && result.GetResult(Reveal) is null)
        {
            result.AddError("--by goes with --reveal");
        }

        if (result.GetValue(Limit) is < 1 or > Part.Most || result.GetValue(Skip) < 0)
        {
            result.AddError($"--limit is 1 to {Part.Most}, --skip 0 or more");
        }
    }

    private static CallName? ParseCall(ArgumentResult result)
    {
        if (CallName.TryParse(result.Tokens.SingleOrDefault()?.Value, out var name))
        {
            return name;
        }

        result.AddError("--call: a source and a record id are expected, such as sw-tokyo-1/T2610-000001");
        return null;
    }

    private static Instant? ParseAsOf(ArgumentResult result)
    {
        var text = result.Tokens.SingleOrDefault()?.Value;
        if (text == "now")
        {
            return SystemClock.Instance.GetCurrentInstant();
        }

        if (InstantText.TryParse(text, out var at))
        {
            return at;
        }

        result.AddError("--as-of: now, an instant such as 2026-11-01T00:00:00+09:00, or a date YYYY-MM-DD is expected");
        return null;
    }
}
