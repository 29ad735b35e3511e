using System.CommandLine;
using System.Reflection;
using Billing.Service.CommandLine;

namespace Billing.Service.Tests.Hosting;

/// <summary>The real tree of commands, to look things up in.</summary>
internal static class CommandLines
{
    public static RootCommand Root { get; } =
        (RootCommand)typeof(CommandTree).GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!.Invoke(null, null)!;

    /// <summary>Every command of the service with the words that lead to it; what the frameworks bring they parse themselves.</summary>
    public static IEnumerable<(IReadOnlyList<string> Path, System.CommandLine.Command Command)> All() =>
        Root.Subcommands.Where(command => !FrameworkCommands.Has(command.Name)).SelectMany(command => Below([command.Name], command)).Prepend(([], Root));

    private static IEnumerable<(IReadOnlyList<string> Path, System.CommandLine.Command Command)> Below(IReadOnlyList<string> path, System.CommandLine.Command command) =>
        command.Subcommands.SelectMany(sub => Below([.. path, sub.Name], sub)).Prepend((path, command));
}
