using System.CommandLine;
using System.CommandLine.Parsing;
using Billing.Service.Access;

namespace Billing.Service.CommandLine;

/// <summary>The options that say what an account or a key may do and see.</summary>
internal static class Scope
{
    public static (Option<string[]> Roles, Option<string[]?> Contracts, Option<string[]?> Departments) Options() =>
        (new Option<string[]>("--roles") { Required = true, HelpName = "role,…", Description = $"Of {string.Join(", ", Roles.All)}", CustomParser = Split },
            Contracts(),
            new Option<string[]?>("--departments") { HelpName = "name,…", Description = "The departments of numbers that a customer-viewer sees; all when absent", CustomParser = Split });

    public static Option<string[]?> Contracts() =>
        new("--contracts") { HelpName = "id,…", Description = "The contracts that may be seen: needed for a customer, all of them for staff when absent", CustomParser = Split };

    public static string[] Split(ArgumentResult result) =>
        [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
