using System.CommandLine;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.BuiltIn;
using Billing.Rating.Reference;
using Billing.Service.Knowledge;
using Billing.Service.Tariffs;

namespace Billing.Service.CommandLine;

/// <summary><c>billing reference</c>: loads and shows the reference data.</summary>
internal static class ReferenceCommand
{
    public static Command Create() => new("reference", "Loads and shows the reference data: number blocks, carriers, prefixes.") { Load(), Show() };

    private static Command Load()
    {
        var file = new Argument<string>("file") { Description = "reference.json; - for standard input" };
        var command = new Command("load", "Replaces the reference data whole by the file. The same file again changes nothing.") { file, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.Guarded(async () =>
        {
            var path = parsed.GetRequiredValue(file);
            if (await DocumentFile.ReadAsync<ReferenceDocument>(path, cancellation) is not { } document)
            {
                return Exit.Refused;
            }

            if (ReferenceTables.Compile(document).Fault is { } fault)
            {
                DocumentFile.Refuse(path, fault);
                return Exit.Refused;
            }

            return await Run.WithHost(parsed, run => LoadAsync(run, document), cancellation);
        }, cancellation));
        return command;
    }

    private static async Task<int> LoadAsync(HostRun run, ReferenceDocument document)
    {
        var answer = await run.Invoke(new PublishReference(document));
        if (answer.Refusal is { } refusal)
        {
            return Run.Refuse(refusal);
        }

        run.Write(new ReferenceLoaded(answer.Id == PublishReferenceHandler.Published), text => text.WriteLine(
            answer.Id == PublishReferenceHandler.Published ? $"published: {Counts(document)}" : "unchanged: this reference is published already"));
        return Exit.Done;
    }

    private static Command Show()
    {
        var asOf = ContractsCommand.AsOf();
        var command = new Command("show", "Shows the reference data in force; with --json as a document that load takes.") { asOf, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var known = await ContractsCommand.KnownAsync(run, parsed.GetValue(asOf));
            var document = known.Reference ?? DocumentReader.Read<ReferenceDocument>(BuiltInDocuments.Reference).Document!;
            run.Write(document, text =>
            {
                text.WriteLine($"{(known.Reference is null ? "built in, none was published" : "published")}: {Counts(document)}");
                text.WriteLine($"home carrier  {document.HomeCarrier}");
                foreach (var relation in document.Relations)
                {
                    text.WriteLine($"{relation.Relation.ToString().ToLowerInvariant(),-12}  {relation.Carrier}{(relation.From is { } from ? $" from {from:uuuu-MM-dd}" : "")}{(relation.To is { } to ? $" to {to.PlusDays(-1):uuuu-MM-dd}" : "")}");
                }

                text.WriteLine(document.Mobile060From is { } mobile ? $"060 numbers are mobile numbers from {mobile:uuuu-MM-dd}" : "060 numbers are barred (R35)");
            });
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static string Counts(ReferenceDocument document) =>
        $"{document.Relations.Count} relations, {document.Blocks050.Count} blocks of 050, {document.ServiceNumberBlocks.Count} blocks of service numbers, {document.CarrierPrefixes?.Count ?? 0} carrier prefixes";
}

internal sealed record ReferenceLoaded(bool Published);
