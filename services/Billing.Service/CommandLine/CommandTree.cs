using System.CommandLine;
using System.CommandLine.Invocation;
using Billing.Service.Hosting;

namespace Billing.Service.CommandLine;

/// <summary>The command line: ours by name, the framework's passed on as they are.</summary>
internal static class CommandTree
{
    private static readonly Lazy<RootCommand> Whole = new(Create);

    public static async Task<int> InvokeAsync(string[] args)
    {
        if (args is [var verb, ..] && FrameworkCommands.Has(verb))
        {
            return await FrameworkCommands.RunAsync(args);
        }

        // the offline command loads nothing of the service
        var parsed = (args is ["rate", ..] ? Offline() : Whole.Value).Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            return UsageError(parsed, args is ["rate", ..] ? Exit.Failed : Exit.Usage);
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = args is ["serve", ..] ? ServeCommand.LongestStop : TimeSpan.FromSeconds(30),
        });
    }

    private static RootCommand Root() => new("Rates and bills 050 business telephony: call records in, explained and replayable invoices out.");

    private static RootCommand Offline()
    {
        var root = Root();
        root.Add(RateCommand.Create());
        return root;
    }

    internal static RootCommand Create()
    {
        var root = Root();
        root.Add(RateCommand.Create());
        root.Add(ReferenceCommand.Create().WithSettings());
        root.Add(TariffsCommand.Create().WithSettings());
        root.Add(ContractsCommand.Create().WithSettings());
        root.Add(IngestCommand.Create().WithSettings());
        root.Add(WatchCommand.Create().WithSettings());
        root.Add(BrokerCommand.CreateRabbit().WithSettings());
        root.Add(BrokerCommand.CreateKafka().WithSettings());
        root.Add(ProfilesCommand.Create());
        root.Add(SuspenseCommand.Create().WithSettings());
        root.Add(RejectsCommand.Create().WithSettings());
        root.Add(ReconcileCommand.Create().WithSettings());
        root.Add(RebuildCommand.Create().WithSettings());
        root.Add(VerifyCommand.Create().WithSettings());
        root.Add(CompareCommand.Create().WithSettings());
        root.Add(InvoicesCommand.Create().WithSettings());
        root.Add(ReplayCommand.Create().WithSettings());
        root.Add(DisputesCommand.Create().WithSettings());
        root.Add(ExplainCommand.Create().WithSettings());
        root.Add(CallsCommand.Create().WithSettings());
        root.Add(UsageCommand.Create().WithSettings());
        root.Add(DeliveriesCommand.Create().WithSettings());
        root.Add(AccountsCommand.Create().WithSettings());
        root.Add(KeysCommand.Create().WithSettings());
        root.Add(AuditCommand.Create().WithSettings());
        root.Add(ServeCommand.Create().WithSettings());
        root.Add(OpenApiCommand.Create());
        root.Add(NoticesCommand.Create().WithSettings());
        root.Add(DeadLetterCommands.Create().WithSettings());
        root.Add(ConfigCommand.Create().WithSettings());
        root.Add(ShardsCommand.Create().WithSettings());
        root.Add(DatabaseCommands.CreateApply().WithSettings());
        root.Add(DatabaseCommands.CreateAssert().WithSettings());
        foreach (var command in FrameworkCommands.Create())
        {
            root.Add(command);
        }

        return root;
    }

    private static int UsageError(ParseResult parsed, int code)
    {
        foreach (var error in parsed.Errors)
        {
            Console.Error.WriteLine($"billing: {error.Message}");
        }

        var path = new List<string>();
        for (var result = parsed.CommandResult; result?.Command is not (null or RootCommand); result = result.Parent as System.CommandLine.Parsing.CommandResult)
        {
            path.Insert(0, result.Command.Name);
        }

        Console.Error.WriteLine($"billing: see {string.Join(' ', ["billing", .. path, "--help"])}");
        return code;
    }
}
