using System.CommandLine;
using Billing.Contracts.Documents;
using Billing.Service.Corrections;
using Billing.Service.Knowledge;
using Billing.Service.Usage;

namespace Billing.Service.CommandLine;

/// <summary><c>billing calls void|correct</c>: takes calls back, or sets their facts right.</summary>
internal static class CallsCommand
{
    public static Command Create() => new("calls", "Takes calls back, or sets their facts right: by events, never by an edit.") { CreateVoid(), CreateCorrect() };

    private static Command CreateVoid()
    {
        var calls = new Argument<string[]>("calls") { Arity = ArgumentArity.OneOrMore, Description = "SOURCE/ID, or the id of a suspended record" };
        var command = new Command("void", "Calls that are none: they are rated, listed and counted no more, and a record sent again in their place is new.") { calls }
            .WithGrounds().WithDocuments();
        command.SetAction((parsed, cancellation) => Run.WithStore(
            parsed, run => CorrectAsync(run, parsed, [.. parsed.GetRequiredValue(calls).Select(call => new CallToCorrect(call, null))]), cancellation));
        return command;
    }

    private static Command CreateCorrect()
    {
        var file = new Option<string>("--file") { Required = true, Description = "corrections.json; - for standard input" };
        var command = new Command("correct", "Other facts of recorded calls, or their voiding, from a document; all of it or nothing.") { file }.WithGrounds().WithDocuments();
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var path = parsed.GetRequiredValue(file);
            if (await DocumentFile.ReadAsync<CorrectionsDocument>(path, run.Cancellation) is not { } document)
            {
                return Exit.Refused;
            }

            var (corrections, fault) = CallCorrections.Check(document);
            if (corrections is null)
            {
                DocumentFile.Refuse(path, fault!);
                return Exit.Refused;
            }

            return await CorrectAsync(run, parsed, [.. corrections.Select(one => new CallToCorrect(one.Call, one.Facts))]);
        }, cancellation));
        return command;
    }

    private static async Task<int> CorrectAsync(StoreRun run, ParseResult parsed, IReadOnlyList<CallToCorrect> calls)
    {
        using var knowledge = new KnowledgeCache(run.Database);
        var (report, refusal) = await new CorrectCalls(run.Database, knowledge, TimeProvider.System).RunAsync(calls, CorrectionOptions.Terms(run, parsed), run.Cancellation);
        if (report is null)
        {
            return Run.Refuse(refusal!);
        }

        run.Write(report, text => CorrectionOptions.Print(text, report));
        return Exit.Done;
    }
}
