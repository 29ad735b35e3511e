using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
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

    /// <summary>The option <c>--out</c>, a folder that need not be there yet.</summary>
    public static Option<string> Folder(string description)
    {
        var folder = new Option<string>("--out") { Required = true, Description = description };
        folder.Validators.Add(result =>
        {
            if (result.Tokens is [var path] && File.Exists(path.Value))
            {
                result.AddError($"--out: {path.Value} is a file, a folder is expected");
            }
        });
        return folder;
    }

    /// <summary>Reads a whole number within bounds.</summary>
    public static Func<ArgumentResult, int> ParseWhole(string name, int least, int most = int.MaxValue) => result =>
    {
        if (int.TryParse(result.Tokens.SingleOrDefault()?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        result.AddError($"{name}: a whole number from {least}{(most == int.MaxValue ? "" : $" to {most}")} is expected");
        return default;
    };

    /// <summary>The same where the option may be absent.</summary>
    public static Func<ArgumentResult, int?> ParseWholeOrNone(string name, int least, int most = int.MaxValue)
    {
        var parse = ParseWhole(name, least, most);
        return result => parse(result);
    }

    /// <summary>Reads an id, which is a UUID.</summary>
    public static Guid ParseId(ArgumentResult result) => ParseIds(result).FirstOrDefault();

    /// <summary>Reads ids, which are UUIDs.</summary>
    public static Guid[] ParseIds(ArgumentResult result)
    {
        var ids = new List<Guid>();
        foreach (var token in result.Tokens)
        {
            if (Guid.TryParse(token.Value, out var id))
            {
                ids.Add(id);
            }
            else
            {
                result.AddError($"'{token.Value}': an id (a UUID) is expected, as list shows it");
            }
        }

        return [.. ids];
    }

    /// <summary>Reads the value of an optional month option.</summary>
    public static UsageMonth? ParseMonth(ArgumentResult result)
    {
        if (UsageMonth.TryParse(result.Tokens.SingleOrDefault()?.Value, out var month))
        {
            return month;
        }

        result.AddError("--month: a month YYYY-MM is expected");
        return null;
    }
}
