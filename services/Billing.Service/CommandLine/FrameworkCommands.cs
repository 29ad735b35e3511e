using System.CommandLine;
using Billing.Service.Hosting;
using JasperFx;

namespace Billing.Service.CommandLine;

/// <summary>The commands that Marten and Wolverine bring; they read their own flags, and settings come from the environment.</summary>
internal static class FrameworkCommands
{
    private static readonly (string Verb, string Description)[] Verbs =
    [
        ("projections", "List, run or rebuild projections (Marten)"),
        ("storage", "Look after the message queues' tables (Wolverine)"),
        ("db-list", "List the databases of the schema (Weasel)"),
        ("db-dump", "Write the schema as SQL (Weasel)"),
        ("db-patch", "Write as SQL what would make the schema exactly this program's; db-apply drops nothing (Weasel)"),
        ("resources", "Check, set up or tear down what the service needs (JasperFx)"),
        ("check-env", "Run the environment checks (JasperFx)"),
        ("describe", "Describe how the service is put together (JasperFx)"),
        ("codegen", "Write the generated handlers (JasperFx)"),
    ];

    public static bool Has(string verb) => Verbs.Any(x => x.Verb == verb);

    /// <summary>Entries for the list of commands; they are run by <see cref="RunAsync"/> before anything is parsed.</summary>
    public static IEnumerable<Command> Create() => Verbs.Select(x => new Command(x.Verb, x.Description));

    public static Task<int> RunAsync(string[] args) => Run.Guarded(async () =>
    {
        using var host = BillingHost.Build(BillingSettings.Load(), HostMode.Framework);
        if (args.Any(arg => arg is "--help" or "-h" or "-?"))
        {
            // the framework's own way of asking; it ends with a code of its own although the help is printed
            await host.RunJasperFxCommands(["help", args[0]]);
            return Exit.Done;
        }

        return await host.RunJasperFxCommands(args) == 0 ? Exit.Done : Exit.Failed;
    }, CancellationToken.None);
}
