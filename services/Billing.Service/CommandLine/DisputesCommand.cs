using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using Billing.Contracts;
using Billing.Contracts.Json;
using Billing.Rating;
using Billing.Service.Disputes;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using NodaTime;
using NodaTime.Text;

namespace Billing.Service.CommandLine;

/// <summary><c>billing disputes open|list|show|evidence|attach|resolve|withdraw|export</c>.</summary>
internal static class DisputesCommand
{
    public static Command Create() => new("disputes", "Disputes about issued invoices: opened, furnished with evidence, decided, exported with everything that belongs to them.")
    {
        CreateOpen(), CreateList(), CreateShow(), CreateEvidence(), CreateAttach(), DisputesResolveCommand.Create(), CreateWithdraw(), DisputesExportCommand.Create(),
    };

    private static Command CreateOpen()
    {
        var invoice = new Option<string>("--invoice") { Required = true, Description = "The disputed invoice's number, such as 202610-C-1001" };
        var claim = new Option<string>("--claim") { Required = true, Description = "What the customer claims, in a sentence" };
        var contract = new Option<string?>("--contract") { Description = "The contract, as a check that it is the invoice's" };
        var calls = new Option<IReadOnlyList<CallName>?>("--call") { HelpName = "source/id", Description = "A disputed call; may be repeated", Arity = ArgumentArity.OneOrMore, CustomParser = ParseCalls };
        var lines = new Option<IReadOnlyList<int>?>("--lines") { HelpName = "n,…", Description = "Disputed lines of the invoice, counted from 1", CustomParser = ParseLines };
        var amount = new Option<Yen?>("--amount") { HelpName = "yen", Description = "The amount in question, whole tax-exclusive yen; what the lines and calls cost when absent", CustomParser = ParseYen };
        var id = new Option<string?>("--id") { Description = "The dispute's id; the next D-yyyyMM-n when absent" };
        var deadline = new Option<LocalDate?>("--deadline") { HelpName = "date", Description = "The day by which it should be decided; 30 days from now, or what the setting dispute-days says, when absent", CustomParser = ParseDate };
        var by = CreditOptions.By();
        var command = new Command("open", "Opens a dispute about an issued invoice, its lines or its calls.") { invoice, claim, contract, calls, lines, amount, id, deadline, by, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, run => InvokeAsync(
            run,
            new OpenDispute(
                parsed.GetValue(id),
                parsed.GetRequiredValue(invoice),
                parsed.GetValue(contract),
                parsed.GetValue(calls) ?? [],
                parsed.GetValue(lines) ?? [],
                parsed.GetRequiredValue(claim),
                parsed.GetValue(amount),
                parsed.GetRequiredValue(by),
                Today(),
                parsed.GetValue(deadline) ?? Today().PlusDays(run.Settings.DisputeDays)),
            "opened"), cancellation));
        return command;
    }

    private static Command CreateList()
    {
        var contract = new Option<string?>("--contract") { Description = "Only disputes of this contract" };
        var invoice = new Option<string?>("--invoice") { Description = "Only disputes about this invoice" };
        var state = new Option<string?>("--state") { Description = "Only disputes in this state: open, upheld, partly-upheld, rejected or withdrawn" };
        state.AcceptOnlyFromAmong([.. DisputeStates.All]);
        var overdue = new Option<bool>("--overdue") { Description = "Only open disputes whose deadline has passed" };
        var command = new Command("list", "The disputes with age and deadline: open ones first, the nearest deadline on top.") { contract, invoice, state, overdue, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var filter = new DisputeFilter(parsed.GetValue(contract) is { } one ? [one] : null, parsed.GetValue(invoice), parsed.GetValue(state), parsed.GetValue(overdue) ? Today() : null);
            var entries = (await ListDisputes.RunAsync(run.Database, filter, Today(), run.Cancellation))
                .OrderBy(entry => entry.State != DisputeStates.Open)
                .ThenBy(entry => entry.Deadline)
                .ToList();
            run.Write(entries, text => DisputeText.Write(text, entries));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateShow()
    {
        var id = Id();
        var command = new Command("show", "One dispute with everything that was said and attached.") { id, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            await using var session = run.Store.QuerySession();
            if (await ShowDispute.FindAsync(session, parsed.GetRequiredValue(id), Today(), run.Cancellation) is not { } dispute)
            {
                Run.Error($"there is no dispute {parsed.GetValue(id)}");
                return Exit.Failed;
            }

            run.Write(dispute, text => DisputeText.Write(text, dispute));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateEvidence()
    {
        var id = Id();
        var description = new Option<string>("--description") { Required = true, Description = "What the evidence is" };
        var reference = new Option<string?>("--reference") { Description = "Where it lies: a ticket, an address, a shelf" };
        var file = new Option<string?>("--file") { Description = "The file itself: its SHA-256 is kept, not its content" };
        var by = CreditOptions.By();
        var command = new Command("evidence", "Adds evidence to an open dispute.") { id, description, reference, file, by, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, run =>
        {
            var digest = parsed.GetValue(file) is { } path ? Convert.ToHexStringLower(SHA256.HashData(InputFile.ReadAll(path))) : null;
            var where = parsed.GetValue(reference) ?? (parsed.GetValue(file) is { } named ? Path.GetFileName(named) : null);
            return InvokeAsync(run, new AddEvidence(parsed.GetRequiredValue(id), parsed.GetRequiredValue(description), where, digest, parsed.GetRequiredValue(by), Today()), "evidence added to");
        }, cancellation));
        return command;
    }

    private static Command CreateAttach()
    {
        var id = Id();
        var replay = new Option<string?>("--replay") { Description = "What billing replay --json wrote of the disputed contract; - for standard input" };
        var comparison = new Option<string?>("--comparison") { Description = "What billing compare --json wrote; - for standard input" };
        var by = CreditOptions.By();
        var command = new Command("attach", "Attaches the result of a replay or of a comparison to an open dispute.") { id, replay, comparison, by, CommonOptions.Json };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(replay) is null) == (result.GetValue(comparison) is null))
            {
                result.AddError("either --replay or --comparison is expected");
            }
        });
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            var dispute = parsed.GetRequiredValue(id);
            var who = parsed.GetRequiredValue(by);
            var path = parsed.GetValue(replay) ?? parsed.GetValue(comparison)!;
            var json = await DocumentFile.BytesAsync(path, run.Cancellation);
            if (parsed.GetValue(replay) is not null)
            {
                var (made, fault) = await ReadAttachment.ReplayAsync(run.Database, json, run.Cancellation);
                return made is null ? RefuseFile(path, fault!) : await InvokeAsync(run, new AttachReplay(dispute, made, who, Today()), "replay attached to");
            }

            var (compared, wrong) = ReadAttachment.Comparison(json);
            return compared is null ? RefuseFile(path, wrong!) : await InvokeAsync(run, new AttachComparison(dispute, compared, who, Today()), "comparison attached to");
        }, cancellation));
        return command;
    }

    private static Command CreateWithdraw()
    {
        var id = Id();
        var reason = new Option<string>("--reason") { Required = true, Description = "Why it is withdrawn" };
        var by = CreditOptions.By();
        var command = new Command("withdraw", "Ends an open dispute because whoever opened it takes it back.") { id, reason, by, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, run => InvokeAsync(
            run, new WithdrawDispute(parsed.GetRequiredValue(id), parsed.GetRequiredValue(reason), parsed.GetRequiredValue(by), Today()), "withdrawn:"), cancellation));
        return command;
    }

    internal static Argument<string> Id() => new("id") { Description = "The dispute's id, such as D-202611-1" };

    /// <summary>The date in Tokyo.</summary>
    internal static LocalDate Today() => Tokyo.At(SystemClock.Instance.GetCurrentInstant()).Date;

    /// <summary>Invokes a command and says what it made or why it is refused.</summary>
    internal static async Task<int> InvokeAsync(HostRun run, object command, string done)
    {
        var result = await run.Invoke(command);
        if (result.Refusal is { } refusal)
        {
            return Run.Refuse(refusal);
        }

        run.Write(new DisputeChanged(result.Id!), text => text.WriteLine($"{done} {result.Id}"));
        return Exit.Done;
    }

    private static int RefuseFile(string path, DocumentFault fault)
    {
        DocumentFile.Refuse(path, fault);
        return Exit.Refused;
    }

    private static List<CallName>? ParseCalls(ArgumentResult result)
    {
        var calls = new List<CallName>();
        foreach (var token in result.Tokens)
        {
            var slash = token.Value.IndexOf('/', StringComparison.Ordinal);
            if (slash <= 0 || slash == token.Value.Length - 1)
            {
                result.AddError($"--call: '{token.Value}' is not SOURCE/ID");
                return null;
            }

            calls.Add(new CallName(token.Value[..slash], token.Value[(slash + 1)..]));
        }

        return calls;
    }

    private static List<int>? ParseLines(ArgumentResult result)
    {
        var lines = new List<int>();
        foreach (var part in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var line))
            {
                result.AddError($"--lines: '{part}' is not the number of a line");
                return null;
            }

            lines.Add(line);
        }

        return lines;
    }

    private static Yen? ParseYen(ArgumentResult result)
    {
        if (Yen.TryParse(result.Tokens.SingleOrDefault()?.Value, out var amount))
        {
            return amount;
        }

        result.AddError($"--amount: '{result.Tokens.SingleOrDefault()?.Value}' is not an amount of yen");
        return null;
    }

    private static LocalDate? ParseDate(ArgumentResult result)
    {
        if (LocalDatePattern.Iso.Parse(result.Tokens.SingleOrDefault()?.Value ?? "") is { Success: true } date)
        {
            return date.Value;
        }

        result.AddError("--deadline: a date YYYY-MM-DD is expected");
        return null;
    }
}

internal sealed record DisputeChanged(string Id);
