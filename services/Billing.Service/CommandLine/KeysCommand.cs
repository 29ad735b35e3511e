using System.CommandLine;
using Billing.Service.Access;

namespace Billing.Service.CommandLine;

/// <summary><c>billing keys create|list|rotate|revoke</c>.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "The keys with which machines call the API.") { CreateCreate(), CreateList(), CreateRotate(), CreateRevoke() };

    private static Command CreateCreate()
    {
        var label = new Argument<string>("label") { Description = "What the key is for" };
        var roles = Scope.Options().Roles;
        var contracts = Scope.Contracts();
        var days = Days();
        var command = new Command("create", "Makes a key and prints it this once: send it as Authorization: Bearer KEY.") { label, roles, contracts, days, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            await Scope.WarnOfUnknownAsync(run, parsed.GetValue(contracts));
            return Tell(run, await Keys(run).MakeAsync(
                parsed.GetRequiredValue(label), parsed.GetRequiredValue(roles), parsed.GetValue(contracts) ?? [], parsed.GetValue(days), Environment.UserName, run.Cancellation));
        }, cancellation));
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "The keys: what they may, until when they are good, when they were last used.") { CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            var keys = await Keys(run).ListAsync("", int.MaxValue, run.Cancellation);
            run.Write(keys, text => AccessText.Write(text, keys));
            return Exit.Done;
        }, cancellation, start: false));
        return command;
    }

    private static Command CreateRotate()
    {
        var key = Key();
        var grace = new Option<int>("--grace") { HelpName = "hours", Description = "How long the old secret is good beside the new one", DefaultValueFactory = _ => KeepKeys.GraceHours, CustomParser = CommonOptions.ParseWhole("--grace", 0) };
        var days = Days();
        var command = new Command("rotate", "Gives a key a new secret and prints it this once.") { key, grace, days, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run => Tell(run, await Keys(run).RotateAsync(
            parsed.GetRequiredValue(key), parsed.GetValue(grace), parsed.GetValue(days), Environment.UserName, run.Cancellation)), cancellation));
        return command;
    }

    private static Command CreateRevoke()
    {
        var key = Key();
        var reason = new Option<string>("--reason") { Required = true, Description = "Why, for the access log" };
        var command = new Command("revoke", "Ends a key at once.") { key, reason };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
            await Keys(run).RevokeAsync(parsed.GetRequiredValue(key), parsed.GetRequiredValue(reason), Environment.UserName, run.Cancellation) is { } refusal
                ? Run.Refuse(refusal)
                : Exit.Done, cancellation));
        return command;
    }

    private static int Tell(HostRun run, (KeyMade? Made, Billing.Contracts.Refusal? Refusal) result)
    {
        if (result.Made is not { } made)
        {
            return Run.Refuse(result.Refusal!);
        }

        run.Write(made, text => AccessText.Write(text, made));
        return Exit.Done;
    }

    private static KeepKeys Keys(HostRun run) => run.Services.GetRequiredService<KeepKeys>();

    private static Argument<string> Key() => new("key") { Description = "The key's id: the 12 digits after bill_" };

    private static Option<int> Days() => new("--days") { Description = "How long it is good", DefaultValueFactory = _ => KeepKeys.Days, CustomParser = CommonOptions.ParseWhole("--days", 1, MakeApiKey.LongestLife.Days) };
}
