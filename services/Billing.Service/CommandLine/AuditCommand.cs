using System.CommandLine;
using System.CommandLine.Parsing;
using Billing.Service.Access;
using Billing.Service.Knowledge;
using NodaTime;

namespace Billing.Service.CommandLine;

/// <summary><c>billing audit reveals|access</c>.</summary>
internal static class AuditCommand
{
    public static Command Create() => new("audit", "Who saw numbers in full, and who came to the door.") { CreateReveals(), CreateAccess() };

    private static Command CreateReveals()
    {
        var (from, to, limit) = (Moment("--from", "From this instant or date on"), Moment("--to", "Before this instant or date"), Limit());
        var by = new Option<string?>("--by") { Description = "Only by this account, key or user" };
        var contract = new Option<string?>("--contract") { Description = "Only numbers of this contract" };
        var command = new Command("reveals", "Who saw called numbers in full, when and why, newest first.") { from, to, by, contract, limit, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var filter = new AuditFilter(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(by), null, parsed.GetValue(contract), null, parsed.GetValue(limit));
            var page = await new ReadAudit(run.Database).RevealsAsync(filter, run.Cancellation);
            run.Write(page, text => AccessText.Write(text, page.Entries));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateAccess()
    {
        var (from, to, limit) = (Moment("--from", "From this instant or date on"), Moment("--to", "Before this instant or date"), Limit());
        var who = new Option<string?>("--who") { Description = "Only this account, or key:ID" };
        var kind = new Option<string?>("--kind") { Description = $"Only of {string.Join(", ", AccessKinds.All)}" };
        kind.AcceptOnlyFromAmong([.. AccessKinds.All]);
        var command = new Command("access", "Sign-ins, failures, lock-outs, keys and changes of roles, newest first.") { from, to, who, kind, limit, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var filter = new AuditFilter(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(who), parsed.GetValue(kind), null, null, parsed.GetValue(limit));
            var page = await new ReadAudit(run.Database).AccessAsync(filter, run.Cancellation);
            run.Write(page, text => AccessText.Write(text, page.Entries));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Option<Instant?> Moment(string name, string description) => new(name)
    {
        HelpName = "instant",
        Description = description,
        CustomParser = result => Parse(result, name),
    };

    private static Option<int> Limit() => new("--limit")
    {
        Description = "How many lines at most",
        DefaultValueFactory = _ => 100,
        CustomParser = CommonOptions.ParseWhole("--limit", 1),
    };

    private static Instant? Parse(ArgumentResult result, string name)
    {
        if (InstantText.TryParse(result.Tokens.SingleOrDefault()?.Value, out var at))
        {
            return at;
        }

        result.AddError($"{name}: an instant such as 2026-11-01T00:00:00+09:00, or a date YYYY-MM-DD is expected");
        return null;
    }
}
