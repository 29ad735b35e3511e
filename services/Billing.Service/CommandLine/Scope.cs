using System.CommandLine;
using System.CommandLine.Parsing;
using Billing.Service.Access;
using Billing.Service.Knowledge;

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

    /// <summary>Says on standard error which contracts are not known. They may be made later, so nothing is refused.</summary>
    public static async Task WarnOfUnknownAsync(HostRun run, IReadOnlyList<string>? contracts)
    {
        await using var command = run.Database.CreateCommand($"select c from unnest($1) c where not exists (select from {BillingStore.Schema}.mt_streams where id = '{KnowledgeStreams.ContractPrefix}' || c)");
        command.Parameters.AddWithValue(contracts ?? []);
        await using var reader = await command.ExecuteReaderAsync(run.Cancellation);
        while (await reader.ReadAsync(run.Cancellation))
        {
            Run.Error($"warning: contract {reader.GetString(0)} is not known");
        }
    }

    public static string[] Split(ArgumentResult result) =>
        [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
