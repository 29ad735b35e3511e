using System.CommandLine;
using Billing.Service.Access;

namespace Billing.Service.CommandLine;

/// <summary><c>billing accounts create|list|password|roles|lock|unlock|second-factor|demo</c>.</summary>
internal static class AccountsCommand
{
    private static readonly Caller Keeper = new(Environment.UserName, [Roles.Operator], null, null);

    public static Command Create() => new("accounts", "The accounts with which people sign in.")
    {
        CreateCreate(), CreateList(), CreatePassword(), CreateRoles(), CreateLock(), CreateUnlock(), CreateSecondFactor(), CreateDemo(),
    };

    private static Command CreateCreate()
    {
        var name = Name();
        var (roles, contracts, departments) = Scope.Options();
        var given = Given();
        var command = new Command("create", "Lets somebody sign in. The password is made up and printed this once, or read.") { name, roles, contracts, departments, given, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            await Scope.WarnOfUnknownAsync(run, parsed.GetValue(contracts));
            return Tell(run, await Accounts(run).CreateAsync(
                parsed.GetRequiredValue(name), parsed.GetValue(roles) ?? [], parsed.GetValue(contracts) ?? [], parsed.GetValue(departments) ?? [],
                Password(parsed.GetValue(given)), Keeper.Name, run.Cancellation));
        }, cancellation));
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "The accounts: what they may, whether they are locked, when they were last used.") { CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            var accounts = await Accounts(run).ListAsync(Keeper, "", int.MaxValue, run.Cancellation);
            run.Write(accounts, text => AccessText.Write(text, accounts));
            return Exit.Done;
        }, cancellation, start: false));
        return command;
    }

    private static Command CreatePassword()
    {
        var name = Name();
        var given = Given();
        var command = new Command("password", "Gives an account another password, made up and printed this once, or read. Its sessions are over.") { name, given, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run => Tell(run, await Accounts(run).SetPasswordAsync(
            parsed.GetRequiredValue(name), Password(parsed.GetValue(given)), Keeper.Name, run.Cancellation)), cancellation));
        return command;
    }

    private static Command CreateRoles()
    {
        var name = Name();
        var (roles, contracts, departments) = Scope.Options();
        var command = new Command("roles", "Lets an account do and see something else than before. Its sessions are over.") { name, roles, contracts, departments, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            await Scope.WarnOfUnknownAsync(run, parsed.GetValue(contracts));
            return Tell(run, await Accounts(run).SetRolesAsync(
                parsed.GetRequiredValue(name), parsed.GetValue(roles) ?? [], parsed.GetValue(contracts) ?? [], parsed.GetValue(departments) ?? [],
                Keeper.Name, run.Cancellation));
        }, cancellation));
        return command;
    }

    private static Command CreateLock()
    {
        var name = Name();
        var reason = new Option<string>("--reason") { Required = true, Description = "Why, for the access log" };
        var command = new Command("lock", "Locks an account until it is unlocked, and ends its sessions.") { name, reason, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run => Tell(run, await Accounts(run).LockAsync(
            parsed.GetRequiredValue(name), parsed.GetRequiredValue(reason), Keeper.Name, run.Cancellation)), cancellation));
        return command;
    }

    private static Command CreateUnlock()
    {
        var name = Name();
        var command = new Command("unlock", "Opens a locked account, whatever locked it.") { name, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run => Tell(run, await Accounts(run).UnlockAsync(
            parsed.GetRequiredValue(name), Keeper, run.Cancellation)), cancellation));
        return command;
    }

    private static Command CreateSecondFactor()
    {
        var name = Name();
        var command = new Command("remove-second-factor", "Lets the password be enough again, for who has lost the device and the recovery codes.") { name, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run => Tell(run, await Accounts(run).RemoveSecondFactorAsync(
            parsed.GetRequiredValue(name), Keeper.Name, run.Cancellation)), cancellation));
        return command;
    }

    private static Command CreateDemo()
    {
        var given = new Option<string[]>("--contracts") { Required = true, HelpName = "id,…", Description = "What the customer's accounts see", CustomParser = Scope.Split };
        var command = new Command("demo", "One account per role, with new passwords, for trying the service out. Accounts of these names that are not its own are left as they are.") { given, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            var contracts = parsed.GetRequiredValue(given);
            await Scope.WarnOfUnknownAsync(run, contracts);
            var (made, left) = await DemoAccounts.MakeAsync(Accounts(run), contracts, Keeper, run.Cancellation);
            run.Write(made, text => AccessText.Write(text, made));
            foreach (var one in left)
            {
                Run.Error(one);
            }

            return made.FirstOrDefault(one => one.Refusal is not null)?.Refusal is { } refusal ? Run.Refuse(refusal) : Exit.Done;
        }, cancellation));
        return command;
    }

    private static int Tell(HostRun run, AccountChanged changed)
    {
        if (changed.Refusal is { } refusal)
        {
            return Run.Refuse(refusal);
        }

        run.Write(changed, text => AccessText.Write(text, [changed]));
        return Exit.Done;
    }

    private static KeepAccounts Accounts(HostRun run) => run.Services.GetRequiredService<KeepAccounts>();

    private static Argument<string> Name() => new("name") { Description = "The account's name" };

    private static Option<bool> Given() => new("--password-stdin") { Description = "Read the password from standard input, so that no other process sees it" };

    private static string? Password(bool isGiven) => isGiven ? Console.In.ReadLine() ?? "" : null;
}
