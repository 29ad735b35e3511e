using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Service.Ingestion;

namespace Billing.Service.CommandLine;

/// <summary>The options of commands that read a switch's file.</summary>
internal static class ProfileOptions
{
    public static Option<string?> Profile { get; } = new("--profile") { HelpName = "name|file", Description = "What makes cdr v1 of the file: a profile of 'billing profiles list', or a file that holds one" };

    public static Option<string?> Source { get; } = CreateSource();

    /// <summary>The profile, null when none is asked for; false when it is refused, which is said on standard error.</summary>
    public static bool TryRead(ParseResult parsed, out Profile? profile)
    {
        profile = null;
        return parsed.GetValue(Profile) is not { } name || TryRead(name, parsed.GetValue(Source), out profile);
    }

    private static Option<string?> CreateSource()
    {
        var source = new Option<string?>("--source") { HelpName = "switch", Description = "With --profile: the name of the switch, in place of the profile's" };
        source.Validators.Add(result =>
        {
            // commands have profiles of different kinds
            if (result.Parent is CommandResult command && !command.Children.OfType<OptionResult>().Any(given => given.Option.Name == Profile.Name))
            {
                result.AddError("--source goes with --profile");
            }
        });
        return source;
    }

    /// <param name="name">The name of a profile that comes with the command, or a file.</param>
    public static bool TryRead(string name, string? source, [NotNullWhen(true)] out Profile? profile)
    {
        (profile, var fault) = NamedProfile.Read(name, source);
        if (profile is null)
        {
            Run.Error($"profile {name}: {fault}");
        }

        return profile is not null;
    }
}
