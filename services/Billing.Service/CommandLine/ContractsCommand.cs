using System.CommandLine;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Knowledge;
using Billing.Service.Subscriptions;
using NodaTime;
using Wolverine;

namespace Billing.Service.CommandLine;

/// <summary><c>billing contracts</c>: imports, lists and shows contracts.</summary>
internal static class ContractsCommand
{
    /// <summary>Contracts in one transaction; more are imported in several.</summary>
    private const int MostPerTransaction = 10_000;

    public static Command Create() => new("contracts", "Imports, lists and shows contracts.") { Import(), List(), Show() };

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = "contracts.json; - for standard input" };
        var command = new Command("import", "Makes contracts what the file says. Contracts that break a rule are refused with its number, the others are imported; the same file again changes nothing. Ends with 2 when one was refused.")
        {
            file, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => Run.Guarded(async () =>
        {
            var path = parsed.GetRequiredValue(file);
            return await DocumentFile.ReadAsync<ContractsDocument>(path, cancellation) is { } document
                ? await Run.WithHost(parsed, run => ImportAsync(run, document), cancellation)
                : Exit.Refused;
        }, cancellation));
        return command;
    }

    private static async Task<int> ImportAsync(HostRun run, ContractsDocument document)
    {
        var bus = run.Services.GetRequiredService<IMessageBus>();
        var imported = new List<ImportedContract>(document.Contracts.Count);
        foreach (var part in document.Contracts.Chunk(MostPerTransaction))
        {
            var answer = await bus.InvokeAsync<ContractsImported>(new ImportContracts(part), run.Cancellation, TimeSpan.FromMinutes(10));
            imported.AddRange(answer.Contracts);
        }

        var refused = imported.Count(contract => contract.Refusal is not null);
        var unchanged = imported.Count(contract => contract.Refusal is null && contract.Changes == 0);
        var result = new ContractsImportedResult(imported.Count - refused - unchanged, unchanged, refused, imported);
        run.Write(result, text =>
        {
            foreach (var contract in imported)
            {
                if (contract.Refusal is { } refusal)
                {
                    text.WriteLine($"{contract.Contract}: refused by {refusal.Rule}: {refusal.Message}");
                }
            }

            text.WriteLine($"{result.Imported} imported, {result.Unchanged} unchanged, {result.Refused} refused");
        });
        return refused == 0 ? Exit.Done : Exit.Refused;
    }

    private static Command List()
    {
        var asOf = AsOf();
        var command = new Command("list", "Lists the contracts.") { asOf, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var known = await KnownAsync(run, parsed.GetValue(asOf));
            var rows = known.Contracts.Select(contract => ContractRow.Of(contract)).ToList();
            run.Write(new ContractList(known.No, rows), text => ContractText.List(text, rows));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("id") { Description = "The contract's id" };
        var asOf = AsOf();
        var command = new Command("show", "Shows a contract as it is known, or was known at an instant; with --json as a document that import takes.")
        {
            id, asOf, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var known = await KnownAsync(run, parsed.GetValue(asOf));
            var name = parsed.GetRequiredValue(id);
            if (known.Contracts.FirstOrDefault(contract => contract.Contract == name) is not { } found)
            {
                return Run.Refuse(new Refusal(StoredText.DocumentRule, $"there is no contract '{name}'{(parsed.GetValue(asOf) is null ? "" : " at that instant")}"));
            }

            var document = found.ToDocument();
            run.Write(new ContractsDocument { Contracts = [document] }, text => ContractText.Show(text, found, known));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    /// <summary>What is known now, or was known at an instant.</summary>
    internal static Task<KnownDocuments> KnownAsync(CommandRun run, Instant? asOf)
    {
        var loader = new KnowledgeLoader(run.Database);
        return asOf is { } at ? loader.LoadDocumentsAsync(at, run.Cancellation) : loader.LoadDocumentsAsync(null, run.Cancellation);
    }

    /// <summary>The option <c>--as-of INSTANT</c>.</summary>
    internal static Option<Instant?> AsOf() => new("--as-of")
    {
        HelpName = "instant",
        Description = "What was known at an instant: 2026-10-31T15:00:00Z, 2026-11-01T00:00:00+09:00, or a Tokyo date for its beginning",
        CustomParser = result =>
        {
            if (InstantText.TryParse(result.Tokens.SingleOrDefault()?.Value, out var at))
            {
                return at;
            }

            result.AddError("--as-of: an instant such as 2026-11-01T00:00:00+09:00 or a date YYYY-MM-DD is expected");
            return null;
        },
    };
}

internal sealed record ContractsImportedResult(int Imported, int Unchanged, int Refused, IReadOnlyList<ImportedContract> Contracts);
