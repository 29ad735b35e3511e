using System.CommandLine;
using Billing.Contracts;
using Billing.Service.Hosting;
using Billing.Service.Sharding;

namespace Billing.Service.CommandLine;

/// <summary>Options that commands share.</summary>
internal static class CommonOptions
{
    public static Option<string?> Config { get; } = new("--config") { Recursive = true, HelpName = "file", Description = "JSON file with settings (BILLING_CONFIG)" };

    public static Option<string?> Db { get; } = new("--db") { Recursive = true, HelpName = "connection", Description = "Connection string of the database (BILLING_DB keeps a password off the command line)" };

    public static Option<string?> Shard { get; } = new("--shard") { Recursive = true, HelpName = "name", Description = "Work on this shard of the database (BILLING_SHARD)" };

    public static Option<bool?> Production { get; } = new("--production") { Recursive = true, Description = "Change nothing of the schema (BILLING_PRODUCTION)" };

    /// <summary>Writes the result as one JSON document; a command that can do so adds this option.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print the result as JSON" };

    /// <summary>Lets a command, and all below it, be told where the database is.</summary>
    public static Command WithSettings(this Command command)
    {
        command.Add(Config);
        command.Add(Db);
        command.Add(Shard);
        command.Add(Production);
        return command;
    }

    /// <summary>The settings of this run, with the database of the shard that it is told.</summary>
    /// <exception cref="SettingException">There is no such shard.</exception>
    public static Task<BillingSettings> SettingsOfShardAsync(ParseResult parsed, CancellationToken cancellation, params ReadOnlySpan<(string Name, string? Value)> more) =>
        Shards.ResolveAsync(Settings(parsed, more), cancellation);

    /// <summary>The settings of this run: flags, environment, file, defaults.</summary>
    public static BillingSettings Settings(ParseResult parsed, params ReadOnlySpan<(string Name, string? Value)> more)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[
            ("config", parsed.GetValue(Config)),
            ("db", parsed.GetValue(Db)),
            ("shard", parsed.GetValue(Shard)),
            ("production", parsed.GetValue(Production) is { } production ? (production ? "true" : "false") : null),
            .. more])
        {
            if (value is not null)
            {
                flags[name] = value;
            }
        }

        return BillingSettings.Load(flags);
    }

    /// <summary>Reads the value of an optional month option.</summary>
    public static UsageMonth? ParseMonth(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (UsageMonth.TryParse(result.Tokens.SingleOrDefault()?.Value, out var month))
        {
            return month;
        }

        result.AddError("--month: a month YYYY-MM is expected");
        return null;
    }
}
