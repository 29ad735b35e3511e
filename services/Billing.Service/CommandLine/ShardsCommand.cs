using System.CommandLine;
using Billing.Contracts;
using Billing.Service.Hosting;
using Billing.Service.Sharding;

namespace Billing.Service.CommandLine;

/// <summary><c>billing shards add|list|move</c>: the databases over which contracts are spread.</summary>
internal static class ShardsCommand
{
    /// <summary>Where a shard's address is taken from, so that no password stands on a command line.</summary>
    private const string Address = "BILLING_SHARD_DB";

    public static Command Create() => new("shards", "The databases over which contracts are spread; one database needs none of this.")
    {
        CreateAdd(), CreateList(), CreateMove(),
    };

    private static Command CreateAdd()
    {
        var name = new Argument<string>("name") { Description = "What the shard is called from now on: small letters, digits and -" };
        var address = new Option<string?>("--shard-db") { HelpName = "connection", Description = $"Connection string of its empty database ({Address} keeps a password off the command line)" };
        var takes = new Option<bool>("--takes-contracts") { DefaultValueFactory = _ => true, Description = "Whether new contracts get their place there; true when absent" };
        var command = new Command("add", "Adds a database, or changes the address of one or whether it takes contracts. Contracts keep their places.") { name, address, takes, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            if ((parsed.GetValue(address) ?? Environment.GetEnvironmentVariable(Address)) is not { Length: > 0 } connection)
            {
                Run.Error($"--shard-db or {Address}: the connection string of the shard's database is expected");
                return Exit.Usage;
            }

            var (shard, refusal) = await new AddShard(run.Settings, run.Shards, TimeProvider.System).RunAsync(parsed.GetRequiredValue(name), connection, parsed.GetValue(takes), run.Cancellation);
            if (shard is null)
            {
                return Run.Refuse(refusal!);
            }

            var result = new { shard.No, shard.Name, shard.TakesContracts };
            run.Write(result, text => text.WriteLine($"{shard.Name} is shard {shard.No}, {DatabaseAddress.Describe(connection)}"));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "The databases, what each holds, and how far each knows what is known.") { CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var shards = await ListShards.RunAsync(run.Shards, run.Cancellation);
            run.Write(shards, text =>
            {
                text.WriteLine(shards.Count == 0 ? "one database: contracts are not spread" : "shard                 no  contracts        calls  knows  new contracts");
                foreach (var shard in shards)
                {
                    text.WriteLine($"{shard.Name,-20} {shard.No,3}  {shard.Contracts,9:N0} {shard.Calls,12:N0} {shard.Known,6:N0}  {(shard.TakesContracts ? "yes" : "no")}");
                }
            });
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateMove()
    {
        var contract = new Argument<string>("contract") { Description = "The contract's id" };
        var to = new Argument<string>("to") { Description = $"The shard, or {Shards.MainName}" };
        var command = new Command("move", "Moves a contract with its calls, invoices and disputes to another database. Cut short, the same command goes on.") { contract, to, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var (moved, refusal) = await new MoveContract(run.Shards, TimeProvider.System).RunAsync(parsed.GetRequiredValue(contract), parsed.GetRequiredValue(to), run.Cancellation);
            if (moved is null)
            {
                return Run.Refuse(refusal!);
            }

            run.Write(moved, text =>
            {
                text.WriteLine($"{moved.Contract} is in {moved.To} now, from {moved.From}: {Counted.Of(moved.Events, "event")}, {moved.Calls:N0} of them calls");
                text.WriteLine($"  digest before and after  {moved.Digest}");
            });
            return Exit.Done;
        }, cancellation));
        return command;
    }
}
